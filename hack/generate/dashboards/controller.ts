// The dashboard for the one who is paged: whether Azure answers, what it leaves us, and whether the controller keeps up.
import { azureRow } from './azure-row.ts';
import type { Dashboard } from './dashboard.ts';
import { apiServerRow, processRow } from './process-rows.ts';
import { queuesRow } from './queues-row.ts';
import { most } from './series.ts';

export const controller: Dashboard = {
  uid: 'gpu-provisioner-controller',
  title: 'GPU provisioner / Azure and the controller',
  description: 'Azure Resource Manager as the controller meets it, the gate, queues, the API server and the process.',
  variables: [],
  rows: [
    {
      title: 'Now',
      panels: [
        {
          draw: 'stat',
          title: 'Azure',
          description: 'Whether the last list of agent pools succeeded.',
          unit: 'short',
          width: 4,
          limits: { warn: 1, bad: 0.5 },
          words: { 0: 'no answer', 1: 'answers' },
          queries: [{ expr: 'min(gpu_provisioner_azure_up{job=~"$job"})', legend: 'Azure' }],
        },
        {
          draw: 'stat',
          title: 'Age of what is known of Azure',
          description: 'Since the last complete list of agent pools began. At rest it is taken every few minutes.',
          unit: 's',
          width: 4,
          limits: { warn: 600, bad: 1200 },
          queries: [{ expr: 'max(gpu_provisioner_inventory_age_seconds{job=~"$job"})', legend: 'age' }],
        },
        {
          draw: 'stat',
          title: 'Leaders',
          description: 'Always 1 but for seconds: none, and nothing happens.',
          unit: 'short',
          width: 4,
          limits: { warn: 1, bad: 0.5 },
          queries: [{ expr: 'sum(leader_election_master_status{job=~"$job"})', legend: 'leaders' }],
        },
        {
          draw: 'stat',
          title: 'Replicas by version',
          description: 'Pods that are scraped.',
          unit: 'short',
          width: 4,
          queries: [{ expr: 'sum by (version) (karpenter_build_info{job=~"$job"})', legend: '{{version}}' }],
        },
        {
          draw: 'stat',
          title: 'Refused credentials',
          description: 'Requests in this time range that Azure refused for the identity or its rights.',
          unit: 'short',
          width: 4,
          limits: { warn: 1, bad: 10 },
          queries: [
            {
              expr: 'sum(increase(gpu_provisioner_arm_refusals_total{job=~"$job", reason=~"AuthenticationFailed|AuthorizationFailed"}[$__range]))',
              legend: 'refused',
            },
          ],
        },
        {
          draw: 'stat',
          title: 'Throttled requests',
          description: 'Requests in this time range that Azure refused because there were too many.',
          unit: 'short',
          width: 4,
          limits: { warn: 1, bad: 10 },
          queries: [
            {
              expr: 'sum(increase(gpu_provisioner_arm_requests_total{job=~"$job", code="429"}[$__range]))',
              legend: 'throttled',
            },
          ],
        },
      ],
    },
    azureRow,
    {
      title: 'Gate and restraint',
      panels: [
        {
          draw: 'states',
          title: 'Gate',
          description: 'Why nothing is repaired, replaced or collected. No reason: the gate is open.',
          unit: 'short',
          width: 8,
          words: { 1: 'open', 0: 'not open' },
          queries: [{ expr: most('gpu_provisioner_gate_open', 'instance, reason'), legend: '{{instance}} {{reason}}' }],
        },
        {
          draw: 'lines',
          title: 'Not open for',
          description: 'Minutes after a start or an upgrade are as they should be; an hour is not.',
          unit: 's',
          width: 8,
          queries: [{ expr: most('gpu_provisioner_gate_not_open_seconds', 'instance'), legend: '{{instance}}' }],
        },
        {
          draw: 'lines',
          title: 'Due to be deleted or replaced unasked',
          description: 'Pools, and whether so many are due that none is touched before a person has looked (1).',
          unit: 'short',
          width: 8,
          queries: [
            { expr: 'max(gpu_provisioner_disruptions_wished{job=~"$job"})', legend: 'pools due' },
            { expr: 'max(gpu_provisioner_mass_disruption{job=~"$job"})', legend: 'held back' },
          ],
        },
      ],
    },
    queuesRow,
    apiServerRow,
    processRow,
  ],
};
