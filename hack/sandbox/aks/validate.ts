// What AKS refuses in a request before it looks at quota or state.
import { aksRefusal } from './answer.ts';
import { checkLabels, checkTags, checkTaints } from './validate-metadata.ts';
import { immutableProperties, type PoolSpec } from './pool-spec.ts';
import { numberAt, textAt, textsAt, type JsonObject } from './json.ts';
import { sizeOf } from './sizes.ts';
import type { Pool, World } from './world.ts';

/** Throws unless AKS takes this as the name of a Linux pool. */
export function checkName(name: string): void {
  if (/^[a-z][a-z0-9]{0,11}$/.test(name) && name !== 'aksmanagedap') return;
  throw aksRefusal(
    400,
    'InvalidParameter',
    `The value of parameter agentPoolProfile.name is invalid. Error details: Agent pool name "${name}" is not valid: it must start with a lowercase letter, contain only lowercase letters and numbers, and be at most 12 characters long. Please see https://aka.ms/aks-naming-rules for more details.`,
    { target: 'agentPoolProfile.name' },
  );
}

/** Throws on the first property that AKS does not take; `before` is the pool when it exists. */
export function checkRequest(world: World, name: string, properties: JsonObject, before: Pool | undefined): void {
  const vmSize = textAt(properties, 'vmSize') ?? before?.spec.vmSize;
  if (vmSize === undefined || vmSize === '') {
    throw invalid('agentPoolProfile.vmSize', `Agent pool "${name}" has no vmSize.`);
  }
  if (before === undefined) checkSize(world, vmSize);
  checkCount(properties);
  checkDisk(properties);
  checkZones(world, properties, vmSize);
  checkLabels(properties);
  checkTaints(properties);
  checkTags(properties);
}

/** Throws when a property that can be set only once is given another value. */
export function checkImmutable(before: PoolSpec, properties: JsonObject): void {
  for (const name of immutableProperties) {
    const given = properties[name];
    if (given === undefined || given === null) continue;
    if (canonical(given) === canonical(before.properties[name])) continue;
    const target = `properties.${name}`;
    throw aksRefusal(400, 'PropertyChangeNotAllowed', `Changing property '${target}' is not allowed.`, { target });
  }
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value.map(String).toSorted());
  return (JSON.stringify(value) ?? '').toLowerCase();
}

function checkSize(world: World, vmSize: string): void {
  const size = sizeOf(vmSize);
  const { subscription, location } = world.identity;
  if (size === undefined || (size.retired && world.script.retired === 'refuse')) {
    throw aksRefusal(
      400,
      'VMSizeNotSupported',
      `Virtual Machine size: '${vmSize}' is not supported for subscription ${subscription} in location '${location}'. The available VM sizes are listed by the VM size selector. For more details, please visit https://aka.ms/aks/vm-size-selector`,
      { target: 'agentPoolProfile.vmSize' },
    );
  }
}

function checkCount(properties: JsonObject): void {
  const mode = textAt(properties, 'mode') ?? 'User';
  if (mode !== 'User' && mode !== 'System' && mode !== 'Gateway') {
    throw invalid('agentPoolProfile.mode', `Mode "${mode}" is not one of System, User, Gateway.`);
  }
  const count = numberAt(properties, 'count') ?? 1;
  const least = mode === 'System' ? 1 : 0;
  if (!Number.isInteger(count) || count < least || count > 1000) {
    throw invalid('agentPoolProfile.count', `Count ${count} is not between ${least} and 1000 for mode ${mode}.`);
  }
}

function checkDisk(properties: JsonObject): void {
  const disk = numberAt(properties, 'osDiskSizeGB') ?? 0;
  if (!Number.isInteger(disk) || (disk !== 0 && (disk < 30 || disk > 2048))) {
    throw invalid('agentPoolProfile.osDiskSizeGB', `OSDiskSizeGB ${disk} is neither 0 nor between 30 and 2048.`);
  }
}

function checkZones(world: World, properties: JsonObject, vmSize: string): void {
  const offered = world.script.zones ?? ['1', '2', '3'];
  const wrong = textsAt(properties, 'availabilityZones').find((zone) => !offered.includes(zone));
  if (wrong === undefined) return;
  throw aksRefusal(
    400,
    'AvailabilityZoneNotSupported',
    `Preflight validation check for resource(s) failed. Zone ${wrong} is not supported for size ${vmSize}: availability zones are not supported in location '${world.identity.location}', or only ${offered.join(', ')}.`,
    { target: 'agentPoolProfile.availabilityZones' },
  );
}

function invalid(target: string, detail: string): Error {
  return aksRefusal(400, 'InvalidParameter', `The value of parameter ${target} is invalid. Error details: ${detail}`, {
    target,
  });
}
