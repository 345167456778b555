// Whether Azure gives the controller a token, and if not, what its federated credential must hold.
import { readFile } from 'node:fs/promises';
import { isJsonObject } from '../../../kube/answer.ts';
import { readFederatedToken, type FederatedToken } from '../../../azure/federated-token.ts';
import { CredentialFailed } from '../../../azure/credentials.ts';
import type { DoctorOptions } from '../../../options.ts';
import { hasFederatedIdentity, headlineOf, inTheCluster, type Azure } from '../azure.ts';
import { Unlooked, type Case, type Check } from '../check.ts';
import { federationCommands, federationLines, usualAudience } from '../federation.ts';
import { fail, pass, skip, type Finding } from '../finding.ts';
import { settingOf, userOf } from '../surroundings.ts';
import { identityGap } from '../webhook.ts';

export const identity: Check = {
  room: 'Azure',
  name: 'identity',
  async look(the, signal) {
    let azure: Azure;
    try {
      azure = the.azure();
    } catch (error) {
      if (!(error instanceof Unlooked)) throw error;
      return fromOutside(the, { error, signal });
    }
    if (azure.endpoint.authentication === 'none')
      return pass('None is needed: ARM is a loopback address without https');
    try {
      await azure.token();
    } catch (error) {
      if (!(error instanceof CredentialFailed)) throw error;
      return refused(error, the.options);
    }
    const token = await tokenFile(the.options);
    if (token === undefined) return pass("Azure gives a token to the host's identity");
    return pass('Azure gives a token in exchange for that of the ServiceAccount', { details: linesOf(token) });
  },
};

function linesOf({ issuer, subject, audiences }: FederatedToken): readonly string[] {
  return federationLines({ issuer, subject, audience: audiences.join(' ') });
}

// Entra's codes for a federated credential that has another issuer, subject or audience.
const mismatch = /AADSTS70021[123]?\b/;

async function refused(error: CredentialFailed, options: DoctorOptions): Promise<Finding> {
  const message = headlineOf(error);
  const token = await tokenFile(options);
  if (token === undefined)
    return fail(message, {
      mend: hasFederatedIdentity(options)
        ? [
            'kubectl rollout restart deployment/gpu-provisioner --namespace NAMESPACE    # the webhook mounts the token anew',
          ]
        : [
            'az aks update --resource-group GROUP --name CLUSTER --enable-oidc-issuer --enable-workload-identity',
            'helm upgrade gpu-provisioner <chart> --reuse-values --set workloadIdentity.clientId=CLIENT_ID',
          ],
    });
  const federation = { issuer: token.issuer, subject: token.subject, audience: token.audiences[0] ?? '' };
  if (mismatch.test(error.message))
    return fail(message, {
      details: ['Azure must hold a federated credential with exactly', ...federationLines(federation)],
      mend: federationCommands(federation, options),
    });
  return fail(message, {
    details: [`tenant    ${options.tenantId ?? ''}`, `client    ${options.clientId ?? ''}`, ...linesOf(token)],
    mend: [
      `az identity list --query "[?clientId=='${options.clientId ?? ''}'].{name:name,tenant:tenantId}" --output table`,
      'helm upgrade gpu-provisioner <chart> --reuse-values --set workloadIdentity.clientId=CLIENT_ID,workloadIdentity.tenantId=TENANT_ID',
    ],
  });
}

/** Undefined: there is none, or it is none. */
async function tokenFile({ federatedTokenFile }: DoctorOptions): Promise<FederatedToken | undefined> {
  if (federatedTokenFile === undefined) return undefined;
  try {
    return readFederatedToken(await readFile(federatedTokenFile, 'utf8'));
  } catch {
    // The credential has read it, too, and its error says so.
    return undefined;
  }
}

interface Outside {
  readonly error: Unlooked;
  readonly signal: AbortSignal;
}

/** What Azure must hold, as far as the API server knows it; the exchange itself cannot be tried. */
async function fromOutside(the: Case, { error, signal }: Outside): Promise<Finding | readonly Finding[]> {
  const surroundings = the.surroundings();
  const account = await surroundings.account();
  if (account === undefined) return skip(elsewhere(error), { mend: inTheCluster(the.options.namespace) });
  const [deployment] = await surroundings.ours().catch(() => []);
  const federation = {
    issuer: await issuerOf(the, signal),
    subject: userOf(account),
    audience: usualAudience,
  };
  const known = {
    clientId: settingOf(deployment, 'AZURE_CLIENT_ID') ?? the.options.clientId,
    resourceGroup: settingOf(deployment, 'ARM_RESOURCE_GROUP') ?? the.options.resourceGroup,
    clusterName: settingOf(deployment, 'AZURE_CLUSTER_NAME') ?? the.options.clusterName,
  };
  const there = inTheCluster(account.namespace);
  const managed = settingOf(deployment, 'DEPLOYMENT_MODE') === 'managed';
  const gap = managed ? undefined : await identityGap(the, signal);
  if (gap !== undefined) return gap;
  if (managed) return skip("Needs the host's identity, which only the controller's pods have", { mend: there });
  return skip('Not tried: only a pod of the controller can exchange its token for one of Azure', {
    details: ['Azure must hold a federated credential with exactly', ...federationLines(federation)],
    mend: [...there, ...federationCommands(federation, known).slice(1)],
  });
}

/** A setting that is missing is named; else it is the place that has no identity. */
function elsewhere({ message }: Unlooked): string {
  return message.includes(' set') ? message : 'Only a pod of the controller has its identity';
}

/** Of the tokens of its ServiceAccounts; undefined where it does not tell us. */
async function issuerOf(the: Case, signal: AbortSignal): Promise<string | undefined> {
  try {
    const answer = await the.kube().ask('/.well-known/openid-configuration', { signal });
    const issuer = isJsonObject(answer) ? answer['issuer'] : undefined;
    return typeof issuer === 'string' ? issuer : undefined;
  } catch {
    // It is a convenience: the command finds the issuer by itself.
    return undefined;
  }
}
