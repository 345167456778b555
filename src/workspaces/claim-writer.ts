// Creating and deleting claims for Workspaces: each is one GPU node's bill, so what a cache says is not enough to end one.
import { workspaces } from '../apis/workspace.ts';
import type { Claim, ClaimKind } from '../apis/claim.ts';
import type { KubeClient } from '../kube/client.ts';
import { AlreadyExists, isRefusedWrite } from '../kube/errors.ts';
import type { ClaimSource } from './claim-source.ts';
import { workspaceLabel, workspaceNamespaceLabel } from './workspace-claims.ts';
import { ignoringGone } from './workspace-writer.ts';

interface Call {
  readonly kube: KubeClient;
  readonly sources: readonly ClaimSource[];
  readonly signal: AbortSignal;
}

/** A label's value has no more; the claims of a longer name cannot have been made. */
const longestLabel = 63;

export interface Creation {
  /** Names of those that were made just now. */
  readonly created: readonly string[];
  /** What the API server refuses for good as it is, in its words. */
  readonly refusal?: string | undefined;
}

/** All of them at once. Throws what may go well the next time, when all others have been asked for. */
export async function createClaims(
  claims: readonly object[],
  kind: ClaimKind,
  { sources, signal }: Call,
): Promise<Creation> {
  const source = sources.find((one) => one.kind === kind);
  if (source === undefined) return { created: [] };
  const outcomes = await Promise.allSettled(claims.map((claim) => source.create(claim, { signal })));
  const errors = outcomes.flatMap((outcome): readonly unknown[] =>
    // An earlier pass made it and the cache is behind.
    outcome.status === 'fulfilled' || outcome.reason instanceof AlreadyExists ? [] : [outcome.reason],
  );
  const refusal = errors.find(isRefusedWrite);
  const failure = errors.find((error): error is Error => error instanceof Error && !isRefusedWrite(error));
  if (failure !== undefined) throw failure;
  const created = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  return { created, refusal: refusal?.message };
}

/** Claims that are gone already are no mistake; one of the same name that came since is not touched. */
export async function deleteClaims(claims: readonly Claim[], { kube, sources, signal }: Call): Promise<void> {
  await Promise.all(
    claims.map(async ({ kind, name, uid }) => {
      const source = sources.find((one) => one.kind === kind);
      if (source === undefined) return;
      await ignoringGone(() => kube.delete(source.resource, { name }, { signal, preconditions: { uid } }));
    }),
  );
}

/** What the API server has for this Workspace, whatever the caches say. */
export async function liveClaims(
  { name, namespace = '' }: { readonly name: string; readonly namespace?: string },
  { sources, signal }: Call,
): Promise<readonly Claim[]> {
  if (name.length > longestLabel) return [];
  const labelSelector = `${workspaceLabel}=${name},${workspaceNamespaceLabel}=${namespace}`;
  const served = sources.filter((source) => source.state() !== 'absent');
  return (await Promise.all(served.map((source) => source.listLive(labelSelector, { signal })))).flat();
}

/** Whether the Workspace of this name is this one, or with undefined, that there is none: asked of the API server. */
export async function isStill(
  key: { readonly name: string; readonly namespace: string },
  uid: string | undefined,
  { kube, signal }: Call,
): Promise<boolean> {
  const { namespace } = key;
  const { items } = await kube.list(workspaces, { namespace, fieldSelector: `metadata.name=${key.name}`, signal });
  return items.find(({ metadata }) => metadata.name === key.name)?.metadata.uid === uid;
}
