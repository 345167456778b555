import { describe, expect, test } from 'vitest';
import { at, type JsonObject } from '../json.ts';
import { aPod, pods, TestApi, type Answer } from '../test-client.ts';

const api = new TestApi();
const budgets = '/apis/policy/v1/namespaces/default/poddisruptionbudgets';

async function runningPod(name: string, app: string): Promise<JsonObject> {
  await api.ok('POST', pods, { body: aPod(name, { app }) });
  await api.ok('POST', `${pods}/${name}/binding`, {
    body: { metadata: { name }, target: { kind: 'Node', name: 'n' } },
  });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  return (await api.patch(`${pods}/${name}/status`, { status })).body;
}

/** A budget, once its status has been counted. */
async function budget(name: string, app: string, spec: JsonObject): Promise<JsonObject> {
  await api.ok('POST', budgets, {
    body: { metadata: { name }, spec: { ...spec, selector: { matchLabels: { app } } } },
  });
  for await (const { object } of api.watch(`${budgets}?watch=1&fieldSelector=metadata.name%3D${name}`)) {
    if (at(object, 'status', 'observedGeneration') === 1) return object;
  }
  throw new Error(`The watch ended before budget "${name}" was counted`);
}

const eviction = { apiVersion: 'policy/v1', kind: 'Eviction' };

function evict(name: string, more: JsonObject = {}): Promise<Answer> {
  return api.request('POST', `${pods}/${name}/eviction`, {
    body: { ...eviction, metadata: { name }, ...more },
  });
}

describe('eviction', () => {
  test('deletes a pod that no budget guards, gracefully', async () => {
    await runningPod('free', 'free');
    const answer = await evict('free');
    const pod = await api.ok('GET', `${pods}/free`);
    expect(answer.status).toBe(201);
    expect(at(pod, 'metadata', 'deletionGracePeriodSeconds')).toBe(30);
  });

  test('answers 429 with the cause while the budget allows none', async () => {
    await runningPod('kept', 'kept');
    const { status } = await budget('kept', 'kept', { minAvailable: 1 });
    const answer = await evict('kept');
    expect(status).toMatchObject({ currentHealthy: 1, desiredHealthy: 1, disruptionsAllowed: 0, expectedPods: 1 });
    expect(answer.status).toBe(429);
    expect(answer.body).toMatchObject({
      reason: 'TooManyRequests',
      message: "Cannot evict pod as it would violate the pod's disruption budget.",
      details: {
        causes: [
          {
            reason: 'DisruptionBudget',
            message: 'The disruption budget kept needs 1 healthy pods and has 1 currently',
          },
        ],
      },
    });
  });

  test('spends one disruption for each pod', async () => {
    await runningPod('p1', 'pair');
    await runningPod('p2', 'pair');
    await budget('pair', 'pair', { maxUnavailable: 1 });
    const answers = [await evict('p1'), await evict('p2')];
    expect(answers.map(({ status }) => status)).toEqual([201, 429]);
  });

  test('answers 500 to two budgets on one pod', async () => {
    await runningPod('torn', 'torn');
    await budget('torn-1', 'torn', { minAvailable: 0 });
    await budget('torn-2', 'torn', { minAvailable: 0 });
    const answer = await evict('torn');
    expect(answer.status).toBe(500);
    expect(answer.body['message']).toBe(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  });

  test('keeps to the UID that the caller means', async () => {
    await runningPod('replaced', 'replaced');
    const answer = await evict('replaced', { deleteOptions: { preconditions: { uid: 'other' } } });
    expect(answer.status).toBe(409);
    expect(answer.body['message']).toContain('the UID in the precondition (other) does not match the UID in record');
  });

  test('is for pods that are there, under their own names', async () => {
    await runningPod('named', 'named');
    const missing = await evict('nobody');
    const other = await api.request('POST', `${pods}/named/eviction`, {
      body: { ...eviction, metadata: { name: 'x' } },
    });
    expect([missing.status, other.status]).toEqual([404, 400]);
  });
});

describe('eviction without controllers', () => {
  const bare = new TestApi({ controllers: false });

  test('asks for patience until somebody has counted the budget', async () => {
    const selector = { matchLabels: { app: 'x' } };
    await bare.ok('POST', pods, { body: aPod('waiting', { app: 'x' }) });
    await bare.patch(`${pods}/waiting/status`, { status: { phase: 'Running' } });
    await bare.ok('POST', budgets, { body: { metadata: { name: 'b' }, spec: { minAvailable: 0, selector } } });
    const answer = await bare.request('POST', `${pods}/waiting/eviction`, {
      body: { ...eviction, metadata: { name: 'waiting' } },
    });
    expect(answer.status).toBe(429);
    expect(answer.headers.get('retry-after')).toBe('10');
    expect(at(answer.body, 'details', 'causes', 0, 'message')).toBe(
      'The disruption budget b is still being processed by the server.',
    );
  });
});

describe('binding', () => {
  test('puts a pod on a node once', async () => {
    await api.ok('POST', pods, { body: aPod('bound') });
    const body = { metadata: { name: 'bound' }, target: { kind: 'Node', name: 'n1' } };
    const answers = [
      await api.request('POST', `${pods}/bound/binding`, { body }),
      await api.request('POST', `${pods}/bound/binding`, { body }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 409]);
    expect(answers[1]?.body['message']).toBe(
      'Operation cannot be fulfilled on pods/binding "bound": pod bound is already assigned to node "n1"',
    );
  });
});
