// Who asks, and which controller is meant: its Deployment, and the ServiceAccount that it acts as.
import { deployments, pods } from '../../apis/resource.ts';
import type { Deployment, Pod } from '../../apis/wire.ts';
import { Forbidden, NotFound } from '../../kube/errors.ts';
import { isJsonObject } from '../../kube/answer.ts';
import type { RestClient } from '../../kube/rest-client.ts';
import { findController, type Controller } from '../asking/controller.ts';
import { once } from './once.ts';

export interface Account {
  readonly namespace: string;
  readonly name: string;
  /** We are it: this runs in a pod of the controller's, or with its token. */
  readonly isSelf: boolean;
}

export interface SurroundingsOptions {
  readonly kube: RestClient;
  /** Where the controller is; undefined: anywhere. */
  readonly namespace: string | undefined;
  /** What its Deployment is called, where the environment says so: in its own pods, which may read it by name alone. */
  readonly deploymentName: string | undefined;
  readonly signal: AbortSignal;
}

/** Each question is asked once, and may be refused: then it throws for all who need its answer. */
export interface Surroundings {
  readonly namespace: string | undefined;
  /** The user that we are to the API server; undefined where it does not say (before 1.28). */
  readonly whoami: () => Promise<string | undefined>;
  /** Of all namespaces. */
  readonly deployments: () => Promise<readonly Deployment[]>;
  /** This controller's own, whatever it is called; one, unless somebody installed it twice. */
  readonly ours: () => Promise<readonly Deployment[]>;
  /** Undefined: neither is there such a Deployment nor are we a ServiceAccount. */
  readonly account: () => Promise<Account | undefined>;
  /** Its pods; empty where there is no Deployment. */
  readonly pods: () => Promise<readonly Pod[]>;
  /** What it tells of itself. */
  readonly controller: () => Promise<Controller>;
}

const usualNamespace = 'gpu-provisioner';

export function surroundingsOf(options: SurroundingsOptions): Surroundings {
  const { deploymentName, kube, namespace, signal } = options;
  const all = once(async () => (await kube.list(deployments, { signal })).items);
  const whoami = once(() => nameOfUser(kube, signal));
  const ours = once(async () => {
    try {
      return (await all()).filter((each) => isOurs(each) && isIn(each, namespace));
    } catch (error) {
      if (!(error instanceof Forbidden)) throw error;
      const where = namespace ?? usualNamespace;
      if (deploymentName !== undefined)
        return [await kube.get(deployments, { namespace: where, name: deploymentName }, { signal })];
      const { items } = await kube.list(deployments, { namespace: where, signal });
      return items.filter(isOurs);
    }
  });
  const account = once(async (): Promise<Account | undefined> => {
    const [self, found] = await Promise.all([
      whoami(),
      ours().catch((error: unknown) => {
        if (error instanceof Forbidden) return [];
        throw error;
      }),
    ]);
    const [deployment] = found;
    if (deployment === undefined) return accountNamed(self);
    const known = {
      namespace: deployment.metadata.namespace ?? '',
      name: deployment.spec?.template.spec?.serviceAccountName ?? 'default',
    };
    return { ...known, isSelf: self === userOf(known) };
  });
  return {
    namespace,
    whoami,
    deployments: all,
    ours,
    account,
    pods: once(async () => {
      const found = await ours();
      const lists = await Promise.all(found.map((each) => podsOf(each, { kube, signal })));
      return lists.flat();
    }),
    controller: once(() => findController({ kube, namespace, signal })),
  };
}

/** The name that a ServiceAccount has as a user, and as the subject of its tokens. */
export function userOf({ namespace, name }: Pick<Account, 'namespace' | 'name'>): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

function accountNamed(user: string | undefined): Account | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(user ?? '') ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name, isSelf: true };
}

async function nameOfUser(kube: RestClient, signal: AbortSignal): Promise<string | undefined> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  try {
    const answer = await kube.ask('/apis/authentication.k8s.io/v1/selfsubjectreviews', { signal, body: review });
    const status = isJsonObject(answer) ? answer['status'] : undefined;
    const info = isJsonObject(status) ? status['userInfo'] : undefined;
    const name = isJsonObject(info) ? info['username'] : undefined;
    return typeof name === 'string' ? name : undefined;
  } catch (error) {
    if (error instanceof NotFound || error instanceof Forbidden) return undefined;
    throw error;
  }
}

/** Azure's provisioner, whose chart has the same labels. */
const azuresImage = /(^|\/)aks\/kaito\/gpu-provisioner[:@]/;

// Our chart always sets them, and no other provisioner's has both.
const ourVariables = ['LEADER_ELECTION_NAMESPACE', 'HEALTH_PROBE_PORT'] as const;

/** Whether it is a Deployment of this controller, by what its chart always sets. */
export function isOurs({ spec }: Deployment): boolean {
  return (spec?.template.spec?.containers ?? []).some(
    ({ env = [], image = '' }) =>
      !azuresImage.test(image) && ourVariables.every((name) => env.some((each) => each.name === name)),
  );
}

function isIn({ metadata }: Deployment, namespace: string | undefined): boolean {
  return namespace === undefined || metadata.namespace === namespace;
}

/** A variable that the Deployment sets by value. */
export function settingOf(deployment: Deployment | undefined, name: string): string | undefined {
  for (const { env = [] } of deployment?.spec?.template.spec?.containers ?? [])
    for (const each of env) if (each.name === name && each.value !== undefined && each.value !== '') return each.value;
  return undefined;
}

async function podsOf(
  { metadata, spec }: Deployment,
  { kube, signal }: { readonly kube: RestClient; readonly signal: AbortSignal },
): Promise<readonly Pod[]> {
  const labelSelector = Object.entries(spec?.selector.matchLabels ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .join(',');
  const { items } = await kube.list(pods, { namespace: metadata.namespace ?? '', labelSelector, signal });
  return items;
}
