import { expect, test } from 'vitest';
import { proxyRequest } from './service-proxy.ts';

const services = 'http://127.0.0.1/api/v1/namespaces/ns/services';

test.each([
  ['phi/proxy', { name: 'phi', port: undefined, path: '/' }],
  ['phi:80/proxy/chat', { name: 'phi', port: '80', path: '/chat' }],
  ['http:phi:http/proxy/chat?a=b', { name: 'phi', port: 'http', path: '/chat?a=b' }],
  ['phi:/proxy/', { name: 'phi', port: undefined, path: '/' }],
])('proxyRequest reads %s', (path, found) => {
  expect(proxyRequest(new URL(`${services}/${path}`))).toEqual({ namespace: 'ns', ...found });
});

test.each(['phi', 'phi/status', 'phi/proxyish'])('proxyRequest leaves %s alone', (path) => {
  expect(proxyRequest(new URL(`${services}/${path}`))).toBeUndefined();
});
