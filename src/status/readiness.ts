// The lines of /readyz: what this process still lacks, why, and what a person can do about it.
import { machines as machineResource } from '../apis/machine.ts';
import { nodeClaims as nodeClaimResource } from '../apis/nodeclaim.ts';
import { apiVersionOf, type Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import type { Inventory } from '../azure/inventory.ts';
import type { Gate } from '../claims/gate.ts';
import { reasons } from '../claims/reasons.ts';
import { adviceOn } from '../kube/advice.ts';
import { Forbidden, NotFound, Unauthorized } from '../kube/errors.ts';
import type { Denials } from '../runtime/denials.ts';
import type { LeaderElector } from '../runtime/leader.ts';
import type { ToldCheck } from './self-report.ts';

/** What a list and watch of one resource has come to. */
interface Cache {
  readonly state: 'synced' | 'listing' | 'absent';
  readonly failed: unknown;
}

export interface ReadinessParts {
  readonly machines: Cache;
  readonly nodeClaims: Cache;
  readonly nodes: Cache;
  readonly workspaces?: { health(): { readonly ok: boolean; readonly detail?: string } };
  readonly inventory: Pick<Inventory, 'health'>;
  readonly gate: () => Gate;
  readonly denials: Pick<Denials, 'said'>;
  /** Without it the process takes itself for the only one. */
  readonly elector?: Pick<LeaderElector, 'failed' | 'holder'>;
  /** `namespace/name`. */
  readonly lease: string;
  readonly leads: () => boolean;
}

interface Health {
  readonly ok: boolean;
  readonly detail?: string;
}

const watching = { bad: reasons.NotWatching, good: reasons.Watching } as const;

/**
 * Required is only what makes this process useless: a cache that it plans by, and the right to the lease. Azure, the gate and
 * single rights are shown, for a restart or another replica would meet the same.
 */
export function readinessOf(parts: ReadinessParts): readonly ToldCheck[] {
  const { machines, nodeClaims, nodes, workspaces, inventory, gate, denials } = parts;
  return [
    {
      name: 'machines',
      required: true,
      tells: watching,
      check: () => kindHealth(machineResource, machines, nodeClaims),
    },
    {
      name: 'nodeclaims',
      required: true,
      tells: watching,
      check: () => kindHealth(nodeClaimResource, nodeClaims, machines),
    },
    { name: 'nodes', required: true, tells: watching, check: () => cacheHealth(nodes) },
    ...(workspaces === undefined ? [] : [{ name: 'workspaces', required: true, check: () => workspaces.health() }]),
    {
      name: 'azure',
      required: false,
      tells: { bad: reasons.AzureUnavailable, good: reasons.AzureAnswers },
      check: () => inventory.health,
    },
    {
      name: 'gate',
      required: false,
      tells: { bad: reasons.ClusterUnreadable, good: reasons.ClusterReadable },
      check: () => gateHealth(gate()),
    },
    {
      name: 'permissions',
      required: false,
      tells: { bad: reasons.PermissionMissing, good: reasons.PermissionsComplete },
      check: () => (denials.said === undefined ? { ok: true } : { ok: false, detail: denials.said }),
    },
    {
      name: 'lease',
      required: true,
      tells: { bad: reasons.LeaseUnavailable, good: reasons.LeaseAvailable },
      check: () => leaseHealth(parts),
    },
  ];
}

/** A cluster serves one of the kinds, or both; without any there is nothing to do, and whoever installs a CRD sees it here. */
function kindHealth(resource: Resource<KubeObject>, kind: Cache, other: Pick<Cache, 'state'>): Health {
  if (kind.state !== 'absent') return cacheHealth(kind);
  // KAITO's charts up to v0.4.1 bring NodeClaims as v1beta1 alone; a 404 does not tell that from no CRD at all.
  const absent = `not served as ${apiVersionOf(resource)}: its CRD is not installed, or lacks that version`;
  // KAITO needs one of the two, and which one it is nobody here knows.
  if (other.state !== 'absent') return { ok: true, detail: absent };
  return {
    ok: false,
    detail: `${absent}; install it with the chart (crds.enabled) or with KAITO, it is seen by itself`,
  };
}

function cacheHealth({ state, failed }: Cache): Health {
  const why = failed === undefined ? undefined : adviceOn(failed);
  if (state === 'synced')
    return { ok: true, ...(why === undefined ? {} : { detail: `listed; the watch is down: ${why}` }) };
  return { ok: false, detail: why ?? 'no complete list yet' };
}

/** What keeps the gate shut is no fault of this process, but for a right that only a person can give. */
function gateHealth(gate: Gate): Health {
  if (gate.state === 'open') return { ok: true, detail: 'open' };
  const isUnreadable = gate.state === 'closed' && gate.by === 'clusterUnreadable';
  return { ok: !isUnreadable, detail: `${gate.state}: ${gate.message}` };
}

/** A replica that stands by is well; one that may never lead is of no use, and neither is a cluster where all are so. */
function leaseHealth({ elector, lease, leads }: ReadinessParts): Health {
  if (leads()) return { ok: true, detail: 'this process leads' };
  const failed = elector?.failed;
  if (failed instanceof NotFound)
    return {
      ok: false,
      detail: `${adviceOn(failed)}; create the namespace, or name another one with LEADER_ELECTION_NAMESPACE`,
    };
  if (failed instanceof Forbidden || failed instanceof Unauthorized) return { ok: false, detail: adviceOn(failed) };
  if (failed !== undefined) return { ok: true, detail: `this process stands by; ${adviceOn(failed)}` };
  const holder = elector?.holder;
  const who = holder === undefined ? `nobody holds lease ${lease} yet` : `"${holder}" holds lease ${lease}`;
  return { ok: true, detail: `this process stands by; ${who}` };
}
