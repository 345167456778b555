// One word for all that an object should say, kept on it: whether it has to be written again is then one comparison.
import { createHash } from 'node:crypto';

export const hashAnnotation = 'gpu-provisioner.io/hash';

export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}
