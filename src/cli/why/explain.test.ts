import { describe, expect, test } from 'vitest';
import { aMachine, aNode, noon, timeAt } from '../../../test/support/claim-builders.ts';
import { aCondition, aFeed, anOrphan, aReadyMachine, aRefusedMachine } from '../../../test/support/feed-builders.ts';
import { aPod } from '../../../test/support/pod-builders.ts';
import { aWorkspace } from '../../../test/support/workspaces.ts';
import type { Claim } from '../../apis/claim.ts';
import type { StatusFeed } from '../../status/feed.ts';
import { explainClaim } from './explain-claim.ts';
import { explainNode } from './explain-node.ts';
import { explainPool } from './explain-pool.ts';
import { explainWorkspace } from './explain-workspace.ts';
import type { Around, Explanation } from './explanation.ts';
import { whyText } from './print.ts';

const size = 'Standard_NC24ads_A100_v4';
const around: Around = { now: new Date(noon), events: [], missing: [], troubles: [] };

function explained(claim: Claim, feed?: Partial<StatusFeed>): Explanation {
  return explainClaim({ claim, ours: true }, { ...around, feed: feed === undefined ? undefined : aFeed(feed) });
}

function textOf(explanation: Explanation): string {
  return whyText(explanation, { columns: undefined, colours: false });
}

describe('explainClaim', () => {
  test('a Ready claim is well, and nothing is to be done', () => {
    const told = explained(aReadyMachine('wsa'), {});
    expect(told).toMatchObject({ verdict: 'well', headline: 'Machine "wsa" has been Ready for 10m', holds: [] });
    expect(told).not.toHaveProperty('cause');
    expect(textOf(told)).not.toContain('Next');
  });

  test('a refusal says the cause, who has to act, when it is tried again, and the command with the names of the cluster', () => {
    const told = explained(aRefusedMachine('wsb'), {});
    expect(told).toMatchObject({
      verdict: 'wrong',
      waitsFor: 'the cause, to be mended or to pass; the next try is due in 4m',
      cause: { reason: 'QuotaExceeded', message: 'No quota' },
    });
    expect(told.next?.commands[0]).toContain('az vm list-usage --subscription sub --location');
    expect(told.next?.commands[0]).toContain('--resource-group rg --name aks');
  });

  test('without the feed the rest is told, and names that nobody knows are in capitals', () => {
    const told = explained(aRefusedMachine('wsb'));
    expect(told).toMatchObject({ verdict: 'wrong', cause: { reason: 'QuotaExceeded' } });
    expect(told.next?.commands[0]).toContain('--subscription SUBSCRIPTION');
  });

  test("the controller's own patience counts", () => {
    const conditions = [aCondition('MachineLaunched', 'Unknown', -7000, 'Creating', 'Azure is creating it')];
    const claim = aMachine({ name: 'wsc', uid: 'uid-wsc', createdAt: -7000, status: { conditions } });
    expect(explained(claim).verdict).toBe('wrong');
    const row = {
      kind: 'Machine',
      name: 'wsc',
      uid: 'uid-wsc',
      phase: 'launching',
      attention: 'none',
      pool: 'wsc',
      createdAt: timeAt(-7000),
      timeline: [],
    } as const;
    expect(explained(claim, { claims: [row] }).verdict).toBe('waiting');
  });

  test('a Node that an earlier pool left behind is what it waits for, not Azure', () => {
    const conditions = [aCondition('MachineLaunched', 'Unknown', -60, 'RemovingNode', 'Node "n" is left')];
    const told = explained(aMachine({ name: 'wsd', uid: 'uid-wsd', createdAt: -60, status: { conditions } }));
    expect(told.waitsFor).toMatch(/^the Node of an earlier agent pool ".+", to go$/u);
  });

  test('says how long others of its size took', () => {
    const conditions = [aCondition('MachineLaunched', 'Unknown', -540, 'Creating', '')];
    const claim = aMachine({ createdAt: -540, status: { conditions } });
    const expectation = { vmSize: size, phase: 'ready', count: 14, p50Seconds: 370, p90Seconds: 540 } as const;
    const told = explained(claim, { expectations: [expectation] });
    expect(told.expectation).toEqual({ of: 'ready', count: 14, p50Seconds: 370, p90Seconds: 540, elapsedSeconds: 540 });
    expect(textOf(told)).toContain('ready after 6m10s (p50 of 14, p90 9m), this one has taken 9m');
    expect(explained(claim, { expectations: [{ ...expectation, vmSize: 'Standard_NC6s_v3' }] })).not.toHaveProperty(
      'expectation',
    );
  });

  test('a controller that does not work is what holds a claim that is not Ready', () => {
    const troubles = ['Nobody leads: nothing is created or deleted'];
    const fresh = aMachine({ createdAt: -60, status: { conditions: [] } });
    expect(explainClaim({ claim: fresh, ours: true }, { ...around, troubles, feed: undefined })).toMatchObject({
      verdict: 'wrong',
      waitsFor: 'the controller, to look at it for the first time',
      holds: troubles,
    });
    const ready = explainClaim({ claim: aReadyMachine('wsa'), ours: true }, { ...around, troubles, feed: undefined });
    expect(ready).toMatchObject({ verdict: 'well', holds: [] });
  });

  test('names the pause, and how to end it; a pause of the controller is ended by no command on the claim', () => {
    const conditions = [aCondition('MachineLaunched', 'Unknown', -60, 'Paused', 'Paused, would create it')];
    const annotations = { 'gpu-provisioner.io/pause': 'true' };
    const own = explained(aMachine({ name: 'wsd', annotations, status: { conditions } }));
    expect(own.holds).toEqual(['A person paused it: annotation gpu-provisioner.io/pause']);
    expect(own.next?.commands).toEqual(['kubectl annotate machine/wsd gpu-provisioner.io/pause-']);
    expect(explained(aMachine({ name: 'wsd', status: { conditions } })).next?.commands).toEqual([]);
  });

  test('the gate is told where it holds the claim, and not where it does not', () => {
    const gate = { state: 'closed', reason: 'ClusterStopped', message: 'The cluster is stopped' } as const;
    const conditions = [aCondition('MachineLaunched', 'Unknown', -60, 'ClusterBusy', '')];
    expect(explained(aMachine({ status: { conditions } }), { gate }).holds).toEqual([
      'The gate is closed: ClusterStopped: The cluster is stopped',
    ]);
    expect(explained(aReadyMachine('wsa'), { gate }).holds).toEqual([]);
    const settling = { state: 'settling', reason: 'ClusterSettling', message: 'not yet' } as const;
    expect(explained(aMachine({ status: { conditions } }), { gate: settling }).holds).toEqual([]);
  });

  test('a plugin that does not tolerate the taint is named with the command that edits it', () => {
    const message =
      'Node "n" offers none of its 1 GPU: DaemonSet kube-system/nvdp does not tolerate its taint sku=gpu:NoSchedule';
    const also = [aCondition('GPUReady', 'False', -300, 'DevicePluginNotTolerating', message)];
    const told = explained(aReadyMachine('wsa', { also }));
    expect(told).toMatchObject({ verdict: 'wrong', cause: { reason: 'DevicePluginNotTolerating' } });
    expect(told.next?.commands).toEqual(['kubectl edit daemonset nvdp --namespace kube-system']);
  });

  test('a claim of another provisioner is not judged', () => {
    const told = explainClaim({ claim: aRefusedMachine('karp'), ours: false }, { ...around, feed: aFeed() });
    expect(told).toMatchObject({ verdict: 'well', headline: expect.stringContaining('another provisioner') });
  });

  test('a reason that nobody knows, even a word that every object has, is shown as it is', () => {
    const told = explained(aRefusedMachine('wsb', 'constructor', 'odd'));
    expect(told.cause).toEqual({ reason: 'constructor', message: 'odd' });
    expect(told.next).toMatchObject({ commands: [], means: expect.stringContaining('does not know') });
  });
});

describe('explainPool', () => {
  test('an orphan says whose it was, its bill, and what to do', () => {
    const told = explainPool(
      anOrphan(),
      aFeed({ gate: { state: 'settling', message: 'not for long enough' } }),
      around,
    );
    expect(told).toMatchObject({
      verdict: 'wrong',
      headline: 'Agent pool "wsleaked" has lost its claim and is billed',
      facts: [size, 'Succeeded', 'made for machine/wsleaked', '$3.67 an hour', 'known as such for 2h'],
      holds: ['The gate is settling: not for long enough'],
    });
    expect(told.next?.commands[0]).toContain('--cluster-name aks --name wsleaked --query tags');
  });

  test('a pool of somebody else is none of our business', () => {
    expect(explainPool(anOrphan({ ownership: 'foreign' }), aFeed(), around).verdict).toBe('well');
  });
});

describe('explainNode', () => {
  test('a Node of a claim is explained as its claim', () => {
    const claim = aRefusedMachine('wsb');
    const context = { ...around, feed: undefined, owner: { claim, ours: true } };
    const told = explainNode(aNode({ name: 'n1', ready: 'False' }), context);
    expect(told).toMatchObject({ kind: 'Node', name: 'n1', cause: { reason: 'QuotaExceeded' } });
    expect(told.headline).toMatch(/^Node "n1" is of machine\/wsb\. Machine "wsb" is not Ready/);
    expect(told.parts).toMatchObject([{ ref: 'node/n1', verdict: 'wrong' }]);
  });

  test('a Node of nobody says so, with its pool', () => {
    const pools = [anOrphan({ name: 'nodepool1', ownership: 'foreign' })];
    const told = explainNode(aNode({ pool: 'nodepool1' }), { ...around, feed: aFeed({ pools }), owner: undefined });
    expect(told.verdict).toBe('well');
    expect(told.headline).toContain('is not of any claim');
    expect(told.facts).toContain('pool nodepool1 (foreign)');
  });
});

describe('explainWorkspace', () => {
  const ready = { type: 'WorkspaceReady', status: 'True', reason: 'workspaceReady', message: '' } as const;
  const pending = {
    type: 'ResourceReady',
    status: 'False',
    reason: 'QuotaExceeded',
    message: '0/1 nodes ready',
  } as const;
  const at = { lastTransitionTime: timeAt(-90) };

  test('takes cause and next step from the claim that stands in its way', () => {
    const workspace = aWorkspace({ status: { conditions: [{ ...pending, ...at }] } });
    const claims = [aReadyMachine('wsa'), aRefusedMachine('wsb')].map((claim) => ({ claim, ours: true }));
    const told = explainWorkspace(workspace, { ...around, feed: undefined, claims, pods: [] });
    expect(told).toMatchObject({
      verdict: 'wrong',
      cause: { reason: 'QuotaExceeded', message: 'No quota' },
      headline: 'Workspace "ns/phi" is not ready for 1m30s',
    });
    expect(told.waitsFor).toMatch(/^machine\/wsb, which waits for the cause/);
    expect(told.parts.map(({ ref, verdict }) => [ref, verdict])).toEqual([
      ['machine/wsa', 'well'],
      ['machine/wsb', 'wrong'],
    ]);
  });

  test('tells of a pod that cannot start, when the nodes are there', () => {
    const pod = {
      ...aPod({ name: 'phi-0', phase: 'Pending' }),
      status: {
        phase: 'Pending',
        containerStatuses: [
          {
            name: 'phi',
            image: 'i',
            imageID: '',
            ready: false,
            restartCount: 0,
            state: { waiting: { reason: 'ErrImagePull', message: 'denied' } },
          },
        ],
      },
    };
    const claims = [{ claim: aReadyMachine('wsa'), ours: true }];
    const workspace = aWorkspace({ status: { conditions: [{ ...pending, ...at, reason: 'NodesPending' }] } });
    const told = explainWorkspace(workspace, { ...around, feed: undefined, claims, pods: [pod] });
    expect(told).toMatchObject({ verdict: 'wrong', cause: { reason: 'ErrImagePull' }, waitsFor: 'its pods, to run' });
    expect(told.next?.commands).toEqual(['kubectl describe pod phi-0 --namespace ns']);
  });

  test('tells of the GPUs that a claim lacks, not of the pod that no node takes for want of them', () => {
    const scheduled = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/2 nodes' };
    const pod = { ...aPod({ name: 'phi-0' }), status: { phase: 'Pending', conditions: [scheduled] } };
    const also = [aCondition('GPUReady', 'False', -300, 'NoDevicePlugin', 'no DaemonSet is one')];
    const claims = [{ claim: aReadyMachine('wsa', { also }), ours: true }];
    const workspace = aWorkspace({ status: { conditions: [{ ...pending, ...at, reason: 'NoDevicePlugin' }] } });
    const told = explainWorkspace(workspace, { ...around, feed: undefined, claims, pods: [pod] });
    expect(told).toMatchObject({ verdict: 'wrong', cause: { reason: 'NoDevicePlugin' }, waitsFor: 'its pods, to run' });
  });

  test('is well when it says so, and says nothing when no controller has looked at it', () => {
    const context = { ...around, feed: undefined, claims: [], pods: [] };
    expect(explainWorkspace(aWorkspace({ status: { conditions: [{ ...ready, ...at }] } }), context).verdict).toBe(
      'well',
    );
    const fresh = explainWorkspace(aWorkspace(), context);
    expect(fresh).toMatchObject({ verdict: 'waiting', headline: expect.stringContaining('no controller has looked') });
  });
});
