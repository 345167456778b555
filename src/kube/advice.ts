// What a person can do about a call to the API server that failed: the cause in the server's words, then the step.
import { CredentialsUnavailable, Forbidden, Timeout, Unauthorized, Unreachable } from './errors.ts';

/** One line. What is no failure of a call is said as it is. */
export function adviceOn(error: unknown): string {
  const said = (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, ' ').trim();
  const step = stepFor(error);
  return step === undefined ? said : `${said}; ${step}`;
}

function stepFor(error: unknown): string | undefined {
  if (isDenied(error))
    return "give its ServiceAccount the roles of the chart (or apply the chart's, where they were edited)";
  if (error instanceof Unauthorized)
    return 'the API server does not know its token: check the ServiceAccount or the kubeconfig';
  if (error instanceof CredentialsUnavailable) return 'check the token file and the kubeconfig';
  if (error instanceof Unreachable || error instanceof Timeout)
    return 'the API server does not answer: check network, DNS, proxy, certificates and the address in the kubeconfig';
  return undefined;
}

/** RBAC says no; an admission plugin or a namespace that is going are other matters. */
export function isDenied(error: unknown): error is Forbidden {
  return error instanceof Forbidden && /\bcannot \w+ resource\b/.test(error.message);
}
