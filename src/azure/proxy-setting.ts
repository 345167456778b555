// The proxy that Azure's SDK finds in the environment: one that is no URL would end the process with words of nobody's.
import { ConfigurationError } from './configuration-error.ts';

// In the order in which the SDK takes them (its proxyPolicy.js); the others are not read.
const names = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy'];

/** Throws ConfigurationError for a proxy that is no http or https URL. Its value may carry a password and is not repeated. */
export function checkProxy(env: Readonly<Record<string, string | undefined>>): void {
  const name = names.find((each) => (env[each] ?? '') !== '');
  if (name === undefined || /^https?:$/.test(URL.parse(env[name] ?? '')?.protocol ?? '')) return;
  throw new ConfigurationError(`Cannot use ${name}: it is no URL such as http://proxy:3128`);
}
