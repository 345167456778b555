import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';

/** Runs a program with the crash policy, which then does `deed`. */
async function crash(deed: string): Promise<{ readonly code: unknown; readonly lines: readonly string[] }> {
  const program = `
    import { exitOnCrash } from ${JSON.stringify(import.meta.resolve('./crash.ts'))};
    import { createLogger } from ${JSON.stringify(import.meta.resolve('../observability/logger.ts'))};
    exitOnCrash(createLogger({ level: 'info' }));
    setInterval(() => {}, 1000);
    ${deed}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [[code], output] = await Promise.all([once(child, 'exit'), text(child.stdout)]);
  return { code, lines: output.trim().split('\n') };
}

describe('exitOnCrash', () => {
  it.each([
    ['an exception that nobody catches', "setTimeout(() => { throw new Error('boom'); })", 'uncaughtException'],
    ['a rejection that nobody handles', "void Promise.reject(new Error('boom'));", 'unhandledRejection'],
  ])('ends the process with 1 and one line after %s', async (_, deed, origin) => {
    const { code, lines } = await crash(deed);
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'FATAL',
      message: 'crashed',
      origin,
      err: { message: 'boom', stack: expect.stringContaining('Error: boom') },
    });
  });

  it('ends the process even when the log itself is what broke', async () => {
    const { code } = await crash(`
      const { closeSync } = await import('node:fs');
      closeSync(1);
      throw new Error('boom');`);
    expect(code).toBe(1);
  });
});
