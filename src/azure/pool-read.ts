// From ARM's JSON to an agent pool, checked: AKS omits empty maps and writes its defaults into what we sent.
import { errorTextOf } from './arm-answer.ts';
import type { ManagedCluster } from './arm-client.ts';
import { Fields } from './json.ts';
import type { AgentPool, PoolMachine, PoolPhase, ProvisioningError } from './pool.ts';

const phases: ReadonlyMap<string, PoolPhase> = new Map([
  ['creating', 'creating'],
  ['deleting', 'deleting'],
  ['succeeded', 'settled'],
  ['failed', 'failed'],
  ['canceled', 'canceled'],
]);

/** A state that nobody knows counts as busy: something is going on. */
function phaseOf(provisioningState: string): PoolPhase {
  return phases.get(provisioningState.toLowerCase()) ?? 'busy';
}

/** Throws MalformedAnswer. */
export function readAgentPool(json: unknown): AgentPool {
  const top = new Fields(json, 'pool');
  const properties = top.fields('properties');
  const state = properties.text('provisioningState');
  const etag = properties.optionalText('eTag') ?? top.optionalText('eTag');
  const error = readProvisioningError(properties.optionalFields('status'));
  return {
    name: top.text('name'),
    id: top.text('id'),
    phase: phaseOf(state),
    state,
    power: powerOf(properties),
    // AKS's default for pools added to a cluster.
    mode: properties.optionalText('mode') ?? 'User',
    // Pools of virtual machines have neither size nor count of their own.
    vmSize: properties.optionalText('vmSize') ?? '',
    count: properties.optionalNumber('count') ?? 0,
    autoscaled: properties.optionalFlag('enableAutoScaling') ?? false,
    nodeLabels: properties.textMap('nodeLabels'),
    nodeTaints: properties.texts('nodeTaints'),
    tags: properties.textMap('tags'),
    ...(etag === undefined ? {} : { etag }),
    ...(error === undefined ? {} : { error }),
  };
}

/** Throws MalformedAnswer; the page has to have its array, for a missing one would read as "no pools". */
export function readAgentPoolPage(json: unknown): readonly AgentPool[] {
  return new Fields(json, 'page').requiredList('value').map(readAgentPool);
}

/** Throws MalformedAnswer, also where the array is missing. */
export function readMachinePage(json: unknown): readonly PoolMachine[] {
  return new Fields(json, 'page').requiredList('value').map((value) => {
    const machine = new Fields(value, 'machine');
    const resourceId = machine.optionalFields('properties')?.optionalText('resourceId');
    return { name: machine.text('name'), ...(resourceId === undefined ? {} : { resourceId }) };
  });
}

/** Throws MalformedAnswer. */
export function readManagedCluster(json: unknown): ManagedCluster {
  const cluster = new Fields(json, 'cluster');
  const properties = cluster.fields('properties');
  const subscription = /^\/subscriptions\/[^/]+(?=\/)/iu.exec(cluster.optionalText('id') ?? '')?.[0];
  const group = properties.optionalText('nodeResourceGroup');
  return {
    power: powerOf(properties),
    state: properties.text('provisioningState'),
    ...(subscription === undefined || group === undefined
      ? {}
      : { nodeGroup: `${subscription}/resourcegroups/${group}`.toLowerCase() }),
  };
}

function powerOf(properties: Fields): 'running' | 'stopped' {
  const code = properties.optionalFields('powerState')?.optionalText('code');
  return code?.toLowerCase() === 'stopped' ? 'stopped' : 'running';
}

/** ARM wraps the cause: the details' codes and texts go into the message, as `Code: X; text`. */
function readProvisioningError(status: Fields | undefined): ProvisioningError | undefined {
  const error = status?.optionalObject('provisioningError');
  if (error === undefined) return undefined;
  const { code = 'UnknownError', details, message } = errorTextOf(error);
  const said = details.flatMap((detail) => [detail.code === undefined ? '' : `Code: ${detail.code}`, detail.message]);
  return { code, message: [message, ...said].filter((text) => text !== undefined && text !== '').join('; ') };
}
