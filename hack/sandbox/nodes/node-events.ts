// What the platform says of a Node in events: core/v1, with its source, as AKS writes them.
import type { Timeline } from '../timeline.ts';
import { type Api, expectStatus } from './api.ts';

export interface NodeWord {
  readonly source: 'upgrader' | 'aks-auto-repair';
  readonly reason: string;
  readonly message: string;
  readonly node: { readonly name: string; readonly uid: string };
}

export interface Speaker {
  readonly api: Api;
  readonly timeline: Timeline;
  readonly signal: AbortSignal;
}

let told = 0;

export async function tell({ api, timeline, signal }: Speaker, word: NodeWord): Promise<void> {
  const { source, reason, message, node } = word;
  const now = timeline
    .now()
    .toISOString()
    .replace(/\.\d+Z$/, 'Z');
  told += 1;
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${node.name}.${timeline.now().getTime().toString(16)}${told.toString(16)}`,
      namespace: 'default',
    },
    involvedObject: { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.uid },
    type: 'Normal',
    reason,
    message,
    source: { component: source },
    reportingComponent: source,
    reportingInstance: '',
    firstTimestamp: now,
    lastTimestamp: now,
    count: 1,
  };
  expectStatus(await api.post('/api/v1/namespaces/default/events', event, signal), 'tell of a node', 201);
}
