import { describe, expect, it } from 'vitest';
import { checkProxy } from './proxy-setting.ts';

describe('checkProxy', () => {
  it.each([
    [{}],
    [{ HTTPS_PROXY: '' }],
    [{ HTTPS_PROXY: 'http://user:secret@proxy:3128' }],
    // Other programs take it; Azure's SDK takes the first.
    [{ https_proxy: 'https://proxy', ALL_PROXY: 'socks5://proxy' }],
  ])('takes %j', (env) => {
    expect(() => checkProxy(env)).not.toThrow();
  });

  it.each([
    [{ HTTPS_PROXY: 'not a url secret' }, 'HTTPS_PROXY'],
    [{ https_proxy: 'proxy:3128' }, 'https_proxy'],
    [{ ALL_PROXY: 'socks5://proxy' }, 'ALL_PROXY'],
  ])('refuses %j and does not repeat it', (env, name) => {
    expect(() => checkProxy(env)).toThrow(`Cannot use ${name}: it is no URL such as http://proxy:3128`);
  });
});
