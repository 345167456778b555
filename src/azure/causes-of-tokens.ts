// Rows of the error table about the token that is shown to ARM: what is missing, and who has to put it there.
import { localCodes, tokenCodes } from './arm-errors.ts';
import { byItself, itsText, minute, second, type CauseRow } from './cause-row.ts';

const refused = { reason: 'AuthenticationFailed', kind: 'config', retry: [minute, 5 * minute] } as const;

/** In this order. */
export const causesOfTokens: readonly CauseRow[] = [
  {
    ...refused,
    codes: [tokenCodes.notSet],
    what: ({ unset }) => `No token for Azure: ${unset ?? 'a workload identity is'} not set, and no managed identity`,
    next: 'set up workload identity: webhook, label of the pod, client id on the ServiceAccount',
  },
  {
    ...refused,
    codes: [tokenCodes.file],
    what: ({ text }) => `No token for Azure: ${text}`,
    next: 'the webhook of workload identity mounts it: check that it runs, then restart the pod',
  },
  {
    // Whoever cannot be reached has refused nobody.
    reason: 'AwaitingAzure',
    kind: 'retry',
    codes: [tokenCodes.unreachable],
    retry: [5 * second, 5 * minute],
    what: ({ text }) => `No token for Azure: ${text}`,
    next: 'check network, DNS, proxy and certificates',
  },
  {
    ...refused,
    codes: [localCodes.credential],
    // One of issuer, subject and audience is wrong; AADSTS70021: several are.
    text: /AADSTS70021[123]?\b/,
    what: ({ aadCode, asserted }) =>
      asserted === undefined
        ? `No token for Azure (${aadCode}): no federated credential of the identity matches the pod's token`
        : `No token for Azure (${aadCode}): no federated credential of the identity has the ${asserted}`,
    next: 'add one that has it',
  },
  {
    ...refused,
    codes: [localCodes.credential],
    text: /AADSTS700016\b/,
    what: ({ aadCode }) => `No token for Azure (${aadCode}): the tenant knows no identity of this client id`,
    next: 'check AZURE_CLIENT_ID and AZURE_TENANT_ID',
    quote: itsText,
  },
  {
    ...refused,
    codes: [localCodes.credential],
    text: /AADSTS90002\b/,
    what: ({ aadCode }) => `No token for Azure (${aadCode}): there is no such tenant in this cloud`,
    next: 'check AZURE_TENANT_ID and AZURE_ENVIRONMENT',
    quote: itsText,
  },
  {
    ...refused,
    codes: [localCodes.credential],
    text: /AADSTS700024\b/,
    what: ({ aadCode }) => `No token for Azure (${aadCode}): the federated token is expired, or not valid yet`,
    next: "check the pod's clock, and that its token file is renewed",
    quote: itsText,
  },
  {
    // Entra's directory, or its way to the issuer of the pod's token, failed for once: no wrong setting says so.
    reason: 'AwaitingAzure',
    kind: 'retry',
    codes: [localCodes.credential],
    text: /AADSTS(?:90033|90061)\b/,
    retry: [5 * second, 5 * minute],
    what: ({ aadCode }) => `No token for Azure (${aadCode}): Entra failed`,
    next: byItself,
    quote: itsText,
  },
  {
    ...refused,
    codes: [localCodes.credential],
    what: ({ aadCode }) => `No token for Azure${aadCode === undefined ? '' : ` (${aadCode})`}`,
    next: 'check the federated credential or managed identity and its client id',
    quote: itsText,
  },
];
