// docs/conformance.md as text.
import { withoutIds } from './checklist.ts';
import type { CoveredLine, CoveredSection } from './coverage.ts';

const head = `# Conformance

What a replacement must do is written in the tests of what it replaces: Azure/gpu-provisioner, and the Karpenter that it carries. Each
line below is one of theirs, by its own title, with the test of ours that covers it. \`npm run conformance\` writes this page from the
results of \`npm test\`, and refuses to when a line has neither a test that passed nor a reason. A reason is accepted only where
gpu-provisioner itself differs from Karpenter's test, for prices, for what it never used, where a claim would be deleted because
of a failure, which never happens here, and for the Node of a pool that is gone for certain: only Azure says what exists.
`;

/** The page; the same for the same results, in whatever order they came. */
export function conformancePage(sections: readonly CoveredSection[]): string {
  return [head, ...sections.map(sectionText)].join('\n');
}

function sectionText({ title, lines }: CoveredSection): string {
  return [
    `## ${title}\n`,
    '| | what it asks for | what covers it |',
    '| --- | --- | --- |',
    ...lines.map(row),
    '',
  ].join('\n');
}

function row({ id, title, tests, reason }: CoveredLine): string {
  const links = [...new Set(tests.map(({ name, file }) => `[${cell(withoutIds(name))}](../${file})`))].toSorted();
  const covers = [...(reason === undefined ? [] : [`Differs: ${cell(reason)}`]), ...links];
  return `| ${id} | ${cell(title)} | ${covers.join('<br>')} |`;
}

function cell(text: string): string {
  return text.replace(/[|[\]<>*_\\]/g, (character) => `\\${character}`);
}
