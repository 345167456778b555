// The text of `status`: a table of the fleet, then what sums it up, then what could not be seen.
import type { FeedClaim, FeedPool } from '../../status/feed.ts';
import { missingLines } from '../printing/missing.ts';
import { lasted } from '../printing/lasted.ts';
import { cut, plain } from '../printing/plain.ts';
import { styled, type Screen, type Style } from '../printing/screen.ts';
import { tableLines, type Row } from '../printing/table.ts';
import { refOf } from '../why/refs.ts';
import type { StatusReport, WorkspaceRow } from './report.ts';

const styles: Readonly<Record<FeedClaim['attention'], Style | undefined>> = {
  stuck: 'red',
  late: 'yellow',
  none: undefined,
};

export function statusText(report: StatusReport, screen: Screen): string {
  const now = Date.parse(report.at);
  const { claims, othersClaims, workspaces } = report;
  const things = [...claims.map((claim) => ofClaim(claim, now)), ...workspaces.map((each) => ofWorkspace(each, now))];
  const columns = columnsFor(screen);
  const titles = columns.map((column) => column.toUpperCase());
  const rows = things.map(({ style, ...thing }): Row => ({ cells: columns.map((column) => thing[column]), style }));
  const others = othersClaims === 0 ? [] : [`${othersClaims} more belong to another provisioner`];
  const blocks = [
    rows.length === 0 ? ['No claims'] : tableLines(titles, rows, screen),
    others,
    [...sums(report), ...controllerLines(report, now)].map(([label, text]) => labelled(label, text, screen)),
    leakLines(report, screen),
    report.problems.map((problem) => styled(fitting(plain(problem), screen), 'red', screen)),
    missingLines(report.missing, screen),
  ];
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

interface Thing {
  /** As `why` takes it. */
  readonly name: string;
  readonly size: string;
  readonly phase: string;
  readonly for: string;
  readonly node: string;
  readonly why: string;
  readonly style?: Style | undefined;
}

/** What is least missed goes first where the terminal has no room: the reason is what people came for. */
function columnsFor({ columns = Infinity }: Screen): readonly Exclude<keyof Thing, 'style'>[] {
  if (columns < 100) return ['name', 'phase', 'for', 'why'];
  return columns < 150 ? ['name', 'size', 'phase', 'for', 'why'] : ['name', 'size', 'phase', 'for', 'node', 'why'];
}

function ofClaim(claim: FeedClaim, now: number): Thing {
  const { attention, node = '', phase, timeline, vmSize = '?' } = claim;
  return {
    name: refOf(claim),
    size: vmSize,
    phase: attention === 'none' ? phase : `${phase} (${attention})`,
    for: lasted(now - Date.parse(timeline.at(-1)?.since ?? claim.createdAt)),
    node,
    why: whyText(claim),
    style: styles[attention],
  };
}

function ofWorkspace(row: WorkspaceRow, now: number): Thing {
  const { count, failed, name, namespace, ready, since, vmSize } = row;
  return {
    name: `workspace/${namespace}/${name}`,
    size: count === 1 ? vmSize : `${count} x ${vmSize}`,
    phase: ready ? 'ready' : failed ? 'failed' : 'not ready',
    for: since === undefined ? '' : lasted(now - Date.parse(since)),
    node: '',
    why: whyText(row),
    style: failed ? 'red' : undefined,
  };
}

function whyText({ message = '', reason = '' }: { readonly reason?: string; readonly message?: string }): string {
  return [reason, message].filter((part) => part !== '').join(': ');
}

type Line = readonly [label: string, text: string];

function sums({ claims, leaks, sums: { gpus, phases, unpriced, usdPerHour } }: StatusReport): readonly Line[] {
  const counts = Object.entries(phases).flatMap(([phase, count]) => (count === 0 ? [] : [`${count} ${phase}`]));
  const unknown = unpriced === 0 ? '' : `, ${unpriced} of unknown price`;
  const bill = leaks?.reduce((sum, { usdPerHour: usd = 0 }) => sum + usd, 0) ?? 0;
  return [
    ['Claims', claims.length === 0 ? 'none' : `${claims.length}: ${counts.join(', ')}`],
    ['GPUs', `${gpus.asked} asked for, ${gpus.ready} ready`],
    ...(usdPerHour === undefined ? [] : [['Cost', `about ${dollars(usdPerHour)} an hour${unknown}`] as const]),
    ...(leaks === undefined
      ? []
      : [['Leaks', leaks.length === 0 ? 'none' : `${leaks.length}, about ${dollars(bill)} an hour`] as const]),
  ];
}

function controllerLines({ azure, controller, gate }: StatusReport, now: number): readonly Line[] {
  const { build, instance, leader, replicas } = controller;
  const ages = (at: string | undefined): string =>
    at === undefined ? '' : `, renewed ${lasted(now - Date.parse(at))} ago`;
  return [
    ...(azure === undefined ? [] : [['Azure', azureText(azure)] as const]),
    ...(gate === undefined
      ? []
      : [['Gate', [gate.state, whyText(gate)].filter((part) => part !== '').join(', ')] as const]),
    ...(leader === undefined
      ? []
      : [
          [
            'Leader',
            `${leader.holder ?? 'nobody'}${ages(leader.renewedAt)}${leader.expired ? ', expired' : ''}`,
          ] as const,
        ]),
    ...replicas.map(
      ({ name, namespace, ready, wanted }) =>
        ['Controller', `${ready} of ${wanted} replicas ready, ${namespace}/${name}`] as const,
    ),
    ...(instance === undefined ? [] : [['Told by', `${instance}, release ${build ?? 'unknown'}`] as const]),
  ];
}

function azureText({ detail, inventoryAgeSeconds, ok, remaining }: NonNullable<StatusReport['azure']>): string {
  const left = Object.entries(remaining).map(([kind, count]) => `${count} ${kind}`);
  return [
    ok ? 'answers' : `does not answer: ${detail}`,
    ...(inventoryAgeSeconds === undefined ? [] : [`pools listed ${lasted(inventoryAgeSeconds * 1000)} ago`]),
    ...(left.length === 0 ? [] : [`left before it throttles: ${left.join(', ')}`]),
  ].join('; ');
}

function leakLines({ leaks = [] }: StatusReport, screen: Screen): readonly string[] {
  if (leaks.length === 0) return [];
  const rows = leaks.map((pool): Row => {
    const price = pool.usdPerHour === undefined ? '?' : dollars(pool.usdPerHour);
    const size = pool.count === 1 ? pool.vmSize : `${pool.count} x ${pool.vmSize}`;
    return {
      cells: [pool.name, words(pool), lasted(pool.ageSeconds * 1000), size, price, whyText(pool)],
      style: 'red',
    };
  });
  return tableLines(['POOL', 'WHOSE', 'FOR', 'SIZE', 'PER HOUR', 'WHY'], rows, screen);
}

function words({ ownership }: FeedPool): string {
  return ownership.replaceAll('_', ' ');
}

function dollars(usd: number): string {
  return `$${usd.toFixed(2)}`;
}

const labelWidth = 12;

function labelled(label: string, text: string, screen: Screen): string {
  const room = (screen.columns ?? Infinity) - labelWidth;
  return `${styled(label.padEnd(labelWidth), 'bold', screen)}${cut(plain(text), room)}`;
}

function fitting(text: string, { columns = Infinity }: Screen): string {
  return cut(text, columns);
}
