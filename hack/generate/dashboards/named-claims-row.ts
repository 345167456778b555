// Claims by name: series of kube-state-metrics, which not everybody has.
import type { Row } from './dashboard.ts';
import type { Panel } from './panel.ts';

const kinds = [
  { plural: 'Machines', prefix: 'kube_machine' },
  { plural: 'NodeClaims', prefix: 'kube_nodeclaim' },
] as const;

export const namedClaimsRow: Row = {
  title: 'One claim by name: needs kube-state-metrics with docs/kube-state-metrics.yaml',
  panels: kinds.flatMap(({ plural, prefix }): readonly Panel[] => [
    {
      draw: 'states',
      title: `Conditions of ${plural}`,
      description: 'How far the chosen ones have come.',
      unit: 'short',
      width: 8,
      words: { 1: 'True', 0: 'not True' },
      queries: [
        { expr: `${prefix}_status_condition{name=~"$claim", status="True"}`, legend: '{{name}} {{condition}}' },
      ],
    },
    {
      draw: 'table',
      title: `${plural} that are not Ready, and since when they exist`,
      description: 'By the reason that their condition Ready has now.',
      unit: 's',
      width: 8,
      columns: { name: 'Claim', reason: 'Reason' },
      value: 'Age',
      queries: [
        {
          expr: `(${prefix}_status_condition{name=~"$claim", condition="Ready", status="True"} == bool 0) * on (job, instance, name) group_left () (time() - ${prefix}_created) > 0`,
          legend: '{{name}}',
        },
      ],
    },
    {
      draw: 'table',
      title: `Size and Node of ${plural}`,
      description: 'What the chosen ones asked for, and the Node that they got.',
      unit: 'short',
      width: 8,
      columns: { name: 'Claim', instance_type: 'Size', node: 'Node' },
      value: 'There',
      queries: [{ expr: `${prefix}_info{name=~"$claim"}`, legend: '{{name}}' }],
    },
  ]),
};
