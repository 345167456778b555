// JSON patch (RFC 6902) with the errors that the real server gives.
import { equalJson, isObject, textAt, type Json, type JsonObject } from '../json.ts';
import { ApiError, badRequest } from '../status.ts';

const mostOperations = 10_000;

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

function operationOf(value: Json): Operation {
  if (!isObject(value)) {
    throw badRequest('error decoding patch: json: cannot unmarshal into Go value of type jsonpatch.Operation');
  }
  const from = textAt(value, 'from');
  return {
    op: textAt(value, 'op') ?? '',
    path: textAt(value, 'path') ?? '',
    ...(from !== undefined && { from }),
    ...(value['value'] !== undefined && { value: value['value'] }),
  };
}

function refused(message: string): ApiError {
  return new ApiError(
    422,
    'Invalid',
    'the server rejected our request due to an error in our request',
    {},
    { cause: message },
  );
}

const steps = (pointer: string): string[] => {
  if (pointer !== '' && !pointer.startsWith('/')) throw refused(`doc is missing path: ${JSON.stringify(pointer)}`);
  return pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
};

function indexOf(list: readonly Json[], step: string, adding: boolean): number {
  if (adding && step === '-') return list.length;
  if (!/^-?\d+$/.test(step)) throw refused(`strconv.Atoi: parsing "${step}": invalid syntax`);
  const index = Number(step) < 0 ? list.length + Number(step) : Number(step);
  if (index < 0 || index >= list.length + (adding ? 1 : 0)) throw refused(`Unable to access invalid index: ${step}`);
  return index;
}

/** The container that holds the last step of a pointer. */
function parentOf(root: Json, path: readonly string[], { op, path: pointer }: Operation): JsonObject | Json[] {
  let here: Json | undefined = root;
  for (const step of path.slice(0, -1)) {
    if (Array.isArray(here)) here = here[indexOf(here, step, false)];
    else here = isObject(here) ? here[step] : undefined;
  }
  if (Array.isArray(here) || isObject(here)) return here;
  throw refused(`${op} operation does not apply: doc is missing path: "${pointer}": missing value`);
}

function read(root: Json, pointer: string, operation: Operation): Json {
  const path = steps(pointer);
  const last = path.at(-1);
  if (last === undefined) return root;
  const parent = parentOf(root, path, { ...operation, path: pointer });
  const found = Array.isArray(parent) ? parent[indexOf(parent, last, false)] : parent[last];
  if (found !== undefined) return found;
  throw refused(`${operation.op} operation does not apply: doc is missing key: ${pointer}: missing value`);
}

function add(root: Json, operation: Operation, value: Json): Json {
  const path = steps(operation.path);
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = parentOf(root, path, operation);
  if (Array.isArray(parent)) parent.splice(indexOf(parent, last, true), 0, value);
  else parent[last] = value;
  return root;
}

function remove(root: Json, operation: Operation): Json {
  const path = steps(operation.path);
  const last = path.at(-1);
  if (last === undefined) return null;
  const parent = parentOf(root, path, operation);
  if (Array.isArray(parent)) parent.splice(indexOf(parent, last, false), 1);
  else if (parent[last] === undefined) {
    throw refused(`remove operation does not apply: doc is missing key: ${operation.path}: missing value`);
  } else delete parent[last];
  return root;
}

function replace(root: Json, operation: Operation, value: Json): Json {
  const path = steps(operation.path);
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = parentOf(root, path, operation);
  if (Array.isArray(parent)) parent[indexOf(parent, last, false)] = value;
  // Go maps answer for missing keys too: the real server's replace adds them.
  else parent[last] = value;
  return root;
}

function test(root: Json, operation: Operation): void {
  const wanted = operation.value ?? null;
  const path = steps(operation.path);
  const last = path.at(-1);
  const parent = last === undefined ? undefined : parentOf(root, path, operation);
  let found: Json | undefined = root;
  if (last !== undefined && parent !== undefined) {
    found = Array.isArray(parent) ? parent[indexOf(parent, last, false)] : parent[last];
  }
  if (!equalJson(found ?? null, wanted)) throw refused(`testing value ${operation.path} failed: test failed`);
}

/** The document after all operations; the given one is not changed. Throws 400 or 422. */
export function jsonPatch(document: Json, patch: Json): Json {
  if (!Array.isArray(patch)) {
    throw badRequest(
      'error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp',
    );
  }
  if (patch.length > mostOperations) {
    throw new ApiError(
      413,
      'RequestEntityTooLarge',
      `The allowed maximum operations in a JSON patch is ${mostOperations}, got ${patch.length}`,
    );
  }
  let root = structuredClone(document);
  for (const operation of patch.map(operationOf)) {
    const { op, from = '' } = operation;
    if (op === 'add') root = add(root, operation, structuredClone(operation.value ?? null));
    else if (op === 'replace') root = replace(root, operation, structuredClone(operation.value ?? null));
    else if (op === 'remove') root = remove(root, operation);
    else if (op === 'test') test(root, operation);
    else if (op === 'copy') root = add(root, operation, structuredClone(read(root, from, operation)));
    else if (op === 'move') {
      const moved = read(root, from, operation);
      root = add(remove(root, { ...operation, path: from }), operation, moved);
    } else throw refused(`Unexpected kind: ${op}`);
  }
  return root;
}
