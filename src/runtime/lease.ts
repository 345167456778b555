// The Lease of a leader election as plain data: who holds it, and the patches that take, renew and release it.
import type { Lease } from '../apis/wire.ts';
import { microTime } from '../kube/micro-time.ts';

export interface LeaseTimes {
  /** Others take a lease that was not renewed for this long. Whole seconds, for the Lease says them. */
  readonly durationMs: number;
  /** The holder gives up when this long has passed since the start of its last good renewal. */
  readonly renewDeadlineMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

// What every Kubernetes controller uses: two tries can fail before the holder gives up, and 5 s are left for it to stop
// writing before somebody else may start.
export const usualLeaseTimes: LeaseTimes = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 };

export function holderOf(lease: Lease): string | undefined {
  const holder = lease.spec?.holderIdentity;
  return holder === undefined || holder === '' ? undefined : holder;
}

/** What the holder said its lease lasts; ours where it said nothing. */
export function durationMsOf(lease: Lease, times: LeaseTimes): number {
  const seconds = lease.spec?.leaseDurationSeconds;
  return seconds === undefined || seconds <= 0 ? times.durationMs : seconds * 1000;
}

/** A fresh Lease that `identity` holds. */
export function newLease(
  name: { readonly name: string; readonly namespace: string },
  identity: string,
  now: Date,
  times: LeaseTimes,
): object {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: name,
    spec: { ...heldBy(identity, now, times), acquireTime: microTime(now), leaseTransitions: 0 },
  };
}

/** Takes a lease that is free. Fails with Conflict if anybody touched it since `lease` was read. */
export function takePatch(lease: Lease, identity: string, now: Date, times: LeaseTimes): object {
  const transitions = (lease.spec?.leaseTransitions ?? 0) + (lease.spec?.holderIdentity === identity ? 0 : 1);
  return {
    metadata: { resourceVersion: lease.metadata.resourceVersion },
    spec: { ...heldBy(identity, now, times), acquireTime: microTime(now), leaseTransitions: transitions },
  };
}

/** Renews a lease that is ours. Fails with Conflict as `takePatch` does. */
export function renewPatch(lease: Lease, identity: string, now: Date, times: LeaseTimes): object {
  return { metadata: { resourceVersion: lease.metadata.resourceVersion }, spec: heldBy(identity, now, times) };
}

/** Lets go of a lease that is ours, so that the next holder need not wait for its end. */
export function releasePatch(lease: Lease, now: Date): object {
  return {
    metadata: { resourceVersion: lease.metadata.resourceVersion },
    // A duration must be positive; client-go writes 1 as well.
    spec: { holderIdentity: '', leaseDurationSeconds: 1, renewTime: microTime(now) },
  };
}

function heldBy(identity: string, now: Date, times: LeaseTimes): object {
  return {
    holderIdentity: identity,
    leaseDurationSeconds: Math.round(times.durationMs / 1000),
    renewTime: microTime(now),
  };
}
