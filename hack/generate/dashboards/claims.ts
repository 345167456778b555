// The dashboard of a claim's life: how long each part of it takes, and where it ends. Names of claims are no labels of ours;
// the last row has them from kube-state-metrics.
import { chosen, deleting, ofPhase, quantile } from './claim-series.ts';
import type { Dashboard } from './dashboard.ts';
import { durationRow } from './duration-row.ts';
import { namedClaimsRow } from './named-claims-row.ts';

export const claims: Dashboard = {
  uid: 'gpu-provisioner-claims',
  title: "GPU provisioner / A claim's life",
  description:
    'From creation to Ready, and from deletion to gone: durations, causes and failures. Lines of durations look back an hour.',
  variables: [
    { name: 'kind', label: 'Kind', metric: 'gpu_provisioner_claims{job=~"$job"}', values: 'kind' },
    {
      name: 'size',
      label: 'Size',
      metric: 'gpu_provisioner_phase_duration_seconds_count{job=~"$job"}',
      values: 'size',
    },
    { name: 'reason', label: 'Reason', metric: 'gpu_provisioner_claims{job=~"$job", reason!=""}', values: 'reason' },
    {
      name: 'claim',
      label: 'Claim (kube-state-metrics)',
      metric: '{__name__=~"kube_(machine|nodeclaim)_info"}',
      values: 'name',
    },
  ],
  rows: [
    durationRow,
    {
      title: 'What is waited for',
      panels: [
        {
          draw: 'table',
          title: 'Claims now, by phase and reason',
          description: 'docs/reasons.md says what each reason means and asks of you.',
          unit: 'short',
          width: 12,
          columns: { kind: 'Kind', phase: 'Phase', reason: 'Reason' },
          value: 'Claims',
          queries: [
            {
              expr: `max by (kind, phase, reason) (gpu_provisioner_claims{${chosen}, reason=~"$reason"}) > 0`,
              legend: '{{reason}}',
            },
          ],
        },
        {
          draw: 'lines',
          title: 'Longest wait, by reason',
          description: 'Of the claims that are not Ready.',
          unit: 's',
          width: 12,
          queries: [
            {
              expr: `max by (kind, reason) (gpu_provisioner_claim_not_ready_seconds{${chosen}, reason=~"$reason"})`,
              legend: '{{kind}} {{reason}}',
            },
          ],
        },
      ],
    },
    {
      title: 'What fails',
      panels: [
        {
          draw: 'lines',
          title: 'Refused by Azure, by reason',
          description:
            'PUTs of pools that Azure refused or did not answer. Each claim tries again at a pace that fits the cause.',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: 'sum by (reason) (increase(gpu_provisioner_arm_refusals_total{job=~"$job", operation="create"}[$__rate_interval])) > 0',
              legend: '{{reason}}',
            },
          ],
        },
        {
          draw: 'lines',
          title: 'Pools that failed later, by reason',
          description: 'Pools that Azure accepted and could not make.',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: 'sum by (reason) (increase(gpu_provisioner_pool_failures_total{job=~"$job"}[$__rate_interval])) > 0',
              legend: '{{reason}}',
            },
          ],
        },
        {
          draw: 'lines',
          title: 'Rows of the state table',
          description:
            'Which decisions are taken, by the row of docs/lifecycle.md. One that is taken all the time is worth a look.',
          unit: 'ops',
          width: 8,
          queries: [
            {
              expr: 'sum by (row) (rate(gpu_provisioner_decisions_total{job=~"$job", kind=~"$kind"}[$__rate_interval])) > 0',
              legend: '{{row}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Going away',
      panels: [
        {
          draw: 'lines',
          title: 'Until gone, half and nine of ten',
          description: 'From the deletion of a claim until its pool was proved to be gone.',
          unit: 's',
          width: 8,
          queries: [
            { expr: quantile(0.5, ofPhase(deleting), 'le'), legend: 'half' },
            { expr: quantile(0.9, ofPhase(deleting), 'le'), legend: 'nine of ten' },
          ],
        },
        {
          draw: 'lines',
          title: 'Longest deletion, by reason',
          description:
            'What the claims wait for that are being deleted. DrainBlocked names a budget that blocks in its message.',
          unit: 's',
          width: 8,
          queries: [
            {
              expr: `max by (kind, reason) (gpu_provisioner_claim_deleting_seconds{${chosen}, reason=~"$reason"})`,
              legend: '{{kind}} {{reason}}',
            },
          ],
        },
        {
          draw: 'lines',
          title: 'Pods asked to leave, and evictions by answer',
          description: 'Answer 429: a budget does not allow it now.',
          unit: 'short',
          width: 8,
          queries: [
            {
              expr: 'sum by (reason) (increase(karpenter_pods_drained_total{job=~"$job"}[$__rate_interval]))',
              legend: '{{reason}}',
            },
            {
              expr: 'sum by (code) (increase(karpenter_nodes_eviction_requests_total{job=~"$job"}[$__rate_interval]))',
              legend: 'answer {{code}}',
            },
          ],
        },
      ],
    },
    namedClaimsRow,
  ],
};
