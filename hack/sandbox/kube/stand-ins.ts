// What a cluster's controllers do for the API server: definitions are served, namespaces emptied, dependents collected.
import type { Env } from './call.ts';
import { serveDefinitions } from './definitions.ts';

/** Starts all of them; returns the way to stop them. */
export function startStandIns(env: Env): () => void {
  const stops = [serveDefinitions(env)];
  return () => {
    for (const stop of stops) stop();
  };
}
