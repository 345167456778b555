import { describe, expect, it } from 'vitest';
import { guaranteeProblems } from './guarantees.ts';

const passed = { file: 'src/a.test.ts', name: 'group holds', title: 'K17-NT25 holds', passed: true };

function readme(...items: readonly string[]): string {
  return `# It\n\n## What it guarantees\n\nWords.\n\n${items.map((item) => `- ${item}\n`).join('')}\n## More\n\n- not one\n`;
}

describe('guaranteeProblems', () => {
  it('is satisfied when each names a test that passed, also over a line break', () => {
    expect(guaranteeProblems(readme('It holds:\n  [holds](src/a.test.ts).'), [passed])).toEqual([]);
  });

  it.each([
    ['names no test', readme('It holds.'), 'No test holds the guarantee "It holds."'],
    ['names a test of another file', readme('[holds](src/b.test.ts)'), 'did not run'],
    ['names a test of another title', readme('[held](src/a.test.ts)'), 'did not run'],
    ['guarantees nothing', readme(), 'guarantees nothing'],
    ['has no such section', '# It\n', 'has no'],
  ])('complains of a README that %s', (_, text, problem) => {
    expect(guaranteeProblems(text, [passed])).toEqual([expect.stringContaining(problem)]);
  });

  it('complains of a test that failed', () => {
    const [problem] = guaranteeProblems(readme('[holds](src/a.test.ts)'), [{ ...passed, passed: false }]);
    expect(problem).toContain('failed');
  });
});
