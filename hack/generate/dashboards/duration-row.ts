// How long the parts of a claim's life take.
import { chosen, deleting, ofPhase, quantile, readyBucket } from './claim-series.ts';
import type { Row } from './dashboard.ts';

export const durationRow: Row = {
  title: 'How long it takes',
  panels: [
    {
      draw: 'stat',
      title: 'Until Ready, half of them',
      description: 'Half of the claims that became Ready in this time range took no longer.',
      unit: 's',
      width: 6,
      queries: [{ expr: quantile(0.5, readyBucket, 'le', '$__range'), legend: 'half' }],
    },
    {
      draw: 'stat',
      title: 'Until Ready, nine of ten',
      description: 'Nine of ten claims that became Ready in this time range took no longer.',
      unit: 's',
      width: 6,
      queries: [{ expr: quantile(0.9, readyBucket, 'le', '$__range'), legend: 'nine of ten' }],
    },
    {
      draw: 'stat',
      title: 'Until gone, half of them',
      description: 'From the deletion of a claim to its end.',
      unit: 's',
      width: 6,
      queries: [{ expr: quantile(0.5, ofPhase(deleting), 'le', '$__range'), legend: 'half' }],
    },
    {
      draw: 'stat',
      title: 'Became Ready',
      description: 'Claims that became Ready in this time range for the first time.',
      unit: 'short',
      width: 6,
      queries: [
        {
          expr: `sum(increase(gpu_provisioner_time_to_ready_seconds_count{${chosen}, size=~"$size"}[$__range]))`,
          legend: 'claims',
        },
      ],
    },
    {
      draw: 'lines',
      title: 'Until Ready, by size',
      description: 'Half of the claims of a size took no longer. Large sizes start far more slowly.',
      unit: 's',
      width: 8,
      queries: [{ expr: quantile(0.5, readyBucket, 'le, size'), legend: '{{size}}' }],
    },
    {
      draw: 'lines',
      title: 'Each phase, half of them',
      description:
        'launching: until Azure has accepted the pool. registering: until the Node joins. initializing: until it is of use.',
      unit: 's',
      width: 8,
      queries: [{ expr: quantile(0.5, ofPhase(''), 'le, phase'), legend: '{{phase}}' }],
    },
    {
      draw: 'lines',
      title: 'Each phase, nine of ten',
      description: 'The slow ones: a phase that grows alone shows where the time goes.',
      unit: 's',
      width: 8,
      queries: [{ expr: quantile(0.9, ofPhase(''), 'le, phase'), legend: '{{phase}}' }],
    },
  ],
};
