// Node labels, node taints and tags as AKS accepts them.
import { aksRefusal } from './answer.ts';
import { isObject, textMapAt, type JsonObject } from './json.ts';

const labelName = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const labelPrefix = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const effects = ['NoSchedule', 'NoExecute', 'PreferNoSchedule'];

export function checkLabels(properties: JsonObject): void {
  checkTexts(properties, 'nodeLabels');
  for (const [key, value] of Object.entries(textMapAt(properties, 'nodeLabels'))) {
    checkLabelKey(key);
    if (value !== '' && !labelName.test(value)) {
      throw badLabel(
        `Invalid node label value '${value}' of key '${key}'. A label value must be at most 63 characters of letters, digits, '-', '_' or '.', and start and end with a letter or digit.`,
      );
    }
  }
}

function checkLabelKey(key: string): void {
  const { prefix, name } = splitKey(key);
  if (prefix === 'kubernetes.azure.com' || prefix.endsWith('.kubernetes.azure.com')) {
    throw badLabel(
      `Invalid node label key ${key}. The 'kubernetes.azure.com' prefix is preserved by aks system labels.`,
    );
  }
  if (isIn(prefix, 'kubernetes.io') || isIn(prefix, 'k8s.io')) {
    if (!isIn(prefix, 'kubelet.kubernetes.io') && !isIn(prefix, 'node.kubernetes.io')) {
      throw badLabel(
        `Invalid node label key ${key}. For Kubernetes version greater than or equal to 1.16, node label keys in the 'kubernetes.io' or 'k8s.io' namespace must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set.`,
      );
    }
  }
  if (!labelName.test(name) || (prefix !== '' && (prefix.length > 253 || !labelPrefix.test(prefix)))) {
    throw badLabel(
      `Invalid node label key '${key}'. A label key is an optional DNS prefix, '/', and a name of at most 63 characters.`,
    );
  }
}

export function checkTaints(properties: JsonObject): void {
  const taints = properties['nodeTaints'];
  if (taints === undefined || taints === null) return;
  if (!Array.isArray(taints)) throw badTaint(JSON.stringify(taints));
  for (const taint of taints) {
    if (typeof taint !== 'string' || !isTaint(taint)) throw badTaint(String(taint));
  }
}

function isTaint(text: string): boolean {
  const [, pair = '', effect = ''] = /^([^:]+):(\w+)$/.exec(text) ?? [];
  const [key = '', value, ...more] = pair.split('=');
  const { prefix, name } = splitKey(key);
  if (more.length > 0 || !effects.includes(effect) || !labelName.test(name)) return false;
  if (prefix !== '' && !labelPrefix.test(prefix)) return false;
  return value === undefined || value === '' || labelName.test(value);
}

// Names that ARM keeps for itself, and characters it cannot store in a tag's name.
const reservedTagPrefixes = ['azure', 'microsoft', 'windows'];
const forbiddenInTagName = /[<>%&\\?/]/;

export function checkTags(properties: JsonObject): void {
  checkTexts(properties, 'tags');
  const entries = Object.entries(textMapAt(properties, 'tags'));
  if (entries.length > 50) throw badTag('Too many tags are requested. The maximum number of tags on a resource is 50.');
  for (const [name, value] of entries) {
    if (name === '' || name.length > 512 || value.length > 256) {
      throw badTag(
        `The tag '${name}' is too long or has no name: a name has 1 to 512 characters, a value at most 256.`,
      );
    }
    const reserved = reservedTagPrefixes.find((prefix) => name.toLowerCase().startsWith(prefix));
    if (reserved !== undefined) {
      throw aksRefusal(
        400,
        'ReservedTagName',
        `The tag name '${name}' is reserved: names must not begin with '${reserved}'.`,
        { target: 'tags' },
      );
    }
    if (forbiddenInTagName.test(name)) {
      throw badTag(
        `The tag name '${name}' has characters that are not allowed: '<,>,%,&,\\,?,/' or control characters.`,
      );
    }
  }
  const names = entries.map(([name]) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw badTag(`The tag name '${twice}' is given twice: tag names do not differ by case alone.`);
}

function checkTexts(properties: JsonObject, name: 'nodeLabels' | 'tags'): void {
  const given = properties[name];
  if (given === undefined || given === null) return;
  if (isObject(given) && Object.values(given).every((value) => typeof value === 'string')) return;
  throw aksRefusal(400, 'InvalidParameter', `The value of parameter ${name} is invalid: it maps names to strings.`, {
    target: name,
  });
}

function splitKey(key: string): { readonly prefix: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { prefix: '', name: key } : { prefix: key.slice(0, slash), name: key.slice(slash + 1) };
}

function isIn(prefix: string, domain: string): boolean {
  return prefix === domain || prefix.endsWith(`.${domain}`);
}

function badLabel(message: string): Error {
  return aksRefusal(400, 'BadRequest', message, { target: 'nodeLabels' });
}

function badTaint(taint: string): Error {
  return aksRefusal(
    400,
    'InvalidParameter',
    `The value of parameter agentPoolProfile.nodeTaints is invalid. Error details: Invalid taint '${taint}': it must be of the form key=value:effect or key:effect with effect NoSchedule, NoExecute or PreferNoSchedule.`,
    { target: 'agentPoolProfile.nodeTaints' },
  );
}

function badTag(message: string): Error {
  return aksRefusal(400, 'InvalidTagNameCharacters', message, { target: 'tags' });
}
