// Azure's clouds by the names that people and tools use for them, and where each keeps ARM and its identities.
import { ConfigurationError } from './configuration-error.ts';

export interface Cloud {
  readonly name: string;
  /** Of Azure Resource Manager. */
  readonly endpoint: string;
  /** What a token for ARM is asked for; the SDK would ask for the public cloud's everywhere. */
  readonly scope: string;
  readonly authorityHost: string;
}

const clouds: Readonly<Record<'public' | 'china' | 'usgovernment', Cloud>> = {
  public: {
    name: 'AzurePublicCloud',
    endpoint: 'https://management.azure.com',
    scope: 'https://management.azure.com/.default',
    authorityHost: 'https://login.microsoftonline.com',
  },
  china: {
    name: 'AzureChinaCloud',
    endpoint: 'https://management.chinacloudapi.cn',
    scope: 'https://management.chinacloudapi.cn/.default',
    authorityHost: 'https://login.chinacloudapi.cn',
  },
  usgovernment: {
    name: 'AzureUSGovernmentCloud',
    endpoint: 'https://management.usgovcloudapi.net',
    scope: 'https://management.usgovcloudapi.net/.default',
    authorityHost: 'https://login.microsoftonline.us',
  },
};

// go-autorest's names, the Azure CLI's, the SDK's, and the short ones; read without case, blanks, `-` and `_`.
const names: ReadonlyMap<string, Cloud> = new Map([
  ...['', 'public', 'azurepublic', 'azurepubliccloud', 'azurecloud', 'azure'].map(
    (name) => [name, clouds.public] as const,
  ),
  ...['china', 'azurechina', 'azurechinacloud'].map((name) => [name, clouds.china] as const),
  ...['usgovernment', 'usgov', 'azureusgovernment', 'azureusgovernmentcloud', 'azuregovernment'].map(
    (name) => [name, clouds.usgovernment] as const,
  ),
]);

/** Absent means the public cloud. Throws ConfigurationError for a name that nobody gave a cloud. */
export function cloudOf(name: string | undefined): Cloud {
  const cloud = names.get((name ?? '').toLowerCase().replaceAll(/[\s_-]/g, ''));
  if (cloud !== undefined) return cloud;
  const known = Object.values(clouds).map((one) => one.name);
  throw new ConfigurationError(`Unknown Azure cloud "${name}"; known are ${known.join(', ')}`);
}

/** Whether this token endpoint is one of Microsoft's own, which answer for each other; any other knows only itself. */
export function isMicrosoftAuthority(authorityHost: string): boolean {
  const host = URL.canParse(authorityHost) ? new URL(authorityHost).host : '';
  return Object.values(clouds).some((cloud) => new URL(cloud.authorityHost).host === host);
}
