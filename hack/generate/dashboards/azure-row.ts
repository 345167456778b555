// Azure Resource Manager as the controller meets it.
import type { Row } from './dashboard.ts';
import { most, rate, slowest } from './series.ts';

export const azureRow: Row = {
  title: 'Azure Resource Manager',
  panels: [
    {
      draw: 'lines',
      title: 'Requests by operation',
      description: 'At rest there is a list every few minutes, and nothing else.',
      unit: 'reqps',
      width: 8,
      queries: [
        { expr: `sum by (operation) (${rate('gpu_provisioner_arm_requests_total')})`, legend: '{{operation}}' },
      ],
    },
    {
      draw: 'lines',
      title: 'Requests by answer',
      description: 'The status, or the code of the error where no answer came.',
      unit: 'reqps',
      width: 8,
      queries: [{ expr: `sum by (code) (${rate('gpu_provisioner_arm_requests_total')})`, legend: '{{code}}' }],
    },
    {
      draw: 'lines',
      title: 'Failed calls by what they mean',
      description: 'docs/reasons.md says what each reason asks of you.',
      unit: 'reqps',
      width: 8,
      queries: [
        {
          expr: `sum by (operation, reason) (${rate('gpu_provisioner_arm_refusals_total')}) > 0`,
          legend: '{{operation}} {{reason}}',
        },
      ],
    },
    {
      draw: 'lines',
      title: 'Duration of calls, nine of ten',
      description: 'Until Azure has answered; what it was asked for may take minutes more.',
      unit: 's',
      width: 8,
      queries: [{ expr: slowest('karpenter_cloudprovider_duration_seconds', 'method'), legend: '{{method}}' }],
    },
    {
      draw: 'lines',
      title: 'Failed calls by error',
      description: "Azure's own codes.",
      unit: 'reqps',
      width: 8,
      queries: [
        {
          expr: `sum by (method, error) (${rate('karpenter_cloudprovider_errors_total')})`,
          legend: '{{method}} {{error}}',
        },
      ],
    },
    {
      draw: 'lines',
      title: 'Requests that Azure says are left',
      description: 'As the newest answers say. All programs of the subscription use it up.',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'min by (kind) (gpu_provisioner_arm_remaining_requests{job=~"$job"})', legend: '{{kind}}' }],
    },
    {
      draw: 'lines',
      title: 'Requests that our limiter would let out',
      description: 'It keeps below what Azure allows. At 0 work waits for it.',
      unit: 'short',
      width: 8,
      queries: [{ expr: 'min by (lane) (gpu_provisioner_arm_budget{job=~"$job"})', legend: '{{lane}}' }],
    },
    {
      draw: 'lines',
      title: 'Kept from asking by a 429',
      description: 'For how much longer Azure wants to hear nothing. 0: it does not throttle.',
      unit: 's',
      width: 8,
      queries: [{ expr: most('gpu_provisioner_arm_closed_seconds', 'lane'), legend: '{{lane}}' }],
    },
    {
      draw: 'lines',
      title: 'Age of what is known of Azure, by replica',
      description: 'A line that only rises: no list succeeds.',
      unit: 's',
      width: 8,
      queries: [{ expr: most('gpu_provisioner_inventory_age_seconds', 'instance'), legend: '{{instance}}' }],
    },
  ],
};
