// Feeds for the page, as a controller makes them: a fleet on an ordinary bad day, none, a thousand claims, hostile ones.
import { guideOf } from '../../src/claims/reason-guide.ts';
import type { FeedClaim, FeedPhase, FeedPhaseName, FeedPool, StatusFeed } from '../../src/status/feed.ts';

/** Of every feed here: times are told from it. */
const now = Date.parse('2026-03-02T09:41:30Z');

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

function ago(seconds: number): string {
  return new Date(now - seconds * 1000).toISOString();
}

export interface ClaimWish extends Partial<Omit<FeedClaim, 'timeline' | 'createdAt' | 'phase'>> {
  readonly name: string;
  /** Phases in turn with their seconds; the last one still lasts. */
  readonly went: readonly (readonly [FeedPhaseName, number])[];
}

const prices: Readonly<Record<string, readonly [gpus: number, usd: number]>> = {
  Standard_NC24ads_A100_v4: [1, 3.673],
  Standard_NC48ads_A100_v4: [2, 7.346],
  Standard_ND96isr_H100_v5: [8, 98.32],
  Standard_NC4as_T4_v3: [1, 0.526],
};

export function aClaim({ name, went, ...rest }: ClaimWish): FeedClaim {
  const vmSize = rest.vmSize ?? 'Standard_NC24ads_A100_v4';
  const [gpus, usd] = prices[vmSize] ?? [];
  let behind = went.reduce((sum, [, seconds]) => sum + seconds, 0);
  const createdAt = ago(behind);
  const timeline = went.map(([phase, seconds], index): FeedPhase => {
    const since = ago(behind);
    behind -= seconds;
    const isLast = index === went.length - 1;
    return { name: phase, since, ...(isLast ? whyOf(rest) : { until: ago(behind) }) };
  });
  const [phase] = went.at(-1) ?? ['launching'];
  const isBilled = went.length > 1;
  return {
    kind: 'Machine',
    name,
    uid: `uid-${name}`,
    vmSize,
    phase,
    attention: 'none',
    pool: name,
    createdAt,
    timeline,
    ...(gpus === undefined ? {} : { gpus }),
    ...(isBilled ? (usd === undefined ? {} : { usdPerHour: usd }) : { usdPerHour: 0 }),
    ...(phase === 'ready' || phase === 'deleting' ? { node: `aks-${name}-28317442-vmss000000` } : {}),
    ...rest,
  };
}

function whyOf({ reason, message }: Pick<FeedClaim, 'reason' | 'message'>): Pick<FeedClaim, 'reason' | 'message'> {
  return { ...(reason === undefined ? {} : { reason }), ...(message === undefined ? {} : { message }) };
}

/** The pool that a claim has. */
function poolOf({ kind, name, pool, uid, vmSize = '', usdPerHour, timeline }: FeedClaim): FeedPool {
  const since = Date.parse(timeline[1]?.since ?? ago(0));
  return {
    name: pool,
    ownership: 'owned',
    owner: { kind, name, uid },
    vmSize,
    count: 1,
    state: 'Succeeded',
    ageSeconds: (now - since) / 1000,
    ...(usdPerHour === undefined ? {} : { usdPerHour }),
  };
}

export function aFeed(parts: Partial<StatusFeed> = {}): StatusFeed {
  const { claims = [], pools = [], gate = { state: 'open' } } = parts;
  const reasons = [...claims, ...pools, gate].flatMap(({ reason }) => (reason === undefined ? [] : [reason]));
  const guides = reasons.flatMap((reason) => {
    const guide = guideOf(reason);
    return guide === undefined ? [] : [[reason, { means: guide.means, todo: guide.todo }] as const];
  });
  return {
    version: 1,
    at: new Date(now).toISOString(),
    instance: 'gpu-provisioner-6c5d8f7b9-x2x7q-5f0e21ab',
    build: '0.1.0',
    leads: true,
    cluster: {
      subscriptionId: '26c0f8c5-4f3e-4f0a-9d53-3a4f0f6f1d11',
      resourceGroup: 'ml-platform',
      name: 'aks-gpu-weu',
    },
    azure: {
      ok: true,
      detail: `Azure shows ${pools.length} agent pools`,
      inventoryAgeSeconds: 9,
      remaining: { reads: 11_873, writes: 1_187, deletes: 1_199 },
    },
    gate,
    claims,
    pools,
    expectations: [],
    guides: Object.fromEntries(guides),
    omitted: { claims: 0, pools: 0 },
    ...parts,
  };
}

const system: FeedPool = {
  name: 'system',
  ownership: 'foreign',
  vmSize: 'Standard_D4s_v5',
  count: 3,
  state: 'Succeeded',
  ageSeconds: 9 * day,
};

/** Claims that are well, on their way, stuck and going; a leak, and a pool of somebody else. */
export function anOrdinaryDay(): StatusFeed {
  const claims = [
    aClaim({
      name: 'ws8f31c20a9',
      kind: 'NodeClaim',
      workspace: 'research/llama-3-70b',
      vmSize: 'Standard_ND96isr_H100_v5',
      went: [['launching', 47 * minute]],
      attention: 'stuck',
      reason: 'QuotaExceeded',
      message:
        'Quota is used up: need 96 vCPUs, have 0, for standardNDSH100v5Family, in westeurope; ask for more under Quotas in the Azure portal, it is tried again by itself (ErrCode_InsufficientVCPUQuota)',
    }),
    aClaim({
      name: 'ws1e77a6b32',
      workspace: 'default/falcon-7b',
      went: [
        ['launching', 251],
        ['registering', 38],
        ['initializing', 66],
        ['ready', 19 * minute],
      ],
      attention: 'stuck',
      reason: 'NoDevicePlugin',
      message:
        'Node "aks-ws1e77a6b32-28317442-vmss000000" offers none of its 1 GPU: no DaemonSet is an NVIDIA device plugin; install one',
    }),
    aClaim({
      name: 'ws77d0c1f45',
      workspace: 'default/phi-3-tuning',
      vmSize: 'Standard_NC4as_T4_v3',
      went: [
        ['launching', 196],
        ['registering', 41],
        ['initializing', 13 * minute],
      ],
      attention: 'late',
      reason: 'StartupTaintsExist',
      message: 'Startup taint node.cilium.io/agent-not-ready is still on the Node',
    }),
    aClaim({
      name: 'ws4a2f90e17',
      workspace: 'default/phi-3',
      vmSize: 'Standard_NC4as_T4_v3',
      went: [['launching', 145]],
      reason: 'Creating',
      message: 'Azure is creating agent pool "ws4a2f90e17"',
    }),
    aClaim({
      name: 'ws90b3c51de',
      kind: 'NodeClaim',
      workspace: 'research/mistral-7b',
      went: [
        ['launching', 238],
        ['registering', 24],
      ],
      reason: 'NodeNotFound',
      message: 'Agent pool "ws90b3c51de" is there; its Node has not joined yet',
    }),
    aClaim({
      name: 'ws3be4d7709',
      workspace: 'default/falcon-40b',
      vmSize: 'Standard_NC48ads_A100_v4',
      went: [
        ['launching', 263],
        ['registering', 35],
        ['initializing', 81],
        ['ready', 3 * day],
        ['deleting', 140],
      ],
      reason: 'Draining',
      message: 'Waiting for 1 pod: default/falcon-40b-0',
    }),
    aClaim({
      name: 'ws5c9a10b8e',
      kind: 'NodeClaim',
      workspace: 'research/llama-3-8b',
      went: [
        ['launching', 244],
        ['registering', 33],
        ['initializing', 75],
        ['ready', 5 * day + 4 * hour],
      ],
    }),
    aClaim({
      name: 'wsd17e6a2c0',
      workspace: 'default/llama-2-13b',
      vmSize: 'Standard_NC48ads_A100_v4',
      went: [
        ['launching', 301],
        ['registering', 42],
        ['initializing', 88],
        ['ready', 26 * hour],
      ],
    }),
    aClaim({
      name: 'ws2b6f81d34',
      workspace: 'default/phi-3-mini',
      vmSize: 'Standard_NC4as_T4_v3',
      went: [
        ['launching', 187],
        ['registering', 29],
        ['initializing', 52],
        ['ready', 7 * hour + 12 * minute],
      ],
    }),
    aClaim({
      name: 'wsa4419c7fe',
      kind: 'NodeClaim',
      workspace: 'research/ragengine',
      vmSize: 'Standard_NC4as_T4_v3',
      went: [
        ['launching', 203],
        ['registering', 31],
        ['initializing', 49],
        ['ready', 43 * minute],
      ],
    }),
  ];
  const leak: FeedPool = {
    name: 'ws0d5e8c6f1',
    ownership: 'orphan',
    owner: { kind: 'Machine', name: 'ws0d5e8c6f1', uid: 'gone' },
    row: 'E3',
    reason: 'OrphanPool',
    message:
      'Agent pool "ws0d5e8c6f1" was made for Machine "ws0d5e8c6f1", which is gone; it is deleted in 11 min at the soonest',
    vmSize: 'Standard_NC24ads_A100_v4',
    count: 1,
    state: 'Succeeded',
    ageSeconds: 4 * minute,
    usdPerHour: 3.673,
  };
  const usual = [
    ['Standard_NC24ads_A100_v4', [251, 34, 71, 356, 402], [288, 41, 83, 409, 511]],
    ['Standard_NC4as_T4_v3', [196, 30, 51, 277, 318], [221, 38, 60, 306, 377]],
  ] as const;
  const phases = ['launching', 'registering', 'initializing', 'ready', 'deleting'] as const;
  return aFeed({
    claims,
    pools: [...claims.filter(({ timeline }) => timeline.length > 1).map(poolOf), leak, system],
    expectations: usual.flatMap(([vmSize, half, most]) =>
      phases.map((phase, index) => ({
        vmSize,
        phase,
        count: 14 - index * 2,
        p50Seconds: half[index] ?? 0,
        p90Seconds: most[index] ?? 0,
      })),
    ),
  });
}

export function manyClaims(count: number): StatusFeed {
  const claims = Array.from({ length: count }, (_, index) => {
    const name = `ws${index.toString(16).padStart(9, '0')}`;
    return index % 97 === 5
      ? aClaim({
          name,
          went: [['launching', 900 + index]],
          attention: 'stuck',
          reason: 'QuotaExceeded',
          message: 'none left',
        })
      : aClaim({
          name,
          went: [
            ['launching', 180 + (index % 120)],
            ['registering', 30 + (index % 20)],
            ['initializing', 50 + (index % 40)],
            ['ready', 3600 + index * 60],
          ],
        });
  }).toSorted((a, b) => Number(b.attention === 'stuck') - Number(a.attention === 'stuck'));
  return aFeed({
    claims,
    pools: claims
      .filter(({ phase }) => phase === 'ready')
      .slice(0, 100)
      .map(poolOf),
  });
}
