import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isToolName, moduleDir, toolNames, toolOf } from './catalogue.ts';

const goMod = readFileSync(`${moduleDir}go.mod`, 'utf8');

test('toolOf names the main packages that go.mod pins as tools, and all of them', () => {
  const block = /^tool \(\n(?<paths>[^)]*)\)/m.exec(goMod)?.groups?.['paths'] ?? '';
  const pinned = block.split('\n').flatMap((line) => line.trim() || []);

  expect(toolNames.map((name) => toolOf(name).mainPackage).toSorted()).toEqual(pinned.toSorted());
});

test('toolOf stamps the version that go.mod requires', () => {
  const version = /^\tk8s\.io\/kubernetes (?<version>v1\.\d+\.\d+)/m.exec(goMod)?.groups?.['version'];

  expect(version).toBeDefined();
  expect(toolOf('kube-apiserver').stamped).toContain(`k8s.io/component-base/version.gitVersion=${version}`);
});

test('go.mod replaces every staging module by the release of the same Kubernetes', () => {
  const [, minorAndPatch] = /^\tk8s\.io\/kubernetes v1\.(\d+\.\d+)/m.exec(goMod) ?? [];
  const replaced = [...goMod.matchAll(/=> k8s\.io\/[a-z-]+ (v\S+)/g)].map(([, version]) => version);

  expect(replaced.length).toBeGreaterThan(25);
  expect(new Set(replaced)).toEqual(new Set([`v0.${minorAndPatch}`]));
});

test('isToolName knows the tools and nothing else', () => {
  expect(toolNames.every(isToolName)).toBe(true);
  expect(isToolName('kubelet')).toBe(false);
});
