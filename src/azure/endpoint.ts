// Where ARM is, and whether a credential may go there: never over plain http, and plain http only to this machine.
import { cloudOf, type Cloud } from './clouds.ts';
import { ConfigurationError } from './configuration-error.ts';

export interface ArmEndpoint {
  readonly cloud: Cloud;
  /** Without a slash at its end. */
  readonly url: string;
  /** `none` for plain http on loopback: an emulator. */
  readonly authentication: 'token' | 'none';
}

export interface EndpointOptions {
  /** A cloud's name; the public cloud when absent. */
  readonly cloud?: string | undefined;
  /** Overrides the cloud's endpoint. */
  readonly armEndpoint?: string | undefined;
}

const loopback = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Throws ConfigurationError for an unknown cloud, a malformed endpoint, and plain http to another machine. */
export function endpointOf(options: EndpointOptions): ArmEndpoint {
  const cloud = cloudOf(options.cloud);
  const written = options.armEndpoint ?? '';
  if (written === '') return { cloud, url: cloud.endpoint, authentication: 'token' };
  if (!URL.canParse(written)) throw new ConfigurationError(`ARM endpoint "${written}" is not a URL`);
  const url = new URL(written);
  if (url.username !== '' || url.password !== '')
    throw new ConfigurationError('ARM endpoint must not carry a user or password');
  if (url.search !== '' || url.hash !== '')
    throw new ConfigurationError(`ARM endpoint "${written}" must end with its path`);
  const base = `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  if (url.protocol === 'https:') return { cloud, url: base, authentication: 'token' };
  if (url.protocol !== 'http:') throw new ConfigurationError(`ARM endpoint "${written}" is neither https nor http`);
  if (loopback.test(url.hostname)) return { cloud, url: base, authentication: 'none' };
  throw new ConfigurationError(`ARM endpoint "${written}" is plain http to another machine; use https`);
}
