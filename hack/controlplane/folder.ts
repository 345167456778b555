// Where the files of a control plane are: in memory where that has room. On a busy disk each write of etcd would wait, and with it
// everybody who writes to the API server; what is written does not outlive the programs anyway.
import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';

export interface Room {
  /** A file system in memory; containers have a small one. */
  readonly memory: string;
  /** For more control planes than a suite has: after the longest suite one of them has 150 MB. */
  readonly bytes: number;
}

const usualRoom: Room = { memory: '/dev/shm', bytes: 4 * 2 ** 30 };

export async function roomiestFolder({ memory, bytes }: Room = usualRoom): Promise<string> {
  try {
    const { bavail, bsize } = await statfs(memory);
    return bavail * bsize >= bytes ? memory : tmpdir();
  } catch {
    return tmpdir();
  }
}
