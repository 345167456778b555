// Which addresses of an API server we accept: a bearer token must never cross a network in plain text.

/** The address of the API server cannot be used. */
class ServerRefused extends Error {
  readonly code = 'KUBE_SERVER_REFUSED';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ServerRefused';
  }
}

/** Checks an address from a kubeconfig. Throws an error with the code KUBE_SERVER_REFUSED. */
export function serverUrl(text: string): URL {
  const url = URL.parse(text);
  if (url === null) throw new ServerRefused(`Cannot use the API server "${text}": not a URL`);
  if (url.username !== '' || url.password !== '') {
    throw new ServerRefused(
      `Cannot use the API server at "${url.host}": its address must be without user and password`,
    );
  }
  if (url.protocol === 'https:') return url;
  if (url.protocol === 'http:' && isLoopback(url.hostname)) return url;
  throw new ServerRefused(`Cannot use the API server "${text}": it needs https, or http on a loopback address`);
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.[0-9]{1,3}){3}$/.test(hostname);
}
