// The tests of the provisioners before us, by id: what a replacement has to show. Titles are upstream's own.
import data from './checklist.json' with { type: 'json' };

/** One test of Azure/gpu-provisioner, karpenter-core v0.29.2 (Machine) or karpenter v1.7.0 (NodeClaim). */
export interface Line {
  readonly id: string;
  readonly title: string;
}

export interface Section {
  readonly title: string;
  readonly lines: readonly Line[];
}

export const checklist: readonly Section[] = data.sections.map(({ title, lines }) => ({
  title,
  lines: Object.entries(lines).map(([id, name]) => ({ id, title: name })),
}));

const idPattern = /\b(?:E2[MN]\d|GP[MN]\d{2}|K(?:29|17)-[A-Z]{2}\d{2})\b/g;

/** The ids that the name of a test carries, each once. */
export function idsIn(name: string): readonly string[] {
  return [...new Set(name.match(idPattern))];
}

/** The name without its ids. */
export function withoutIds(name: string): string {
  return name
    .replace(idPattern, '')
    .replace(/\s*,(?=\s*[,:])/g, '')
    .replace(/(^|\s)[,:](?=\s|$)/g, ' ')
    .replace(/\(\s*\)/g, '')
    .replace(/\s+/g, ' ')
    .trim();
}
