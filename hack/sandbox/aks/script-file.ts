// A script from outside, checked before anything follows it: a misspelt word must not be silently ignored.
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { parse } from 'yaml';
import type { Fault } from './faults.ts';
import type { AksScript } from './script.ts';
import { faultSchema, scriptSchema } from './script-schema.ts';

/** A script or a fault that does not fit the schema; the message names the place. */
export class InvalidScript extends Error {
  readonly code = 'InvalidScript';

  constructor(message: string) {
    super(message);
    this.name = 'InvalidScript';
  }
}

const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const isScript = ajv.compile<AksScript>(scriptSchema);
const isFault = ajv.compile<Fault>(faultSchema);

/** Reads YAML or JSON. Throws InvalidScript. */
export async function readScript(path: string): Promise<AksScript> {
  const value: unknown = parse(await readFile(path, 'utf8'));
  return checkedScript(value ?? {});
}

export function checkedScript(value: unknown): AksScript {
  if (isScript(value)) return value;
  throw new InvalidScript(`Cannot follow the script: ${ajv.errorsText(isScript.errors, { dataVar: 'script' })}`);
}

export function checkedFault(value: unknown): Fault {
  if (isFault(value)) return value;
  throw new InvalidScript(`Cannot set the fault: ${ajv.errorsText(isFault.errors, { dataVar: 'fault' })}`);
}
