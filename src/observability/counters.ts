// Counters as every room registers them: each series exists from the start, so that a rate over the first count is not lost.
import { Counter } from 'prom-client';
import type { Metrics } from './metrics.ts';

interface CounterText {
  readonly name: string;
  readonly help: string;
  /** What Karpenter before v1 called the same: dashboards of that time ask for it. */
  readonly earlierName?: string;
}

interface LabelledText<V extends string> extends CounterText {
  readonly label: string;
  /** All that the label can be. */
  readonly values: readonly V[];
}

type Registers = Pick<Metrics, 'registry'>;

/** Counts one thing. Registers it, once for a registry. */
export function counterOf(metrics: Registers, text: CounterText): () => void {
  const counters = namesOf(text).map((name) => new Counter({ ...name, registers: [metrics.registry] }));
  return () => {
    for (const counter of counters) counter.inc();
  };
}

/** Counts by one label. Registers it, once for a registry. */
export function counterBy<V extends string>(metrics: Registers, text: LabelledText<V>): (value: V) => void {
  const { label, values } = text;
  const counters = namesOf(text).map(
    (name) => new Counter({ ...name, labelNames: [label], registers: [metrics.registry] }),
  );
  for (const counter of counters) for (const value of values) counter.inc({ [label]: value }, 0);
  return (value) => {
    for (const counter of counters) counter.inc({ [label]: value });
  };
}

function namesOf({
  earlierName,
  help,
  name,
}: CounterText): readonly { readonly name: string; readonly help: string }[] {
  const now = { name, help };
  return earlierName === undefined ? [now] : [now, { name: earlierName, help: `As ${name}, under its earlier name` }];
}
