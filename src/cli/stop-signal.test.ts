import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';

const program = `
  import { stopSignal } from ${JSON.stringify(import.meta.resolve('./stop-signal.ts'))};
  import { createLogger } from ${JSON.stringify(import.meta.resolve('../observability/logger.ts'))};
  const signal = stopSignal(createLogger({ level: 'info' }));
  signal.addEventListener('abort', () => console.log(JSON.stringify({ message: String(signal.reason) })));
  setInterval(() => {}, 1000);
  console.log(JSON.stringify({ message: 'up' }));`;

/** Sends one signal after each line of the program's, and gives its lines and its end. */
async function signalled(
  signals: readonly NodeJS.Signals[],
  after: string,
): Promise<{ lines: string[]; end: unknown[] }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const [first, ...rest] = signals;
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    const { message }: { readonly message: string } = JSON.parse(line);
    lines.push(message);
    if (message === 'up') child.kill(first);
    if (message === after) child.kill(rest.shift() ?? 'SIGKILL');
  }
  return { lines, end: await exited };
}

describe('stopSignal', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'aborts at the first %s and lets the program end in its own time',
    async (name) => {
      const { lines, end } = await signalled([name], `Error: Stopped by ${name}`);
      expect(lines).toEqual(['up', 'asked to stop', `Error: Stopped by ${name}`]);
      expect(end).toEqual([null, 'SIGKILL']);
    },
  );

  it('ends the process with 1 at the second signal', async () => {
    const { lines, end } = await signalled(['SIGTERM', 'SIGINT'], 'Error: Stopped by SIGTERM');
    expect(lines.at(-1)).toBe('asked to stop again; leaving at once');
    expect(end).toEqual([1, null]);
  });
});
