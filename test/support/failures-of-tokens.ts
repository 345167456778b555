// The catalogue of what keeps a token from us: settings, the token file, the way to Entra, and its refusals.
import { minute, second, without, type FailureRow } from './failure-rows.ts';

const token = { reason: 'AuthenticationFailed', kind: 'config', pace: [minute, 5 * minute] } as const;

export const failuresOfTokens: readonly FailureRow[] = [
  [
    'AADSTS700213, CredentialUnavailableError',
    without({
      code: 'CredentialFailed',
      armMessage:
        "AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:a:b'.",
    }),
    { ...token, says: ['AADSTS700213', "subject 'system:serviceaccount:a:b'"], next: 'add one that has it' },
  ],
  [
    'AADSTS70021 of more than one',
    without({ code: 'CredentialFailed', armMessage: 'AADSTS70021: No matching federated identity record found' }),
    { ...token, says: ['AADSTS70021', "matches the pod's token"], next: 'add one that has it' },
  ],
  [
    'AADSTS700016 of the token endpoint',
    without({ code: 'CredentialFailed', armMessage: "AADSTS700016: Application with identifier 'x' was not found" }),
    { ...token, says: ['AADSTS700016', 'client id'], next: 'check AZURE_CLIENT_ID' },
  ],
  [
    'AADSTS90002 of the token endpoint',
    without({ code: 'CredentialFailed', armMessage: "AADSTS90002: Tenant 'x' not found." }),
    { ...token, says: ['AADSTS90002', 'no such tenant'], next: 'check AZURE_TENANT_ID' },
  ],
  [
    'AADSTS700024 of the token endpoint',
    without({ code: 'CredentialFailed', armMessage: 'AADSTS700024: Client assertion is not within its valid time' }),
    { ...token, says: ['AADSTS700024', 'expired'], next: "check the pod's clock" },
  ],
  ...[
    'AADSTS90033: A transient error has occurred. Please try again.',
    'AADSTS90061: Request to External OIDC endpoint failed.',
  ].map((armMessage): FailureRow => [
    armMessage,
    without({ code: 'CredentialFailed', armMessage }),
    {
      reason: 'AwaitingAzure',
      kind: 'retry',
      pace: [5 * second, 5 * minute],
      says: [armMessage.slice(0, 11)],
      next: 'tried again by itself',
    },
  ]),
  [
    'AADSTS50027, which has no row of its own',
    without({ code: 'CredentialFailed', armMessage: 'AADSTS50027: JWT token is invalid or malformed.' }),
    { ...token, says: ['AADSTS50027', 'malformed'], next: 'check the federated' },
  ],
  [
    'IdentityNotSet',
    without({
      code: 'CredentialFailed',
      subcode: 'IdentityNotSet',
      armMessage: 'No workload identity (AZURE_CLIENT_ID not set), and no managed identity: it hangs',
    }),
    { ...token, says: ['AZURE_CLIENT_ID not set'], next: 'set up workload identity' },
  ],
  [
    'TokenFileUnreadable',
    without({
      code: 'CredentialFailed',
      subcode: 'TokenFileUnreadable',
      armMessage: 'cannot read the federated token file "/t" (ENOENT)',
    }),
    { ...token, says: ['"/t" (ENOENT)'], next: 'the webhook of workload identity mounts it' },
  ],
  [
    'TokenEndpointUnreachable',
    without({
      code: 'CredentialFailed',
      subcode: 'TokenEndpointUnreachable',
      armMessage: 'login.microsoftonline.com cannot be reached (ENOTFOUND)',
    }),
    {
      reason: 'AwaitingAzure',
      kind: 'retry',
      pace: [5 * second, 5 * minute],
      says: ['login.microsoftonline.com cannot be reached (ENOTFOUND)'],
      next: 'check network, DNS',
    },
  ],
];
