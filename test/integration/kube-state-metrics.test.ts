// docs/kube-state-metrics.yaml: it looks where our CRDs have something, and makes the series that its page tells of.
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { isInSchema, pathsOf, readConfig, seriesOf } from '../support/kube-state-metrics.ts';
import type { ResourceConfig, Series } from '../support/kube-state-metrics.ts';
import { kaitoMachine } from '../support/machines.ts';
import { kaitoNodeClaim } from '../support/nodeclaims.ts';
import { aWorkspace } from '../support/workspaces.ts';

const root = new URL('../../', import.meta.url);
const definitions = {
  Machine: 'karpenter.sh_machines',
  NodeClaim: 'karpenter.sh_nodeclaims',
  Workspace: 'kaito.sh_workspaces',
} as const;
const kinds = ['Machine', 'NodeClaim', 'Workspace'] as const;
/** What the API server puts into metadata. */
const metadata = {
  type: 'object',
  properties: {
    name: {},
    namespace: {},
    uid: {},
    creationTimestamp: {},
    deletionTimestamp: {},
    labels: { additionalProperties: {} },
  },
};
const created = '2026-03-01T12:00:00Z';

let values: { rbac: { extraRules: object[] } };
let resources: readonly ResourceConfig[] = [];
beforeAll(async () => {
  values = parse(await readFile(new URL('docs/kube-state-metrics.yaml', root), 'utf8'));
  resources = readConfig(Object(values).customResourceState.config);
});

function resourceOf(kind: string): ResourceConfig {
  const found = resources.find((one) => one.kind === kind);
  if (found === undefined) throw new RangeError(`No entry is of ${kind}`);
  return found;
}

/** Without the labels that every series of kube-state-metrics has. */
function shown({ labels, name, value }: Series): string {
  const own = Object.entries(labels).filter(([label]) => !label.startsWith('customresource_'));
  return `${name}{${own.map(([label, text]) => `${label}="${text}"`).join()}} ${value}`;
}

/** The claim as the API server has it later, with these fields. */
function stored(claim: object, more: { readonly metadata?: object; readonly status: object }): object {
  const { metadata: had, ...rest } = Object(claim);
  return {
    ...rest,
    status: more.status,
    metadata: { ...had, uid: 'uid-1', creationTimestamp: created, ...more.metadata },
  };
}

describe.each(kinds)('kube-state-metrics of a %s', (kind) => {
  test('every path of the snippet is one of the CRD, in the version that is named', async () => {
    const text = await readFile(new URL(`crds/${definitions[kind]}.yaml`, root), 'utf8');
    const { group, versions } = parse(text).spec;
    const { group: named, version, ...rest } = resourceOf(kind);
    expect(named).toBe(group);
    const served = versions.find((one: { name: string }) => one.name === version);
    const schema = { ...served.schema.openAPIV3Schema };
    schema.properties = { ...schema.properties, metadata };
    const paths = pathsOf({ group: named, version, ...rest });
    expect(paths.length).toBeGreaterThan(8);
    expect(paths.filter((path) => !isInSchema(schema, path))).toEqual([]);
    // The check can fail.
    expect(isInSchema(schema, ['status', 'nowhere'])).toBe(false);
    expect(isInSchema(schema, ['status', 'conditions', '0', 'nowhere'])).toBe(false);
  });

  test('its permissions are named', async () => {
    const text = await readFile(new URL(`crds/${definitions[kind]}.yaml`, root), 'utf8');
    const { group, names } = parse(text).spec;
    expect(values.rbac.extraRules).toContainEqual({
      apiGroups: [group],
      resources: expect.arrayContaining([names.plural]),
      verbs: ['list', 'watch'],
    });
  });
});

test('a Machine makes series of its size, its Node, its age and each status of its conditions', () => {
  const machine = stored(kaitoMachine({ name: 'ws1' }), {
    status: {
      nodeName: 'node-1',
      providerID: 'azure:///vm',
      conditions: [{ type: 'Ready', status: 'False', reason: 'NodeNotReady' }],
    },
  });
  expect(seriesOf(resourceOf('Machine'), machine).map(shown)).toEqual([
    'kube_machine_info{name="ws1",uid="uid-1",instance_type="Standard_NC6s_v3",node="node-1",provider_id="azure:///vm",workspace="workspace-phi-3-mini",workspace_namespace="default"} 1',
    `kube_machine_created{name="ws1"} ${Date.parse(created) / 1000}`,
    'kube_machine_status_condition{name="ws1",condition="Ready",reason="NodeNotReady",status="True"} 0',
    'kube_machine_status_condition{name="ws1",condition="Ready",reason="NodeNotReady",status="False"} 1',
    'kube_machine_status_condition{name="ws1",condition="Ready",reason="NodeNotReady",status="Unknown"} 0',
  ]);
});

test('a NodeClaim that is being deleted says since when, and one that is new has no labels for what it lacks', () => {
  const claim = stored(kaitoNodeClaim({ name: 'ws2' }), {
    metadata: { deletionTimestamp: '2026-03-01T13:00:00Z' },
    status: {},
  });
  expect(seriesOf(resourceOf('NodeClaim'), claim).map(shown)).toEqual([
    'kube_nodeclaim_info{name="ws2",uid="uid-1",instance_type="Standard_NC6s_v3",workspace="workspace-phi-3-mini",workspace_namespace="default"} 1',
    `kube_nodeclaim_created{name="ws2"} ${Date.parse(created) / 1000}`,
    `kube_nodeclaim_deletion_timestamp{name="ws2"} ${Date.parse(created) / 1000 + 3600}`,
  ]);
});

test('a Workspace makes series of its model, with its namespace', () => {
  const conditions = [
    { type: 'InferenceReady', status: 'True', reason: 'x', message: '', lastTransitionTime: created },
  ] as const;
  const series = seriesOf(resourceOf('Workspace'), aWorkspace({ status: { conditions } })).map(shown);
  expect(series).toContain(
    'kube_workspace_info{namespace="ns",name="phi",uid="uid-w",instance_type="Standard_NC24ads_A100_v4",inference_preset="phi-3-mini-4k-instruct"} 1',
  );
  expect(series).toContain(
    'kube_workspace_status_condition{namespace="ns",name="phi",condition="InferenceReady",reason="x",status="True"} 1',
  );
});

test('the page tells of every series, and of no other', async () => {
  const page = await readFile(new URL('docs/kube-state-metrics.md', root), 'utf8');
  const table = page.split('\n').filter((line) => line.startsWith('| `kube_'));
  const told = table.flatMap((line) => line.split('|')[1]?.match(/kube_\w+/g) ?? []);
  const made = resources.flatMap(({ metrics, prefix }) => metrics.map(({ name }) => `${prefix}_${name}`));
  expect(told.toSorted()).toEqual(made.toSorted());
});
