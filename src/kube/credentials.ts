// How we are let in: what every request carries, and how its connection is made. Kept apart from the requests themselves.
import type { ConnectionOptions } from 'node:tls';
import type { Dispatcher } from 'undici';

/** The certificates of a connection; a change of any of them needs new connections. */
export type Tls = Pick<
  ConnectionOptions,
  'ca' | 'cert' | 'key' | 'pfx' | 'passphrase' | 'rejectUnauthorized' | 'servername'
>;

export type Route =
  | { readonly via: 'direct'; readonly tls: Tls }
  | { readonly via: 'proxy'; readonly url: string; readonly tls: Tls }
  /** Made by somebody else; for what this project does not speak itself. */
  | { readonly via: 'dispatcher'; readonly url: string; readonly make: () => Dispatcher; readonly tls: Tls };

/** What one request may use. */
export interface Grant {
  /** Authorization and impersonation. */
  readonly headers: Readonly<Record<string, string>>;
  readonly route: Route;
}

export interface Credentials {
  /** Where the API server is: https, or plain http on a loopback address. May have a path. */
  readonly server: URL;
  /** What holds now. Cheap: called for each request. Throws CredentialsUnavailable. */
  current(options: { readonly signal: AbortSignal }): Promise<Grant>;
  /**
   * After a 401: reads everything anew, unless that has happened since `refused` was granted. Throws
   * CredentialsUnavailable.
   */
  renew(refused: Grant, options: { readonly signal: AbortSignal }): Promise<Grant>;
}
