import { describe, expect, it } from 'vitest';
import { helpText, parseOptions } from '../options.ts';
import { commandsOfPeople, isCommandOfPeople } from './commands.ts';

function asked(argv: readonly string[], env: Record<string, string> = {}, podNamespace?: string): object {
  return parseOptions({ argv, env, ...(podNamespace === undefined ? {} : { podNamespace }) });
}

describe('parseOptions of commands for people', () => {
  it.each([
    [['why', 'ws1'], { command: 'why', options: { name: 'ws1', output: 'text' } }],
    [['why', '-o', 'json', 'ws1'], { command: 'why', options: { name: 'ws1', output: 'json' } }],
    [['why', 'ws1', '-o=json'], { command: 'why', options: { name: 'ws1', output: 'json' } }],
    [['why', 'ws1', '-ojson'], { command: 'why', options: { name: 'ws1', output: 'json' } }],
    [
      ['status', '--output=json', '--namespace', 'x'],
      { command: 'status', options: { output: 'json', namespace: 'x' } },
    ],
    [['doctor', '--arm-subscription-id=s'], { command: 'doctor', options: { subscriptionId: 's' } }],
    [['completion', 'zsh'], { command: 'completion', shell: 'zsh' }],
    [['why', '--help'], { command: 'help', of: 'why' }],
    [['status', '--version'], { command: 'version' }],
  ])('reads %j', (argv, expected) => {
    expect(asked(argv)).toMatchObject({ ok: true, ...expected });
  });

  it('needs nothing of the environment but the kubeconfig, since NAMESPACE and OUTPUT may mean anything there', () => {
    const env = { KUBECONFIG: '/k', NAMESPACE: 'x', OUTPUT: 'mp3' };
    expect(asked(['status'], env)).toEqual({
      ok: true,
      command: 'status',
      options: { output: 'text', kubeconfig: '/k' },
    });
  });

  it('takes the namespace of its own pod for that of the controller', () => {
    expect(asked(['doctor'], {}, 'pod')).toMatchObject({ options: { namespace: 'pod' } });
    expect(asked(['doctor', '--namespace=flag'], {}, 'pod')).toMatchObject({ options: { namespace: 'flag' } });
  });

  it.each([
    [['why'], 'Missing NAME: why NAME'],
    [['why', 'a', 'b'], 'Unexpected argument "b"'],
    [['status', 'a'], 'Unexpected argument "a"'],
    [['status', '-o', 'yaml'], 'Malformed -o "yaml": expected one of text, json'],
    [['status', '--metrics-port=1'], 'Unknown flag --metrics-port'],
    [['statsu'], 'Unknown command statsu; did you mean status?'],
    [['completion'], 'Missing SHELL: completion SHELL'],
    [['completion', 'ksh'], 'Unknown shell "ksh": expected one of bash, zsh, fish'],
  ])('answers %j with: %s', (argv, message) => {
    expect(asked(argv)).toMatchObject({ ok: false, exitCode: 2, message: expect.stringContaining(message) });
  });
});

describe('helpText of commands for people', () => {
  const names = Object.keys(commandsOfPeople).filter(isCommandOfPeople);

  it.each(names)('%s shows its usage by the name that the program was called by, in 100 columns', (of) => {
    const help = helpText({ of, program: 'kubectl gpu_provisioner' });
    expect(help).toContain(`Usage: kubectl gpu_provisioner ${of}`);
    expect(Math.max(...help.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('the help of the program names each of them', () => {
    for (const name of names) expect(helpText()).toMatch(new RegExp(`^  ${name} +\\w`, 'm'));
  });

  it('shows the letter of a flag, and no environment name where it has none', () => {
    expect(helpText({ of: 'status' })).toMatch(/^ {2}-o, --output WORD$/m);
  });
});
