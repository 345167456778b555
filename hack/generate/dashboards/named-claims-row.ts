// Claims by name: series of kube-state-metrics, which not everybody has.
import type { Row } from './dashboard.ts';

export const namedClaimsRow: Row = {
  title: 'One claim by name: needs kube-state-metrics with docs/kube-state-metrics.yaml',
  panels: [
    {
      draw: 'states',
      title: 'Conditions',
      description: 'How far the chosen claims have come. A gap: the condition is Unknown.',
      unit: 'short',
      width: 12,
      words: { 1: 'True', 0: 'False' },
      queries: [
        { expr: 'kube_machine_status_condition{name=~"$claim"}', legend: '{{name}} {{type}}' },
        { expr: 'kube_nodeclaim_status_condition{name=~"$claim"}', legend: '{{name}} {{type}}' },
      ],
    },
    {
      draw: 'table',
      title: 'Not Ready now',
      description: 'Claims whose Ready is False, with the reason.',
      unit: 'short',
      width: 12,
      columns: { name: 'Claim', reason: 'Reason' },
      value: 'Ready',
      queries: [
        { expr: 'kube_machine_status_condition{name=~"$claim", type="Ready"} == 0', legend: '{{name}}' },
        { expr: 'kube_nodeclaim_status_condition{name=~"$claim", type="Ready"} == 0', legend: '{{name}}' },
      ],
    },
    {
      draw: 'lines',
      title: 'Age',
      description: 'Since the claim was created.',
      unit: 's',
      width: 12,
      queries: [
        { expr: 'time() - kube_machine_created{name=~"$claim"}', legend: '{{name}}' },
        { expr: 'time() - kube_nodeclaim_created{name=~"$claim"}', legend: '{{name}}' },
      ],
    },
    {
      draw: 'table',
      title: 'Size and Node',
      description: 'Of the chosen claims.',
      unit: 'short',
      width: 12,
      columns: { name: 'Claim', instance_type: 'Size', node: 'Node' },
      value: 'There',
      queries: [
        { expr: 'kube_machine_info{name=~"$claim"}', legend: '{{name}}' },
        { expr: 'kube_nodeclaim_info{name=~"$claim"}', legend: '{{name}}' },
      ],
    },
  ],
};
