// The log as its readers get it: shape, levels, errors with their causes, and no credentials.
import { expect, test } from 'vitest';
import { createLogger, type LogLevel } from './logger.ts';

function aLog(level: LogLevel = 'debug') {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const log = createLogger({ level, destination: { write: (line: string) => void lines.push(JSON.parse(line)) } });
  return { log, lines };
}

test('createLogger writes one object a line, with the keys of other controllers', () => {
  const { log, lines } = aLog();
  log.child({ controller: 'claims' }).info({ pool: 'ws1' }, 'agent pool requested');
  expect(lines).toEqual([
    {
      level: 'INFO',
      time: expect.stringMatching(/^\d{4}-.*Z$/),
      controller: 'claims',
      pool: 'ws1',
      message: 'agent pool requested',
    },
  ]);
});

test('createLogger leaves out what is below its level', () => {
  const { log, lines } = aLog('warn');
  log.info('no');
  log.warn('yes');
  expect(lines.map(({ message }) => message)).toEqual(['yes']);
});

test('createLogger writes errors with their code and their causes', () => {
  const { log, lines } = aLog();
  const cause = new Error('socket hang up');
  log.error(
    { err: Object.assign(new TypeError('Cannot list nodes', { cause }), { code: 'KUBE_UNREACHABLE' }) },
    'failed',
  );
  expect(lines[0]?.['err']).toEqual({
    type: 'TypeError',
    code: 'KUBE_UNREACHABLE',
    message: 'Cannot list nodes: socket hang up',
    stack: expect.stringContaining('caused by: Error: socket hang up'),
  });
});

test('createLogger says once what an error repeats of its cause, and no query of an address, where signatures are', () => {
  const { log, lines } = aLog();
  const cause = new Error('no answer from https://management.azure.com/operations/1?t=1&s=signature');
  log.warn({ err: new Error(`Cannot list nodes: ${cause.message}`, { cause }) }, 'failed');
  expect(lines[0]?.['err']).toMatchObject({
    message: 'Cannot list nodes: no answer from https://management.azure.com/operations/1',
  });
  expect(JSON.stringify(lines)).not.toContain('signature');
});

test('createLogger takes anything for an error, and no more of it than can be read', () => {
  const { log, lines } = aLog();
  log.warn({ err: 'x'.repeat(10_000) }, 'thrown bare');
  expect(String(lines[0]?.['err'])).toHaveLength(4097);
});

test('createLogger writes no credentials', () => {
  const { log, lines } = aLog();
  log.info(
    { token: 'abc', headers: { authorization: 'Bearer abc' }, user: { auth: { access_token: 'abc' } } },
    'options',
  );
  expect(JSON.stringify(lines)).not.toContain('abc');
  expect(lines[0]?.['token']).toBe('[redacted]');
});
