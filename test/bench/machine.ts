// The Machines that are measured: those of the demo, under many names.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isThing, type Thing } from '../../hack/sandbox/demo/thing.ts';

const file = join(import.meta.dirname, '../../hack/sandbox/demo/machine.yaml');

/** Names that are pool names as well, so that a Node's pool label names its Machine. */
export function machinesNamed(prefix: string, count: number): readonly Thing[] {
  const machine: unknown = parse(readFileSync(file, 'utf8'));
  if (!isThing(machine)) throw new TypeError(`File "${file}" holds no Machine`);
  return Array.from({ length: count }, (_, index) => ({
    ...machine,
    metadata: { ...machine.metadata, name: `${prefix}${index}` },
  }));
}
