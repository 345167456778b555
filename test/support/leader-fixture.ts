// Candidates for one lease on a fake API server.
import { onTestFinished } from 'vitest';
import { createMetrics } from '../../src/observability/metrics.ts';
import { LeaderElector, type Term } from '../../src/runtime/leader.ts';
import type { Credentials } from '../../src/kube/credentials.ts';
import { FakeApi } from './fake-api.ts';
import { FakeClock } from './fake-clock.ts';
import { aClient, LogLines, StaticCredentials } from './kube-fixture.ts';

/** Where the fake API server keeps leases. */
export const collection = '/apis/coordination.k8s.io/v1/leases';
/** The lease that candidates are after. */
export const path = '/apis/coordination.k8s.io/v1/namespaces/kube-system/leases/gpu-provisioner';
export const key = 'kube-system/gpu-provisioner';

export async function anApi(tls?: { readonly cert: string; readonly key: string }): Promise<FakeApi> {
  const api = await FakeApi.start(tls);
  onTestFinished(() => api.stop());
  return api;
}

export interface CandidateOptions {
  /** All candidates of a test may share one. */
  readonly clock?: FakeClock;
  /** Until it is told to stop, where nothing else is said. */
  readonly lead?: (term: Term) => Promise<void>;
  /** How it reaches the API server: straight, where nothing else is said. */
  readonly credentials?: Credentials;
}

/** A candidate at work; it ends with the test. */
export function aCandidate(
  api: FakeApi,
  identity: string,
  { clock = new FakeClock(), lead, credentials = new StaticCredentials(api.url) }: CandidateOptions = {},
) {
  const metrics = createMetrics();
  const logs = new LogLines();
  const client = aClient(credentials.server, { clock, metrics, credentials });
  const elector = new LeaderElector({
    client,
    name: 'gpu-provisioner',
    namespace: 'kube-system',
    identity,
    clock,
    log: logs.log,
    metrics,
  });
  const stop = new AbortController();
  const state: { term?: Term; outcome?: unknown } = {};
  const untilStopped = (): Promise<void> =>
    new Promise((resolve) => {
      stop.signal.addEventListener('abort', () => resolve());
    });
  const leading = async (term: Term): Promise<void> => {
    state.term = term;
    await (lead ?? untilStopped)(term);
  };
  const running = elector.run({ signal: stop.signal, lead: leading }).then(
    () => void (state.outcome = 'ended'),
    (error: unknown) => void (state.outcome = error),
  );
  onTestFinished(async () => {
    stop.abort();
    await clock.advanceUntil(() => state.outcome !== undefined, { stepMs: 1000 });
    await client.close();
  });
  const leads = (): boolean => state.term?.mayWrite() === true;
  return { clock, metrics, logs, elector, stop, state, running, leads };
}

export const specOf = (api: FakeApi): unknown => api.object(collection, key)?.['spec'];
