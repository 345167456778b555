// The objects beside the Deployment: names that an upgrade relies on, rights, and what switches do.
import { describe, expect, it } from 'vitest';
import { objectAt, textAt, textsAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { ciFile, helmOutput, chartDir, nameOf, render, Rendered, template } from './helm.ts';

function namesOf(rendered: Rendered, kind: string): readonly string[] {
  return rendered.all(kind).map(nameOf).toSorted();
}

/** Objects that helm keeps, without those that it makes for its hooks. */
function isKept(object: JsonObject): boolean {
  return objectAt(objectAt(object, 'metadata'), 'annotations')['helm.sh/hook'] === undefined;
}

describe('the names', () => {
  it("are those of Azure's chart", async () => {
    const kept = new Map(
      (await render()).objects.filter(isKept).map((each) => [`${textAt(each, 'kind') ?? ''}/${nameOf(each)}`, each]),
    );
    for (const key of [
      'Deployment/gpu-provisioner',
      'ServiceAccount/gpu-provisioner',
      'Service/gpu-provisioner',
      'ClusterRole/gpu-provisioner-core',
      'ClusterRoleBinding/gpu-provisioner-core',
      'Role/gpu-provisioner',
      'RoleBinding/gpu-provisioner',
    ]) {
      expect([...kept.keys()]).toContain(key);
    }
    expect(kept.get('ClusterRoleBinding/gpu-provisioner-core')).toMatchObject({
      roleRef: { name: 'gpu-provisioner-core' },
      subjects: [{ kind: 'ServiceAccount', name: 'gpu-provisioner', namespace: 'gpu-provisioner' }],
    });
    expect(kept.get('RoleBinding/gpu-provisioner')).toMatchObject({ roleRef: { name: 'gpu-provisioner' } });
  });

  it('follow the release, but for the ServiceAccount, which the federated credential names', async () => {
    const args = ['template', 'mine', chartDir, '--namespace', 'ns', '--values', ciFile('minimal')];
    const rendered = new Rendered(await helmOutput(args));
    expect(namesOf(rendered, 'Deployment')).toEqual(['mine-gpu-provisioner']);
    expect(namesOf(rendered, 'ServiceAccount')).toEqual(['gpu-provisioner', 'mine-gpu-provisioner-release-nodes']);
  });

  it('stay within what Kubernetes takes, however long the release is called', async () => {
    const release = 'r'.repeat(53);
    const rendered = new Rendered(await helmOutput(['template', release, chartDir, '--values', ciFile('minimal')]));
    for (const object of rendered.objects) expect(nameOf(object).length).toBeLessThanOrEqual(63 + '-events'.length);
    for (const kind of ['Deployment', 'Job', 'Service'])
      expect(nameOf(rendered.one(kind)).length).toBeLessThanOrEqual(63);
  });
});

describe('the rights', () => {
  it('of the controller are what it calls, and no more', async () => {
    const rendered = await render();
    const rules = [
      ...rulesOf(rendered.one('ClusterRole', 'gpu-provisioner-core')),
      ...rulesOf(rendered.one('Role', 'gpu-provisioner')),
      ...rulesOf(rendered.one('Role', 'gpu-provisioner-events')),
    ];
    expect(rules).toEqual([
      'karpenter.sh machines nodeclaims: list watch patch delete',
      'karpenter.sh machines/status nodeclaims/status: patch',
      ' nodes: get list watch patch delete',
      ' pods: list delete',
      ' pods/eviction: create',
      'storage.k8s.io volumeattachments: list',
      ' persistentvolumeclaims: get',
      'apps daemonsets: list',
      'coordination.k8s.io leases: create',
      'coordination.k8s.io leases gpu-provisioner-leader-election: get patch',
      'events.k8s.io events: create patch',
      'apps deployments gpu-provisioner: get',
      'events.k8s.io events: create patch',
      ' events: list',
    ]);
  });

  it('of the uninstall hook are of one Deployment and of Nodes', async () => {
    const rendered = await render();
    const name = 'gpu-provisioner-release-nodes';
    expect([...rulesOf(rendered.one('ClusterRole', name)), ...rulesOf(rendered.one('Role', name))]).toEqual([
      ' nodes: list patch',
      'apps deployments gpu-provisioner: get patch',
      ' pods: list',
    ]);
  });

  it('for events are in the namespace where events of Machines and Nodes live', async () => {
    expect((await render()).one('Role', 'gpu-provisioner-events')).toMatchObject({
      metadata: { namespace: 'default' },
    });
  });

  it('of people are created when asked for: to read claims for all, to ask the controller for who is bound', async () => {
    const rendered = await render({ rbac: { viewer: true } });
    const name = 'gpu-provisioner-viewer';
    expect(rendered.one('ClusterRole', name)).toMatchObject({
      metadata: { labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
    });
    expect([...rulesOf(rendered.one('ClusterRole', name)), ...rulesOf(rendered.one('Role', name))]).toEqual([
      'karpenter.sh machines nodeclaims: get list watch',
      'kaito.sh workspaces: get list watch',
      ' services/proxy gpu-provisioner:http-metrics: get',
      ' services events: list',
      'apps deployments: list',
      'coordination.k8s.io leases gpu-provisioner-leader-election: get',
    ]);
    expect(namesOf(await render(), 'ClusterRole')).not.toContain(name);
  });

  it('can be widened', async () => {
    const rule = { apiGroups: [''], resources: ['configmaps'], verbs: ['get'] };
    const rendered = await render({ additionalClusterRoleRules: [rule] });
    expect(rulesOf(rendered.one('ClusterRole', 'gpu-provisioner-core'))).toContain(' configmaps: get');
  });
});

function rulesOf({ rules }: JsonObject): readonly string[] {
  if (!Array.isArray(rules)) return [];
  return rules.map((rule: unknown) => {
    const words = (key: string): string => textsAt(rule, key).join(' ');
    const names = words('resourceNames');
    return `${words('apiGroups')} ${words('resources')}${names === '' ? '' : ` ${names}`}: ${words('verbs')}`;
  });
}

describe('the identity', () => {
  it('is named by the ServiceAccount, and used by the pods', async () => {
    const rendered = await render({ workloadIdentity: { tenantId: '00000000-0000-0000-0000-000000000003' } });
    expect(rendered.one('ServiceAccount', 'gpu-provisioner')).toMatchObject({
      metadata: {
        annotations: {
          'azure.workload.identity/client-id': '00000000-0000-0000-0000-000000000002',
          'azure.workload.identity/tenant-id': '00000000-0000-0000-0000-000000000003',
        },
      },
    });
    expect(rendered.one('Deployment')).toMatchObject({
      spec: { template: { metadata: { labels: { 'azure.workload.identity/use': 'true' } } } },
    });
  });
});

describe('the switches', () => {
  it('leave out what they name', async () => {
    const rendered = await render({
      serviceAccount: { create: false, name: 'mine' },
      service: { enabled: false },
      serviceMonitor: { enabled: true },
      podDisruptionBudget: { enabled: false },
      crds: { enabled: false },
      doctor: { enabled: false },
      releaseNodes: { enabled: false },
    });
    const kinds = new Set(rendered.objects.map((each) => textAt(each, 'kind') ?? ''));
    expect([...kinds].toSorted((a, b) => a.localeCompare(b))).toEqual([
      'ClusterRole',
      'ClusterRoleBinding',
      'Deployment',
      'Role',
      'RoleBinding',
    ]);
    expect(rendered.pod()).toMatchObject({ serviceAccountName: 'mine' });
  });

  it('make a ServiceMonitor only where the cluster serves the kind', async () => {
    const values = ['--values', ciFile('minimal'), '--set', 'serviceMonitor.enabled=true'];
    expect(namesOf(new Rendered(await template(values)), 'ServiceMonitor')).toEqual(['gpu-provisioner']);
    const bare = await helmOutput(['template', 'gpu-provisioner', chartDir, ...values]);
    expect(namesOf(new Rendered(bare), 'ServiceMonitor')).toEqual([]);
  });

  it('keep CRDs when the release goes, or let them go', async () => {
    const policy = { 'helm.sh/resource-policy': 'keep' };
    for (const crd of (await render()).all('CustomResourceDefinition')) {
      expect(crd).toMatchObject({ metadata: { annotations: policy } });
    }
    for (const crd of (await render({ crds: { keep: false } })).all('CustomResourceDefinition')) {
      expect(crd).not.toMatchObject({ metadata: { annotations: policy } });
    }
  });
});

describe('the network policy', () => {
  it('lets probes and metrics in, and Azure, the API server and name servers be reached', async () => {
    const rendered = await render({ networkPolicy: { enabled: true, apiServerPort: 6443 } });
    expect(rendered.one('NetworkPolicy')).toMatchObject({
      spec: {
        ingress: [{ ports: [{ port: 'http' }] }, { ports: [{ port: 'http-metrics' }] }],
        egress: [
          { ports: [{ port: 443 }] },
          { ports: [{ port: 6443 }] },
          {
            ports: [
              { port: 53, protocol: 'UDP' },
              { port: 53, protocol: 'TCP' },
            ],
          },
        ],
      },
    });
  });

  it("lets the host's identity be had where that is the way", async () => {
    const rendered = await render({ networkPolicy: { enabled: true }, deploymentMode: 'managed' });
    expect(rendered.one('NetworkPolicy')).toMatchObject({
      spec: {
        egress: expect.arrayContaining([
          expect.objectContaining({ to: [{ ipBlock: { cidr: '169.254.169.254/32' } }] }),
        ]),
      },
    });
  });
});
