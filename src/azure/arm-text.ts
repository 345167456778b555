// Numbers and names that ARM gives only in its prose; every field may be missing, because prose changes.

export interface Said {
  /** A VM family: `StandardNCADSA100v4Family`. */
  readonly family?: string;
  readonly region?: string;
  readonly size?: string;
  /** vCPUs that the request needs. */
  readonly need?: number;
  readonly used?: number;
  readonly limit?: number;
  /** What is left of the limit. */
  readonly left?: number;
  /** The action that a role lacks. */
  readonly action?: string;
  /** Type and name of the linked resource that it lacks it on: `subnets/gpu`. */
  readonly linked?: string;
  /** Type and name of what a lock is on: `resourceGroups/rg`. */
  readonly locked?: string;
  readonly policy?: string;
  /** Addresses that a subnet lacks. */
  readonly addresses?: number;
  /** Azure AD's own code, `AADSTS700213`. */
  readonly aadCode?: string;
  /** What the federated token asserts and no credential has: `subject 'system:serviceaccount:a:b'`. */
  readonly asserted?: string;
  /** Names of settings that are missing. */
  readonly unset?: string;
}

// Sources: the excerpts in the catalogue of ARM's errors that this project's documentation carries, from public threads.
const words = {
  family: [/for family (\w+)/i, /exceeding approved (\w+) Cores quota/i, /(Total Regional|LowPriority) ?Cores/i],
  region: [/for region (\w+)/i, /for location (\w+)/i, /in location '?(\w+)/i, /Location: (\w+)/i],
  size: [/(Standard_\w+)/i],
  // What the identity may do, on what it was called for, stands before what it may not do on a linked resource.
  action: [/not have permission to perform action(?:\(s\))? '([\w./*]+)'/i, /perform action(?:\(s\))? '([\w./*]+)'/i],
  linked: [/linked scope\(s\) '[^',]*?([^'/,]+\/[^'/,]+)[',]/i],
  locked: [/scope\(s\) are locked: '[^',]*?([^'/,]+\/[^'/,]+)[',]/i],
  policy: [/"?policyAssignment"?:\s*\{\s*"name":\s*"([^"]{1,80})"/i, /disallowed by policy '?([\w .-]{1,80}\w)/i],
  aadCode: [/(AADSTS\d+)/],
  asserted: [/presented assertion ((?:issuer|subject|audience) '[^']{1,200}')/],
  unset: [/No workload identity \(([A-Z_, ]+) not set\)/],
} as const;

const numbers = {
  need: [/requested (?:quota )?(\d+)/i, /Additional requested: (\d+)/i, /Additional Required: (\d+)/i],
  used: [/Current in use: (\d+)/i, /Current Usage: (\d+)/i],
  limit: [/Maximum allowed: (\d+)/i, /Current Limit: (\d+)/i],
  left: [/remaining (\d+)/i, /left regional vcpu quota (\d+)/i],
  addresses: [/capacity for (\d+) IP/i],
} as const;

// As AKS and ARM end their internal errors (github.com/Azure/AKS/issues/1798, github.com/Azure/azure-cli/issues/28355).
const passing = [
  / ?Diagnostic information: (?:[a-z ]+ '[^']*',? ?)+\.?/gi,
  / ?The tracking id is '[^']*'\.?/gi,
  /,? ?\b(?:correlation|operation|trace|activity|request) id: [\w-]+/gi,
  /,? ?\btimestamp: [\w:.-]*\w/gi,
];

/** Without the ids and times that each answer has others of: a status that said them would be written for each. */
export function withoutPassing(text: string): string {
  return passing.reduce((left, pattern) => left.replaceAll(pattern, ''), text);
}

/** Reads what can be read; nothing is guessed. */
export function readSaid(text: string): Said {
  const found: Record<string, string | number> = {};
  for (const [field, patterns] of Object.entries(words)) {
    const match = firstMatch(text, patterns);
    if (match !== undefined) found[field] = match;
  }
  for (const [field, patterns] of Object.entries(numbers)) {
    const match = firstMatch(text, patterns);
    if (match !== undefined) found[field] = Number(match);
  }
  const said: Said = found;
  if (said.left !== undefined || said.limit === undefined || said.used === undefined) return said;
  return { ...said, left: Math.max(0, said.limit - said.used) };
}

function firstMatch(text: string, patterns: readonly RegExp[]): string | undefined {
  for (const pattern of patterns) {
    const match = pattern.exec(text)?.[1];
    if (match !== undefined) return match;
  }
  return undefined;
}
