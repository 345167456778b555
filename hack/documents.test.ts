// What the documents name is there: files, headings, flags, scripts, metrics and values of the chart; and no page is lost.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import manifest from '../package.json' with { type: 'json' };
import { helpText } from '../src/options.ts';
import { commandsOfPeople, isCommandOfPeople } from '../src/options/commands.ts';
import { anchorOf } from './generate/markdown.ts';
import { usage as demoUsage } from './sandbox/demo/arguments.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** Texts with places in them (hack/generate) are looked at as the pages that they become. */
const pages = globSync(['*.md', 'docs/**/*.md', 'charts/**/*.md', 'src/**/*.md', 'test/**/*.md'], {
  cwd: root,
  exclude: (path) => path.includes('node_modules'),
}).toSorted();

const fence = /^( *)```[^\n]*\n([\s\S]*?)^\1```$/gmu;
const linkTarget = /(?<!!)\[(?:[^\]\\]|\\.|\[[^\]]*\])*\]\(([^()\s]+)\)|!\[[^\]]*\]\(([^()\s]+)\)/gu;

const prose = (page: string): string => read(page).replaceAll(fence, '');
const code = (page: string): string => [...read(page).matchAll(fence)].map(([, , text = '']) => text).join('\n');
const spans = (page: string): readonly string[] =>
  [...prose(page).matchAll(/`([^`\n]+)`/gu)].map(([, text = '']) => text);

const namesIn = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/gu)].map(([, name = '']) => name);

interface Link {
  readonly from: string;
  readonly target: string;
  /** In the repository. */
  readonly path: string;
  readonly anchor: string | undefined;
}

function linksOf(page: string): readonly Link[] {
  const text = prose(page).replaceAll(/`[^`\n]*`/gu, '');
  return [...text.matchAll(linkTarget)]
    .map(([, link, image]) => link ?? image ?? '')
    .filter((target) => !/^[a-z]+:/u.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#');
      return { from: page, target, path: file === '' ? page : normalize(join(dirname(page), file)), anchor };
    });
}

/** As GitHub numbers them when a heading comes again. */
function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(page).matchAll(/^#{1,6} (.+)$/gmu)) {
    const anchor = anchorOf(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/gu, '$1'));
    let unique = anchor;
    for (let again = 1; anchors.has(unique); again += 1) unique = `${anchor}-${again}`;
    anchors.add(unique);
  }
  return anchors;
}

describe.each(pages)('%s', (page) => {
  const links = linksOf(page);

  test('links to files that exist', () => {
    expect(links.filter(({ path }) => !existsSync(join(root, path))).map(({ target }) => target)).toEqual([]);
  });

  test('links to headings that exist', () => {
    const broken = links.filter(
      ({ anchor, path }) =>
        anchor !== undefined && path.endsWith('.md') && existsSync(join(root, path)) && !anchorsOf(path).has(anchor),
    );
    expect(broken.map(({ target }) => target)).toEqual([]);
  });

  test('names npm scripts that exist', () => {
    const named = [...read(page).matchAll(/npm run (?:--silent )?([a-z][a-z0-9:-]*)/gu)].map(
      ([, script = '']) => script,
    );
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  });

  test('names programs that npx finds in a checkout', () => {
    const typed = [...spans(page), code(page)].join('\n');
    const named = [...typed.matchAll(/\bnpx (?:--prefix \S+ )?([a-z][\w-]*)/gu)].map(([, program = '']) => program);
    expect(named.filter((program) => !Object.hasOwn(manifest.bin, program))).toEqual([]);
  });

  test('names flags that exist', () => {
    expect(flagsNamedIn(page).filter((flag) => !known.has(flag))).toEqual([]);
  });

  test('names metrics that exist', () => {
    const named = [...read(page).matchAll(/\bgpu_provisioner_[a-z_]*[a-z]\b(?!\*|_\*)/gu)].map(([name]) => name);
    expect(named.filter((name) => !isMetric(name))).toEqual([]);
  });

  test('names values that the chart has', () => {
    expect(spans(page).filter((span) => isValueLike(span) && !isValue(span))).toEqual([]);
  });
});

test('every page can be reached from the README', () => {
  const reached = new Set(['README.md']);
  for (const page of reached)
    for (const { path } of linksOf(page))
      if (pages.includes(path)) reached.add(path);
      else if (pages.includes(join(path, 'README.md'))) reached.add(join(path, 'README.md'));
  expect(pages.filter((page) => page.startsWith('docs/') && !reached.has(page))).toEqual([]);
});

const flagsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<![\w-])--([a-z][a-z-]*[a-z])/gu)].map(([, flag = '']) => flag);

/** Of other people's programs, where the text names them without the program. */
const elsewhere = [
  'max-old-space-size',
  'build-arg',
  'proxy',
  'tags',
  'no-hooks',
  'prefix',
  'set',
  'custom-resource-state-config-file',
];
const helpTexts = [
  helpText(),
  ...Object.keys(commandsOfPeople)
    .filter(isCommandOfPeople)
    .map((of) => helpText({ of })),
];
const known: ReadonlySet<string> = new Set([...[...helpTexts, demoUsage].flatMap(flagsIn), ...elsewhere]);

/** Where a flag stands alone in a code span, and where our own program is called. */
function flagsNamedIn(page: string): readonly string[] {
  const alone = spans(page).filter((span) => /^--[a-z]/u.test(span));
  const calls = code(page)
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) =>
      /(?:^|\s)(?:gpu-provisioner (?:run|status|why|doctor|release-nodes|completion)|\S*dist\/main\.js)\b/u.test(line),
    );
  return [...alone, ...calls].flatMap((text) => flagsIn(text.replace(/#.*$/u, '')));
}

const families: ReadonlySet<string> = new Set(
  [...read('docs/metrics.md').matchAll(/^### (.+)$/gmu)].map(([, name = '']) => name),
);

function isMetric(name: string): boolean {
  // A prefix of several, and series of a histogram.
  return families.has(name) || families.has(name.replace(/_(?:bucket|sum|count)$/u, '')) || name === 'gpu_provisioner';
}

test('docs/monitoring.md calls no family, and no label, of Karpenter absent that is served', () => {
  const [, after = ''] = read('docs/monitoring.md').split('### Dashboards made for Karpenter\n');
  const [told = ''] = after.split('\n## ');
  const [labels = [], absent = []] = [...told.matchAll(/(?:^\|.*\n)+/gmu)].map(([table]) =>
    table
      .split('\n')
      .slice(2)
      .flatMap((row) => namesIn(row.split('|')[1] ?? '')),
  );
  const served = [...read('docs/metrics.md').matchAll(/^- `((?:karpenter|operator)_[a-z_]+)` (.*)$/gmu)];
  const lacking = ['nodepool', 'provisioner', 'capacity_type', 'zone', 'image_id'];
  expect(labels).toEqual([...lacking, 'reason']);
  expect(absent.length).toBeGreaterThan(5);
  for (const [, name = '', rest = ''] of served) {
    expect(absent.filter((family) => name.startsWith(family.replace('*', '')))).toEqual([]);
    expect(lacking.filter((label) => namesIn(rest).includes(label))).toEqual([]);
  }
});

const values: unknown = parse(read('charts/gpu-provisioner/values.yaml'));
/** Of other people's charts, and a finalizer. */
const elsewhereValues: ReadonlySet<string> = new Set(['rbac.extraRules', 'workspace.finalizer.kaito.sh']);
const sections: ReadonlySet<string> = new Set(
  Object.entries(Object(values))
    .filter(([, value]) => typeof value === 'object' && value !== null && !Array.isArray(value))
    .map(([key]) => key),
);

function isValueLike(span: string): boolean {
  if (span.endsWith('.ts') || elsewhereValues.has(span)) return false;
  const [first = '', ...rest] = span.replace(/=.*$/u, '').split('.');
  return rest.length > 0 && sections.has(first) && /^[A-Za-z.]+$/u.test(rest.join('.'));
}

function isValue(span: string): boolean {
  const path = span.replace(/=.*$/u, '').split('.');
  return path.reduce<unknown>((value, key) => Object(value)[key], values) !== undefined;
}
