// Writing to a claim: metadata and status apart, each as one merge patch that carries the version it was decided on.
import type { Claim } from '../apis/claim.ts';
import type { KubeObject } from '../apis/wire.ts';
import { annotationText, attemptsAnnotation, finalizer, intentAnnotation, recordAnnotation } from './annotations.ts';
import type { ClaimRecord, Intent } from './annotations.ts';
import type { LifecycleContext } from './context.ts';
import type { Decision } from './decision.ts';
import { statusPatch } from './status.ts';

export interface MetadataChange {
  readonly finalizer?: 'add' | 'remove';
  readonly labels?: Readonly<Record<string, string>>;
  readonly intent?: Intent;
  readonly record?: ClaimRecord;
  readonly attempts?: readonly object[];
}

/** Each write answers with the claim as it is then; a write that changes nothing sends nothing. Throws kube/errors.ts. */
export class ClaimWriter<T extends KubeObject> {
  readonly #context: Pick<LifecycleContext<T>, 'kube' | 'adapter' | 'claims'>;

  constructor(context: Pick<LifecycleContext<T>, 'kube' | 'adapter' | 'claims'>) {
    this.#context = context;
  }

  async metadata(claim: Claim, change: MetadataChange, signal: AbortSignal): Promise<Claim> {
    const annotations = changed(claim.annotations, {
      ...(change.intent === undefined ? {} : { [intentAnnotation]: annotationText(claim, change.intent) }),
      ...(change.record === undefined ? {} : { [recordAnnotation]: annotationText(claim, change.record) }),
      ...(change.attempts === undefined ? {} : { [attemptsAnnotation]: JSON.stringify(change.attempts) }),
    });
    const labels = changed(claim.labels, change.labels ?? {});
    const has = claim.finalizers.includes(finalizer);
    const finalizers =
      change.finalizer === 'add' && !has
        ? [...claim.finalizers, finalizer]
        : change.finalizer === 'remove' && has
          ? claim.finalizers.filter((name) => name !== finalizer)
          : undefined;
    const metadata = {
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
    };
    if (Object.keys(metadata).length === 0) return claim;
    const body = { metadata: { resourceVersion: claim.resourceVersion, ...metadata } };
    return this.#patch(claim, body, { signal });
  }

  async status(
    claim: Claim,
    decision: Pick<Decision, 'face' | 'terminating' | 'bound' | 'extra'>,
    now: Date,
    signal: AbortSignal,
  ): Promise<Claim> {
    const { observesGeneration } = this.#context.adapter;
    const body = statusPatch(claim, decision, { now, observesGeneration });
    return body === undefined ? claim : this.#patch(claim, body, { signal, subresource: 'status' });
  }

  async #patch(claim: Claim, body: object, options: { signal: AbortSignal; subresource?: 'status' }): Promise<Claim> {
    const { kube, adapter, claims } = this.#context;
    const written = await kube.patch(adapter.resource, { name: claim.name }, { type: 'merge', body }, options);
    claims.noteWrite(written);
    return adapter.read(written);
  }
}

function changed(
  had: Readonly<Record<string, string>>,
  wanted: Readonly<Record<string, string>>,
): Record<string, string> | undefined {
  const entries = Object.entries(wanted).filter(([key, value]) => had[key] !== value);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
