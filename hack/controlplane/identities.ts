// Who may talk to the control plane: bearer tokens, and the kubeconfig files that carry them.
import { randomBytes } from 'node:crypto';
import { stringify } from 'yaml';

export interface Identity {
  readonly token: string;
  readonly user: string;
  readonly groups: readonly string[];
}

/** The RBAC that every cluster is born with knows these users (`kubectl get clusterrolebindings`). */
export const users = {
  admin: { user: 'admin', groups: ['system:masters'] },
  controllerManager: { user: 'system:kube-controller-manager', groups: [] },
  scheduler: { user: 'system:kube-scheduler', groups: [] },
} as const;

export function identityOf({ user, groups }: { readonly user: string; readonly groups: readonly string[] }): Identity {
  return { token: randomBytes(16).toString('hex'), user, groups };
}

/** The file of `--token-auth-file`: token, user, uid, "groups". */
export function tokenFile(identities: readonly Identity[]): string {
  return identities.map(({ token, user, groups }) => `${token},${user},${user},"${groups.join(',')}"\n`).join('');
}

export function kubeconfigOf(server: { readonly url: string; readonly ca: string; readonly token: string }): string {
  const name = 'controlplane';
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name,
        cluster: { server: server.url, 'certificate-authority-data': Buffer.from(server.ca).toString('base64') },
      },
    ],
    users: [{ name, user: { token: server.token } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: 'default' } }],
    'current-context': name,
  });
}
