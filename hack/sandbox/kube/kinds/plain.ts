// Kinds with little to say: a status that clients cannot bring along, secrets that may come as plain text.
import { ensureObject, isObject, objectAt, setDefault, type JsonObject } from '../json.ts';
import type { KubeObject } from '../object.ts';
import type { Strategy } from '../resource.ts';

/** A new object has an empty status, whatever was sent. */
function starting(status: JsonObject): Strategy {
  return {
    onCreate: (object) => {
      object['status'] = structuredClone(status);
    },
  };
}

export const claim: Strategy = {
  ...starting({ phase: 'Pending' }),
  defaults: (object) => {
    setDefault(ensureObject(object, 'spec'), 'volumeMode', 'Filesystem');
  },
};

export const volume: Strategy = {
  ...starting({ phase: 'Pending' }),
  defaults: (object) => {
    const spec = ensureObject(object, 'spec');
    setDefault(spec, 'persistentVolumeReclaimPolicy', 'Retain');
    setDefault(spec, 'volumeMode', 'Filesystem');
  },
};

export const attachment: Strategy = {
  ...starting({ attached: false }),
  defaults: (object) => {
    setDefault(ensureObject(object, 'status'), 'attached', false);
  },
};

function dataProblem(kind: string): (object: KubeObject) => string | undefined {
  return (object) => {
    const odd = Object.values(objectAt(object, 'data') ?? {}).find((value) => typeof value !== 'string');
    if (odd === undefined || odd === null) return undefined;
    const type = Array.isArray(odd) ? 'array' : typeof odd === 'boolean' ? 'bool' : typeof odd;
    return `json: cannot unmarshal ${type} into Go struct field ${kind}.data of type string`;
  };
}

export const configMap: Strategy = {
  decodeProblem: dataProblem('ConfigMap'),
  defaults: (object) => {
    for (const field of ['data', 'binaryData']) {
      if (Object.keys(objectAt(object, field) ?? { kept: true }).length === 0) delete object[field];
    }
  },
};

export const secret: Strategy = {
  defaults: (object) => {
    setDefault(object, 'type', 'Opaque');
    const text = object['stringData'];
    if (!isObject(text)) return;
    const data = ensureObject(object, 'data');
    for (const [key, value] of Object.entries(text)) {
      if (typeof value === 'string') data[key] = Buffer.from(value).toString('base64');
    }
    delete object['stringData'];
  },
};

export const quota: Strategy = starting({});
