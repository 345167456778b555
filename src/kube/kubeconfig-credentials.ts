// Credentials out of client-node's KubeConfig: tokens, exec plugins, client certificates and proxies are its work.
import { KubeConfig, RequestContext } from '@kubernetes/client-node';
import type { Credentials, Grant, Route, Tls } from './credentials.ts';
import { unlessAborted } from './deadline.ts';

type Cluster = Parameters<KubeConfig['createDispatcherOptions']>[0];
type AgentOptions = Parameters<KubeConfig['createDispatcherOptions']>[1];
type DispatcherOptions = ReturnType<KubeConfig['createDispatcherOptions']>;

export interface KubeConfigCredentialsOptions {
  readonly config: KubeConfig;
  readonly server: URL;
  /** Reads the configuration again, from where `config` came. */
  readonly load: () => KubeConfig;
}

/**
 * Files are read again for each request (16 µs), tokens of a service account once a minute, exec plugins when their
 * credential has expired; after a 401 everything, the kubeconfig itself included.
 */
export class KubeConfigCredentials implements Credentials {
  readonly server: URL;
  readonly #load: () => KubeConfig;
  #config: GrantingConfig;
  /** Which configuration a grant came from, so that many requests refused at once lead to one renewal. */
  readonly #origin = new WeakMap<Grant, GrantingConfig>();
  #pending: Promise<Grant> | undefined;

  constructor({ config, server, load }: KubeConfigCredentialsOptions) {
    this.server = server;
    this.#load = load;
    this.#config = new GrantingConfig(config);
  }

  async current({ signal }: { readonly signal: AbortSignal }): Promise<Grant> {
    // Before anything is begun: a run that nobody waits for would fail unheard.
    signal.throwIfAborted();
    // An exec plugin may take seconds; all requests wait for the same run of it.
    this.#pending ??= this.#grant().finally(() => {
      this.#pending = undefined;
    });
    return unlessAborted(this.#pending, signal);
  }

  async renew(refused: Grant, { signal }: { readonly signal: AbortSignal }): Promise<Grant> {
    if (this.#origin.get(refused) === this.#config) {
      this.#config = new GrantingConfig(this.#load());
      this.#pending = undefined;
    }
    return this.current({ signal });
  }

  async #grant(): Promise<Grant> {
    const config = this.#config;
    const grant = await config.grant();
    this.#origin.set(grant, config);
    return grant;
  }
}

/**
 * KubeConfig makes an agent for every request, with a connection each (kubernetes-client/javascript#2893). This one keeps
 * what the agent was to be made of, which it has just read, and has none made.
 */
class GrantingConfig extends KubeConfig {
  #material: { readonly options: DispatcherOptions; readonly tls: Tls } | undefined;

  constructor({ clusters, contexts, users, currentContext }: KubeConfig) {
    super();
    this.loadFromOptions({ clusters, contexts, users, currentContext });
  }

  async grant(): Promise<Grant> {
    const context = new RequestContext(this.getCurrentCluster()?.server ?? '', 'GET');
    await this.applySecurityAuthentication(context);
    // A token file may end with a newline, which a header may not have.
    const headers = Object.entries(context.getHeaders()).map(([name, value]) => [name, value.trim()] as const);
    return { headers: Object.fromEntries(headers), route: this.#route(context) };
  }

  override createDispatcherOptions(cluster: Cluster, agent: AgentOptions): DispatcherOptions {
    // Whether plain http is allowed was asked in server-url.ts, more strictly than it would be here.
    const plain = cluster?.server.startsWith('http:') === true && cluster.proxyUrl === undefined;
    const options = plain ? ({ type: 'none' } as const) : super.createDispatcherOptions(cluster, agent);
    this.#material = { options, tls: tlsOf(agent) };
    // What speaks SOCKS is client-node's own and comes with its agent.
    return options.type === 'socks' ? options : { type: 'none' };
  }

  #route(context: RequestContext): Route {
    const { options, tls } = this.#material ?? { options: { type: 'none' } as const, tls: {} };
    const dispatcher = context.getDispatcher();
    if (options.type === 'proxy') return { via: 'proxy', url: options.uri, tls };
    if (options.type === 'socks' && dispatcher !== undefined) {
      return { via: 'dispatcher', url: options.uri, tls, make: () => dispatcher };
    }
    return { via: 'direct', tls };
  }
}

function tlsOf({ ca, cert, key, pfx, passphrase, rejectUnauthorized, servername }: AgentOptions): Tls {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(pfx === undefined ? {} : { pfx }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
}
