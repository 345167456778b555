import { describe, expect, it } from 'vitest';
import { cloudOf, isMicrosoftAuthority } from './clouds.ts';
import { ConfigurationError } from './configuration-error.ts';
import { endpointOf } from './endpoint.ts';

describe('endpointOf', () => {
  it.each([
    [undefined, 'https://management.azure.com'],
    ['AzureUSGovernmentCloud', 'https://management.usgovcloudapi.net'],
    ['AzureChinaCloud', 'https://management.chinacloudapi.cn'],
  ])('is the one of the cloud %s', (cloud, url) => {
    expect(endpointOf({ cloud })).toMatchObject({ url, authentication: 'token', cloud: { scope: `${url}/.default` } });
  });

  it.each(['http://127.0.0.1:8080', 'http://localhost:1/', 'http://[::1]:9', 'http://127.9.9.9/base/'])(
    'lets no token go to %s',
    (armEndpoint) => {
      expect(endpointOf({ armEndpoint })).toMatchObject({
        url: armEndpoint.replace(/\/$/, ''),
        authentication: 'none',
      });
    },
  );

  it('keeps the scope of the cloud for an endpoint of its own', () => {
    expect(endpointOf({ cloud: 'china', armEndpoint: 'https://10.0.0.1:443/arm/' })).toMatchObject({
      url: 'https://10.0.0.1/arm',
      authentication: 'token',
      cloud: { scope: 'https://management.chinacloudapi.cn/.default' },
    });
  });

  it.each([
    ['http://management.azure.com', 'plain http to another machine'],
    ['http://127.0.0.1.example.com', 'plain http to another machine'],
    ['http://localhost.example.com', 'plain http to another machine'],
    ['http://10.0.0.1', 'plain http to another machine'],
    ['management.azure.com', 'not a URL'],
    ['ftp://localhost', 'neither https nor http'],
    ['https://user:secret@host', 'user or password'],
    ['https://host?x=1', 'must end with its path'],
  ])('refuses %s', (armEndpoint, words) => {
    expect(() => endpointOf({ armEndpoint })).toThrow(ConfigurationError);
    expect(() => endpointOf({ armEndpoint })).toThrow(words);
    expect(() => endpointOf({ armEndpoint })).not.toThrow('secret');
  });
});

describe('cloudOf', () => {
  it.each([
    ['AzurePublicCloud', 'AzurePublicCloud'],
    ['AZURE_PUBLIC_CLOUD', 'AzurePublicCloud'],
    ['AzureCloud', 'AzurePublicCloud'],
    ['public', 'AzurePublicCloud'],
    ['', 'AzurePublicCloud'],
    ['AZURECHINACLOUD', 'AzureChinaCloud'],
    ['china', 'AzureChinaCloud'],
    ['AzureUSGovernment', 'AzureUSGovernmentCloud'],
    ['AZURE_US_GOVERNMENT', 'AzureUSGovernmentCloud'],
    ['usgovernment', 'AzureUSGovernmentCloud'],
  ])('knows %j as %s', (name, expected) => {
    expect(cloudOf(name).name).toBe(expected);
  });

  it('names those that it knows when it does not know one', () => {
    expect(() => cloudOf('AzureGermanCloud')).toThrow(
      /"AzureGermanCloud"; known are AzurePublicCloud, AzureChinaCloud/,
    );
  });
});

describe('isMicrosoftAuthority', () => {
  it.each([
    ['https://login.microsoftonline.com/', true],
    ['https://login.chinacloudapi.cn', true],
    ['https://login.microsoftonline.us', true],
    ['https://login.microsoftonline.com.example.com', false],
    ['https://127.0.0.1:1', false],
    ['nonsense', false],
  ])('%s: %s', (host, expected) => {
    expect(isMicrosoftAuthority(host)).toBe(expected);
  });
});
