// The dashboard that is open all day: how many claims and GPUs there are, what they wait for, and what they cost.
import type { Dashboard } from './dashboard.ts';

// Every replica tells these, so that one of each is taken.
const claims = (selector = ''): string =>
  `max by (job, kind, phase, reason) (gpu_provisioner_claims{job=~"$job", kind=~"$kind"${selector}})`;
const pools = (metric: string, selector = ''): string =>
  `max by (job, ownership) (gpu_provisioner_${metric}{job=~"$job"${selector}})`;
const gpus = 'sum by (state) (max by (job, kind, state) (gpu_provisioner_gpus{job=~"$job", kind=~"$kind"}))';
const leaked = ', ownership=~"orphan|orphan_in_use|ambiguous"';
const underWay = ', phase=~"launching|registering|initializing"';
const happened = (metric: string): string => `increase(${metric}{job=~"$job"}[$__rate_interval])`;

export const fleet: Dashboard = {
  uid: 'gpu-provisioner-fleet',
  title: 'GPU provisioner / Fleet',
  description: 'Claims, GPUs, agent pools and their cost, as the controller sees them.',
  variables: [{ name: 'kind', label: 'Kind', metric: 'gpu_provisioner_claims{job=~"$job"}', values: 'kind' }],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          draw: 'stat',
          title: 'Claims Ready',
          description: 'Machines and NodeClaims whose Node is there and Ready.',
          unit: 'short',
          width: 4,
          queries: [{ expr: `sum(${claims(', phase="ready"')})`, legend: 'ready' }],
        },
        {
          draw: 'stat',
          title: 'Claims on the way',
          description: 'Claims that are not Ready yet, or not any more.',
          unit: 'short',
          width: 4,
          queries: [{ expr: `sum(${claims(underWay)})`, legend: 'on the way' }],
        },
        {
          draw: 'stat',
          title: 'GPUs asked for and ready',
          description: 'Asked for: the GPUs of the sizes that claims ask for. Ready: what their Nodes offer to pods.',
          unit: 'short',
          width: 4,
          queries: [{ expr: gpus, legend: '{{state}}' }],
        },
        {
          draw: 'stat',
          title: 'Cost of claims',
          description: 'List price of the running nodes of pools that claims own, an hour, where the price is known.',
          unit: 'currencyUSD',
          width: 4,
          queries: [{ expr: `sum(${pools('pools_usd_per_hour', ', ownership="owned"')})`, legend: 'USD an hour' }],
        },
        {
          draw: 'stat',
          title: 'Cost of leaks',
          description: 'The same for pools that were made for a claim and have none. Anything above 0 is worth a look.',
          unit: 'currencyUSD',
          width: 4,
          limits: { warn: 0.01, bad: 1 },
          queries: [{ expr: `sum(${pools('pools_usd_per_hour', leaked)})`, legend: 'USD an hour' }],
        },
        {
          draw: 'stat',
          title: 'Gate',
          description: 'Whether the cluster is at rest, so that something may be repaired, replaced or collected.',
          unit: 'short',
          width: 4,
          limits: { warn: 1, bad: 0 },
          words: { 0: 'not open', 1: 'open' },
          queries: [{ expr: 'min(gpu_provisioner_gate_open{job=~"$job"})', legend: 'gate' }],
        },
      ],
    },
    {
      title: 'Claims',
      panels: [
        {
          draw: 'areas',
          title: 'Claims by phase',
          description: 'How far claims have come. A band of launching or registering that stays is worth a look.',
          unit: 'short',
          width: 8,
          queries: [{ expr: `sum by (phase) (${claims()})`, legend: '{{phase}}' }],
        },
        {
          draw: 'areas',
          title: 'Claims that are not Ready, by reason',
          description: 'What they wait for or were refused for. docs/reasons.md says what each reason asks of you.',
          unit: 'short',
          width: 8,
          queries: [{ expr: `sum by (reason) (${claims(', phase!="ready", reason!=""')})`, legend: '{{reason}}' }],
        },
        {
          draw: 'lines',
          title: 'Longest wait for Ready, by reason',
          description: 'For how long the claim that waits longest has not been Ready.',
          unit: 's',
          width: 8,
          queries: [
            {
              expr: 'max by (reason) (gpu_provisioner_claim_not_ready_seconds{job=~"$job", kind=~"$kind"})',
              legend: '{{reason}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Pools and money',
      panels: [
        {
          draw: 'areas',
          title: 'Agent pools by whose they are',
          description:
            'orphan: its claim is gone. orphan_in_use: so, and a pod uses its GPU. ambiguous: nobody can tell. foreign: not ours.',
          unit: 'short',
          width: 6,
          queries: [{ expr: `sum by (ownership) (${pools('pools')})`, legend: '{{ownership}}' }],
        },
        {
          draw: 'areas',
          title: 'Cost an hour by whose pools they are',
          description: 'List price of running nodes where it is known.',
          unit: 'currencyUSD',
          width: 6,
          queries: [{ expr: `sum by (ownership) (${pools('pools_usd_per_hour')})`, legend: '{{ownership}}' }],
        },
        {
          draw: 'lines',
          title: 'Pools without a price',
          description: 'They run on a size whose price is not known, and are missing in the sums.',
          unit: 'short',
          width: 6,
          queries: [{ expr: `sum by (ownership) (${pools('pools_unpriced')})`, legend: '{{ownership}}' }],
        },
        {
          draw: 'lines',
          title: 'Age of the oldest leak',
          description: 'For how long the oldest pool that has no claim has been known as such.',
          unit: 's',
          width: 6,
          queries: [{ expr: `max by (ownership) (${pools('pool_age_seconds', leaked)})`, legend: '{{ownership}}' }],
        },
      ],
    },
    {
      title: 'What happened',
      panels: [
        {
          draw: 'lines',
          title: 'GPUs over time',
          description: 'Between asked and ready lies what people wait for.',
          unit: 'short',
          width: 6,
          queries: [{ expr: gpus, legend: '{{state}}' }],
        },
        {
          draw: 'lines',
          title: 'Claims made and gone',
          description: 'Machines and NodeClaims that got a pool, and those that went with theirs.',
          unit: 'short',
          width: 6,
          queries: [
            {
              expr: `sum by (reason) (${happened('karpenter_machines_created_total')})`,
              legend: 'Machines {{reason}}',
            },
            { expr: `sum(${happened('karpenter_machines_terminated_total')})`, legend: 'Machines gone' },
            {
              expr: `sum by (reason) (${happened('karpenter_nodeclaims_created_total')})`,
              legend: 'NodeClaims {{reason}}',
            },
            { expr: `sum(${happened('karpenter_nodeclaims_terminated_total')})`, legend: 'NodeClaims gone' },
          ],
        },
        {
          draw: 'lines',
          title: 'Done without being asked',
          description:
            'Claims that expired, or whose instance was replaced, by the reason; pools without a claim that were deleted.',
          unit: 'short',
          width: 6,
          queries: [
            {
              expr: `sum by (reason) (${happened('karpenter_machines_disrupted_total')})`,
              legend: 'Machine {{reason}}',
            },
            {
              expr: `sum by (reason) (${happened('karpenter_nodeclaims_disrupted_total')})`,
              legend: 'NodeClaim {{reason}}',
            },
            { expr: `sum(${happened('gpu_provisioner_orphan_pools_deleted_total')})`, legend: 'orphan pools deleted' },
          ],
        },
        {
          draw: 'lines',
          title: 'Nodes joined and gone',
          description: 'Nodes of claims.',
          unit: 'short',
          width: 6,
          queries: [
            { expr: `sum(${happened('karpenter_nodes_created_total')})`, legend: 'joined' },
            { expr: `sum(${happened('karpenter_nodes_terminated_total')})`, legend: 'gone' },
          ],
        },
      ],
    },
  ],
};
