// What Azure must hold so that the controller's pods get a token: issuer, subject, audience, and the command for it.
import { shellWord } from '../printing/shell-word.ts';

export interface Federation {
  /** Undefined: not known here. */
  readonly issuer: string | undefined;
  readonly subject: string;
  readonly audience: string;
}

export interface Identity {
  readonly clientId?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly clusterName?: string | undefined;
}

/** That the webhook of workload identity asks the token for, in every cloud unless it was told another one. */
export const usualAudience = 'api://AzureADTokenExchange';

/** A line each, for eyes that compare. */
export function federationLines({ issuer, subject, audience }: Federation): readonly string[] {
  return [`issuer    ${issuer ?? 'the OIDC issuer of the cluster'}`, `subject   ${subject}`, `audience  ${audience}`];
}

/** First what finds the identity and what it holds, then what makes it hold the right thing. */
export function federationCommands({ issuer, subject, audience }: Federation, identity: Identity): readonly string[] {
  const { clientId = 'CLIENT_ID', clusterName = 'CLUSTER', resourceGroup = 'GROUP' } = identity;
  const cluster = `--resource-group ${shellWord(resourceGroup)} --name ${shellWord(clusterName)}`;
  const from =
    issuer === undefined
      ? `"$(az aks show ${cluster} --query oidcIssuerProfile.issuerUrl --output tsv)"`
      : shellWord(issuer);
  return [
    `az identity list --query "[?clientId=='${clientId}'].{name:name,group:resourceGroup}" --output table`,
    'az identity federated-credential list --identity-name IDENTITY --resource-group ITS_GROUP --output table',
    [
      'az identity federated-credential create --name gpu-provisioner --identity-name IDENTITY --resource-group ITS_GROUP \\',
      `    --issuer ${from} \\`,
      `    --subject ${shellWord(subject)} --audiences ${shellWord(audience)}`,
    ].join('\n'),
  ];
}
