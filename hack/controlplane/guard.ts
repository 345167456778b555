// Ends child processes and removes their files when this process dies in a way that runs no handler of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

// Reads process groups, one a line, until the pipe closes. `done` first means that an orderly close already happened.
const script = `
groups=
while read -r line; do
  if [ "$line" = done ]; then exit 0; fi
  groups="$groups $line"
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
rm -rf -- "$1"
`;

/** A shell that outlives us just long enough: the pipe to it closes with this process, even on SIGKILL. */
export interface Guard {
  /** Kills this process group, too, when we die. */
  watch(groupId: number): void;
  /** Nothing is left to guard. */
  dismiss(): Promise<void>;
}

/** Guards `directory`, which is removed with the processes. */
export function startGuard(directory: string): Guard {
  // A group of its own: Ctrl-C on a terminal goes to ours, and must not end the guard first.
  const shell: ChildProcess = spawn('/bin/sh', ['-c', script, 'guard', directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(shell, 'exit');
  shell.unref();
  const write = (line: string): void => {
    shell.stdin?.write(`${line}\n`);
  };
  return {
    watch: (groupId) => write(String(groupId)),
    async dismiss(): Promise<void> {
      write('done');
      shell.ref();
      await exited;
    },
  };
}
