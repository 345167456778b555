import { expect, test } from 'vitest';
import { compileJsonPath, InvalidJsonPath } from './json-path.ts';

const object = {
  metadata: { labels: { 'node.kubernetes.io/instance-type': 'Standard_NC6s_v3', "it's": 'quoted' } },
  status: {
    conditions: [
      { type: 'Ready', status: 'True', n: 2 },
      { type: 'Launched', status: 'False', n: 1 },
    ],
    nodeName: null,
  },
};

test.each([
  ['.metadata.labels.node\\.kubernetes\\.io/instance-type', ['Standard_NC6s_v3']],
  [".metadata.labels['node.kubernetes.io/instance-type']", ['Standard_NC6s_v3']],
  ['.metadata.labels["it\'s"]', ['quoted']],
  ['.status.conditions[?(@.type=="Ready")].status', ['True']],
  [".status.conditions[?(@.type=='Launched')].status", ['False']],
  ['.status.conditions[?(@.type != "Ready")].type', ['Launched']],
  ['.status.conditions[?(@.n>1)].type', ['Ready']],
  ['.status.conditions[?(@.n<=2)].type', ['Ready', 'Launched']],
  ['.status.conditions[?(@.reason)].type', []],
  ['.status.conditions[*].type', ['Ready', 'Launched']],
  ['.status.conditions[0].type', ['Ready']],
  ['.status.conditions[-1].type', ['Launched']],
  ['.status.conditions[1:].type', ['Launched']],
  ['.status.conditions[7].type', []],
  ['.status.nodeName', [null]],
  ['.spec.nothing', []],
  ['.metadata.toString', []],
])('compileJsonPath(%s)', (path, found) => {
  expect(compileJsonPath(path)(object)).toEqual(found);
});

test.each(['.a[', '.a[?(@.b==oops)]', '.a[b c]'])('compileJsonPath refuses %s', (path) => {
  expect(() => compileJsonPath(path)).toThrow(InvalidJsonPath);
});
