// The proxy that Azure's SDK finds in the environment: one that is no URL would end the process with words of nobody's.
import { ConfigurationError } from './configuration-error.ts';

type Env = Readonly<Record<string, string | undefined>>;

// In the order in which the SDK takes them (its proxyPolicy.js), whatever the scheme of what is asked for.
const names = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy'];

/** The proxy that the SDK takes, and the hosts that it asks without one, for what goes to Azure beside it. */
export function proxyOf(env: Env): { readonly url: string | undefined; readonly not: string } {
  const name = nameIn(env);
  return { url: name === undefined ? undefined : env[name], not: env['NO_PROXY'] || (env['no_proxy'] ?? '') };
}

/** Throws ConfigurationError for a proxy that is no http or https URL. Its value may carry a password and is not repeated. */
export function checkProxy(env: Env): void {
  const name = nameIn(env);
  if (name === undefined || /^https?:$/.test(URL.parse(env[name] ?? '')?.protocol ?? '')) return;
  throw new ConfigurationError(`Cannot use ${name}: it is no URL such as http://proxy:3128`);
}

function nameIn(env: Env): string | undefined {
  return names.find((each) => (env[each] ?? '') !== '');
}
