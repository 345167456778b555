// The command lines of the control plane, and the files that they name.
import { generateKeyPairSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loopbackCertificate } from '../sandbox/tls.ts';
import { type Identity, tokenFile } from './identities.ts';

/** Everything that the programs read or write, in one directory that goes away with them. */
export interface Files {
  readonly directory: string;
  readonly ca: string;
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
  readonly serviceAccountKey: string;
  readonly tokens: string;
  readonly auditPolicy: string;
  readonly auditLog: string;
}

/** What each request asked for and what became of it, without bodies: enough to compare with RBAC rules. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
} as const;

export async function writeFiles(directory: string, identities: readonly Identity[]): Promise<Files> {
  const { ca, cert, key } = await loopbackCertificate('controlplane');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const files = {
    directory,
    ca,
    caFile: join(directory, 'ca.crt'),
    certFile: join(directory, 'server.crt'),
    keyFile: join(directory, 'server.key'),
    serviceAccountKey: join(directory, 'service-account.key'),
    tokens: join(directory, 'tokens.csv'),
    auditPolicy: join(directory, 'audit-policy.yaml'),
    auditLog: join(directory, 'audit.log'),
  };
  const secret = { mode: 0o600 };
  await Promise.all([
    writeFile(files.caFile, ca),
    writeFile(files.certFile, cert),
    writeFile(files.keyFile, key, secret),
    writeFile(files.serviceAccountKey, privateKey.export({ type: 'pkcs8', format: 'pem' }), secret),
    writeFile(files.tokens, tokenFile(identities), secret),
    writeFile(files.auditPolicy, stringify(auditPolicy)),
    writeFile(files.auditLog, ''),
  ]);
  return files;
}

export function etcdFlags(directory: string, ports: { readonly client: number; readonly peer: number }): string[] {
  const client = `http://127.0.0.1:${ports.client}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  return [
    `--data-dir=${join(directory, 'etcd')}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    '--log-level=warn',
    // The data does not outlive the process.
    '--unsafe-no-fsync',
  ];
}

export function apiServerFlags(
  files: Files,
  options: { readonly port: number; readonly etcdPort: number; readonly serviceAccounts: boolean },
): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${options.etcdPort}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${options.port}`,
    `--cert-dir=${join(files.directory, 'apiserver')}`,
    `--tls-cert-file=${files.certFile}`,
    `--tls-private-key-file=${files.keyFile}`,
    `--token-auth-file=${files.tokens}`,
    // As AKS runs it: without a token there is no answer but 401.
    '--anonymous-auth=false',
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${files.serviceAccountKey}`,
    `--service-account-signing-key-file=${files.serviceAccountKey}`,
    '--service-cluster-ip-range=10.96.0.0/16',
    // Nothing makes the ServiceAccounts that this plugin wants for each pod unless the controller manager runs.
    ...(options.serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
    '--endpoint-reconciler-type=none',
    '--allow-privileged=true',
    `--audit-policy-file=${files.auditPolicy}`,
    `--audit-log-path=${files.auditLog}`,
    '--profiling=false',
  ];
}

// Nobody asks these two for health or metrics, and a port that somebody else has taken would end them.
const servesNothing = ['--secure-port=0'] as const;

export function controllerManagerFlags(
  files: Files,
  options: { readonly kubeconfig: string; readonly controllers: readonly string[] },
): string[] {
  return [
    `--kubeconfig=${options.kubeconfig}`,
    `--controllers=${options.controllers.join(',')}`,
    ...servesNothing,
    `--service-account-private-key-file=${files.serviceAccountKey}`,
    `--root-ca-file=${files.caFile}`,
    '--use-service-account-credentials=true',
    '--leader-elect=false',
    '--profiling=false',
  ];
}

export function schedulerFlags({ kubeconfig }: { readonly kubeconfig: string }): string[] {
  return [`--kubeconfig=${kubeconfig}`, ...servesNothing, '--leader-elect=false', '--profiling=false'];
}
