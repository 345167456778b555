import { type Area, del, get, merge, post, type Request, until, untilStatus } from '../case.ts';
import { budget, budgets, pod, pods } from '../objects.ts';

const eviction = (name: string, deleteOptions?: object): object => ({
  apiVersion: 'policy/v1',
  kind: 'Eviction',
  metadata: { name, namespace: '{ns}' },
  ...(deleteOptions !== undefined && { deleteOptions }),
});
const evict = (name: string, options?: object): Request => post(`${pods}/${name}/eviction`, eviction(name, options));
const ready = (name: string): Request =>
  merge(`${pods}/${name}/status`, { status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } });
const running = (name: string): readonly Request[] => [post(pods, pod(name, { spec: { nodeName: 'n' } })), ready(name)];
const allowed = (name: string, count: number, healthy: number): ReturnType<typeof until> =>
  until(`${budgets}/${name}`, { 'status.disruptionsAllowed': count, 'status.currentHealthy': healthy });

export const evictions: Area = {
  area: 'evictions and disruption budgets',
  cases: [
    { name: 'without a budget a pod goes', steps: [...running('p'), evict('p'), get(`${pods}/p`)] },
    { name: 'a pod that has no node is gone at once', steps: [post(pods, pod('p')), evict('p'), get(`${pods}/p`)] },
    {
      name: 'a budget that needs every pod refuses',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 1 } })),
        allowed('b', 0, 1),
        evict('p'),
        get(`${pods}/p`),
      ],
    },
    {
      name: 'a budget with room lets one go and then refuses',
      steps: [
        ...running('p'),
        ...running('q'),
        post(budgets, budget('b', { spec: { minAvailable: 1 } })),
        allowed('b', 1, 2),
        evict('p'),
        allowed('b', 0, 1),
        evict('q'),
      ],
    },
    {
      name: 'two budgets on one pod are an error',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 0 } })),
        post(budgets, budget('c', { spec: { minAvailable: 0 } })),
        allowed('b', 1, 1),
        allowed('c', 1, 1),
        evict('p'),
      ],
    },
    {
      name: 'a uid that is not the one of the pod',
      steps: [
        ...running('p'),
        evict('p', { preconditions: { uid: 'another' } }),
        evict('p', { preconditions: { uid: '{0.metadata.uid}' } }),
      ],
    },
    { name: 'a pod that is not there', steps: [evict('p')] },
    {
      name: 'a pod that has ended does not count',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 1 } })),
        allowed('b', 0, 1),
        merge(`${pods}/p/status`, { status: { phase: 'Succeeded' } }),
        evict('p'),
      ],
    },
    {
      name: 'a pod that is already going may go',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 1 } })),
        allowed('b', 0, 1),
        del(`${pods}/p`),
        evict('p'),
      ],
    },
    {
      name: 'a pod that is not ready, under a budget that is not met',
      steps: [
        post(pods, pod('p', { spec: { nodeName: 'n' } })),
        merge(`${pods}/p/status`, { status: { phase: 'Running' } }),
        post(budgets, budget('b', { spec: { minAvailable: 1 } })),
        until(`${budgets}/b`, { 'status.desiredHealthy': 1, 'status.expectedPods': 1 }),
        evict('p'),
      ],
    },
    {
      name: 'a pod that is not ready goes where the budget always allows it',
      steps: [
        post(pods, pod('p', { spec: { nodeName: 'n' } })),
        merge(`${pods}/p/status`, { status: { phase: 'Running' } }),
        post(budgets, budget('b', { spec: { minAvailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow' } })),
        until(`${budgets}/b`, { 'status.desiredHealthy': 1, 'status.expectedPods': 1 }),
        evict('p'),
      ],
    },
    {
      name: 'grace and dry run',
      steps: [
        ...running('p'),
        evict('p', { dryRun: ['All'] }),
        evict('p', { gracePeriodSeconds: 3 }),
        get(`${pods}/p`),
        evict('p', { gracePeriodSeconds: 0 }),
        get(`${pods}/p`),
      ],
    },
    {
      name: 'names in the path and in the body must agree',
      steps: [
        ...running('p'),
        post(`${pods}/p/eviction`, eviction('q')),
        post(`${pods}/p/eviction`, { ...eviction('p'), apiVersion: 'policy/v9' }),
        post(`${pods}/p/eviction`, {}),
      ],
    },
    {
      name: 'a budget of another namespace or selector does not count',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 1, selector: { matchLabels: { app: 'y' } } } })),
        until(`${budgets}/b`, { 'status.expectedPods': 0 }),
        evict('p'),
      ],
    },
    {
      name: 'an empty selector is every pod, none is no pod',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 1, selector: {} } })),
        allowed('b', 0, 1),
        evict('p'),
        del(`${budgets}/b`),
        untilStatus(`${budgets}/b`, 404),
        post(budgets, {
          apiVersion: 'policy/v1',
          kind: 'PodDisruptionBudget',
          metadata: { name: 'c' },
          spec: { minAvailable: 1 },
        }),
        until(`${budgets}/c`, { 'status.expectedPods': 0 }),
        evict('p'),
      ],
    },
    {
      name: 'the conditions of a budget',
      steps: [
        ...running('p'),
        post(budgets, budget('b', { spec: { minAvailable: 1 } })),
        allowed('b', 0, 1),
        get(`${budgets}/b`),
      ],
    },
    {
      name: 'a method that eviction does not have',
      steps: [...running('p'), get(`${pods}/p/eviction`), del(`${pods}/p/eviction`)],
    },
  ],
};
