// What a kubeconfig that cannot be used is told: the file, the mistake, and nothing that is in it.
import { delimiter } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aFile, aKubeConfig } from '../../test/support/kubeconfig-files.ts';
import { KubeConfigInvalid, loadCluster } from './config.ts';

const load = (...files: string[]): unknown => loadCluster({ env: { KUBECONFIG: files.join(delimiter) } });

describe('loadCluster', () => {
  test.for([
    ['that is no YAML', ': : :\n\t- {', 'Cannot read the kubeconfig'],
    ['that is empty', '', 'Cannot read the kubeconfig'],
    ['without a current context', '{"clusters":[]}', 'it has no current-context'],
    ['with a context that is missing', '{"current-context":"prod"}', 'it has no context "prod"'],
    [
      'with a cluster without a server',
      '{"current-context":"a","clusters":[{"name":"a","cluster":{}}]}',
      'server is missing',
    ],
    [
      'with a cluster that is missing',
      '{"current-context":"a","contexts":[{"name":"a","context":{"cluster":"gone"}}]}',
      'the cluster of its context "a" is missing',
    ],
    ['with plain http to another machine', aKubeConfig({ server: 'http://10.0.0.1:8080' }), 'needs https'],
    ['with a server that is no URL', aKubeConfig({ server: 'not a url' }), 'not a URL'],
    ['with a password in an address', aKubeConfig({ server: 'https://me:hunter2@api' }), 'without user and password'],
  ] as const)('refuses a file %s, and names it', async ([, content, why]) => {
    const file = await aFile(content);
    expect(() => load(file)).toThrow(KubeConfigInvalid);
    expect(() => load(file)).toThrow(file);
    expect(() => load(file)).toThrow(why);
  });

  test.for([
    ['the lines around a mistake', 'users:\n- user:\n    token: hunter2\n  {{{ oops\n'],
    ['the password of an address', aKubeConfig({ server: 'http://me:hunter2@10.0.0.1' })],
  ] as const)('says nothing secret: %s', async ([, content]) => {
    const file = await aFile(content);
    expect(() => load(file)).toThrow(/^((?!hunter2)[^\n])+$/);
  });

  test('takes the context that is asked for, and names one that is missing', async () => {
    const files = [
      await aFile(aKubeConfig({ server: 'https://one', name: 'one' })),
      await aFile(aKubeConfig({ server: 'https://two', name: 'two' }), 'second'),
    ];
    const env = { KUBECONFIG: files.join(delimiter) };
    expect(loadCluster({ env }).credentials.server.host).toBe('one');
    expect(loadCluster({ env, context: 'two' }).credentials.server.host).toBe('two');
    expect(() => loadCluster({ env, context: 'three' })).toThrow('it has no context "three"');
  });

  test('refuses files that do not exist, and says so', () => {
    expect(() => load('/does/not/exist')).toThrow(KubeConfigInvalid);
    expect(() => load('/does/not/exist')).toThrow('no such file');
    expect(() => load('/does/not', '/exist/either')).toThrow('none of these files exists');
  });
});
