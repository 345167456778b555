// docs/metrics.md: a text by hand around every family that the code registers, in its own words.
import type { MetricFamily } from './metric-families.ts';

/** A family that says too little of itself, or a text without a place for them. */
export class MetricsUndocumented extends Error {
  readonly code = 'METRICS_UNDOCUMENTED';

  constructor(message: string) {
    super(message);
    this.name = 'MetricsUndocumented';
  }
}

export interface MetricsSources {
  /** Has `<!-- families -->` on a line of its own. */
  readonly template: string;
  readonly families: readonly MetricFamily[];
}

const place = '\n<!-- families -->\n';
const ourPrefix = 'gpu_provisioner_';
const earlier = 'under its earlier name';

interface Group {
  readonly title: string;
  readonly text: string;
  readonly has: (family: MetricFamily) => boolean;
}

/** First match wins. */
const groups: readonly Group[] = [
  {
    title: 'Names that Karpenter had before v1',
    text: 'For dashboards of the time of Machines. They count the same as their names of today.',
    has: ({ help, name }) =>
      help.endsWith(earlier) || /^karpenter_machines_(?:launched|registered|initialized)$/.test(name),
  },
  {
    title: "Karpenter's names",
    text: 'NodeClaims and Machines are counted apart: each name with `nodeclaims` has a twin with `machines`.',
    has: startsWith('karpenter_'),
  },
  {
    title: "controller-runtime's names",
    text: 'One `controller` for each kind of object: its passes, their results and their time.',
    has: startsWith('controller_runtime_'),
  },
  {
    title: 'Work queues',
    text: 'What waits for a worker. A depth that only grows, or a key at work for minutes, is a controller that is stuck.',
    has: startsWith('workqueue_'),
  },
  {
    title: 'The way to the API server',
    text: 'Requests, and the caches that watch.',
    has: ({ name }) => name.startsWith('rest_client_') || name.startsWith('reflector_'),
  },
  { title: 'Leader and events', text: 'Who works, and what nobody was told.', has: () => true },
];

/** Throws MetricsUndocumented. */
export function metricsDocument({ families, template }: MetricsSources): string {
  if (!template.includes(place)) throw new MetricsUndocumented(`Cannot write the document: no line is ${place.trim()}`);
  const ours = families.filter(({ name }) => name.startsWith(ourPrefix));
  const sections = ["## This controller's own", ...ours.map(ourSection)];
  let rest = families.filter((family) => !ours.includes(family));
  for (const { has, text, title } of groups) {
    const these = rest.filter(has);
    rest = rest.filter((family) => !these.includes(family));
    if (these.length > 0) sections.push(`## ${title}`, text, these.map(line).join('\n'));
  }
  return template.replace(place, () => `\n${sections.join('\n\n')}\n`);
}

/** What it is, and what it is good for: the first sentence of its help, and the rest. */
function ourSection(family: MetricFamily): string {
  const [, what, use] = /^(.+?)\. (.+)$/.exec(family.help) ?? [];
  if (what === undefined || use === undefined)
    throw new MetricsUndocumented(
      `Cannot write the document: the help of ${family.name} says what it is and not what it is good for`,
    );
  return `### ${family.name}\n\n${sort(family)}\n\n${shown(what)}.\n\n**What it tells:** ${shown(use)}`;
}

function line(family: MetricFamily): string {
  return `- \`${family.name}\` (${sort(family)}): ${shown(family.help)}`;
}

const mostValues = 8;
/** Labels that name a part of the program: their values are many, and the same everywhere. */
const ofProgram: ReadonlySet<string> = new Set(['controller', 'name', 'resource']);

/** Its type, and its labels with their values where those are few. */
function sort({ labels, type }: MetricFamily): string {
  const parts = [...labels].map(([label, values]) => {
    const isShown = values.length > 1 && values.length <= mostValues && !ofProgram.has(label);
    return isShown ? `\`${label}\` (${values.join(', ')})` : `\`${label}\``;
  });
  return parts.length === 0 ? type : `${type} by ${parts.join(', ')}`;
}

/** What Markdown would take for a tag stands as it is. */
function shown(text: string): string {
  return text.replaceAll(/<\w+>/g, (tag) => `\`${tag}\``);
}

function startsWith(prefix: string): (family: MetricFamily) => boolean {
  return ({ name }) => name.startsWith(prefix);
}
