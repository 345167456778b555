// The pod of `helm test`: the doctor as the controller, and nothing that the controller is not.
import { describe, expect, it } from 'vitest';
import { objectAt, type JsonObject } from '../../hack/sandbox/aks/json.ts';
import { render, type Rendered } from './helm.ts';

const podOf = (rendered: Rendered): JsonObject => rendered.one('Pod', 'gpu-provisioner-doctor');

function containerOf(spec: JsonObject): JsonObject {
  const { containers } = spec;
  return Object(Array.isArray(containers) ? containers[0] : undefined);
}

describe('the doctor of the chart', () => {
  it('runs when it is asked to, once, and stays for those who read its log', async () => {
    const pod = podOf(await render());
    expect(objectAt(pod, 'metadata')['annotations']).toEqual({
      'helm.sh/hook': 'test',
      'helm.sh/hook-delete-policy': 'before-hook-creation',
    });
    expect(pod).toMatchObject({ spec: { restartPolicy: 'Never', containers: [{ args: ['doctor'] }] } });
  });

  it('has the identity, the environment and the place of the controller', async () => {
    const rendered = await render({ extraVolumes: [{ name: 'a', emptyDir: {} }], dnsPolicy: 'ClusterFirst' });
    const controller = objectAt(objectAt(objectAt(rendered.one('Deployment'), 'spec'), 'template'), 'spec');
    const spec = objectAt(podOf(rendered), 'spec');
    for (const field of ['serviceAccountName', 'affinity', 'securityContext', 'dnsPolicy', 'volumes'])
      expect([field, spec[field]]).toEqual([field, controller[field]]);
    for (const field of ['image', 'env', 'securityContext', 'resources'])
      expect([field, containerOf(spec)[field]]).toEqual([field, containerOf(controller)[field]]);
    expect(podOf(rendered)).toMatchObject({ metadata: { labels: { 'azure.workload.identity/use': 'true' } } });
  });

  it('is taken for no pod of the controller', async () => {
    const rendered = await render({ networkPolicy: { enabled: true } });
    const { labels } = objectAt(podOf(rendered), 'metadata');
    const selector = objectAt(rendered.one('Service'), 'spec')['selector'];
    expect(selector).toMatchObject({ 'app.kubernetes.io/name': 'gpu-provisioner' });
    expect(labels).not.toMatchObject(Object(selector));
  });

  it('brings no right and no account', async () => {
    const kinds = ['ServiceAccount', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding'];
    const [on, off] = await Promise.all([render(), render({ doctor: { enabled: false } })]);
    for (const kind of kinds) expect([kind, on.all(kind)]).toEqual([kind, off.all(kind)]);
    expect(off.all('Pod')).toEqual([]);
  });
});
