// What a person may call a thing: `machine/ws1`, `workspace/ns/phi`, `ns/phi`, or a bare name that is looked for everywhere.

const askable = ['machine', 'nodeclaim', 'workspace', 'node', 'pool'] as const;
type Askable = (typeof askable)[number];

export interface Wanted {
  /** Where it is looked for; all of them for a bare name. */
  readonly kinds: readonly Askable[];
  readonly namespace?: string;
  readonly name: string;
}

/** As kubectl takes kinds: singular, plural, short. */
const kindWords: ReadonlyMap<string, Askable> = new Map([
  ['machine', 'machine'],
  ['machines', 'machine'],
  ['nodeclaim', 'nodeclaim'],
  ['nodeclaims', 'nodeclaim'],
  ['workspace', 'workspace'],
  ['workspaces', 'workspace'],
  ['wk', 'workspace'],
  ['node', 'node'],
  ['nodes', 'node'],
  ['no', 'node'],
  ['pool', 'pool'],
  ['pools', 'pool'],
  ['nodepool', 'pool'],
  ['agentpool', 'pool'],
]);

// A DNS subdomain: nothing else can be the name of an object, or be put into a field selector.
const nameFormat = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

/** Undefined where nothing can have that name. */
export function wantedOf(text: string): Wanted | undefined {
  const words = text.split('/');
  if (words.length > 3 || words.some((word, index) => !nameFormat.test(index === 0 ? word.toLowerCase() : word)))
    return undefined;
  const [first = '', second, third] = words;
  const kind = kindWords.get(first.toLowerCase());
  if (third !== undefined) {
    return kind === 'workspace' && second !== undefined ? { kinds: [kind], namespace: second, name: third } : undefined;
  }
  if (second !== undefined) {
    return kind === undefined
      ? { kinds: ['workspace'], namespace: first, name: second }
      : { kinds: [kind], name: second };
  }
  return nameFormat.test(first) ? { kinds: askable, name: first } : undefined;
}
