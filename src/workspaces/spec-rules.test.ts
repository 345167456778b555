// The twin of the CRD's rules: what the one refuses the other refuses, in the same words.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { isObject } from '../../hack/sandbox/aks/json.ts';
import { compileCrd } from '../../hack/sandbox/kube/crd/compile.ts';
import { anyWorkspaceSpec, faultless, missing, mistakes } from '../../test/support/workspace-mistakes.ts';
import { aClaimOf, aNodeOf, aPlanInput, aWorkspace } from '../../test/support/workspaces.ts';
import type { Workspace } from '../apis/workspace.gen.ts';
import { planWorkspace } from './plan.ts';
import { brokenRule } from './spec-rules.ts';

const definition: unknown = parse(
  readFileSync(new URL('../../crds/kaito.sh_workspaces.yaml', import.meta.url), 'utf8'),
);
const [version] = compileCrd(definition).versions;
const { adapter, inference, resource } = faultless;

/** As the API server sends it: the fields are whatever its CRD lets in, whatever the type says. */
function kept(spec: object, wish: { readonly deleting?: boolean } = {}): Workspace {
  const { apiVersion, kind, metadata } = aWorkspace(wish);
  const workspace: Workspace = JSON.parse(JSON.stringify({ apiVersion, kind, metadata, ...spec }));
  return workspace;
}

/** Whether our own CRD takes it. */
function isTaken(spec: object): boolean {
  return version?.validate(version.applyDefaults(kept(spec))).length === 0;
}

/** The words of every rule that asks about an object as it is, wherever it stands. */
function wordsIn(json: unknown): readonly string[] {
  if (Array.isArray(json)) return json.flatMap(wordsIn);
  if (!isObject(json)) return [];
  const { message, rule } = json;
  if (typeof message === 'string' && typeof rule === 'string') return rule.includes('oldSelf') ? [] : [message];
  return Object.values(json).flatMap(wordsIn);
}

describe('brokenRule', () => {
  it.each(mistakes)('says "$message"', ({ message, spec }) => {
    expect(brokenRule(kept({ resource, ...spec }))).toContain(message);
  });

  it('has the words of every rule of the CRD', () => {
    const words = new Set(wordsIn(definition));
    expect(words.size).toBeGreaterThan(15);
    expect(new Set(mistakes.map(({ message }) => message))).toEqual(words);
  });

  it.each([
    ...missing,
    { message: 'resource.count: must be from 1 to 100', spec: { inference, resource: { ...resource, count: 101 } } },
    {
      message: 'inference.adapters[1].source: Adapter must have a name',
      spec: { inference: { ...inference, adapters: [adapter, { source: {} }] } },
    },
  ])('begins with the field: "$message"', ({ message, spec }) => {
    expect(brokenRule(kept({ resource, ...spec }))?.startsWith(message)).toBe(true);
  });

  it('takes what the CRD takes, and refuses what it refuses', () => {
    fc.assert(
      fc.property(anyWorkspaceSpec, (spec) => {
        expect(brokenRule(kept(spec)) === undefined).toBe(isTaken(spec));
      }),
    );
  });
});

test('planWorkspace never throws, buys nothing that the CRD refuses, and lets go of anything', () => {
  const there = { claims: [aClaimOf(aWorkspace(), 0)], nodes: [aNodeOf(aWorkspace(), 0)] };
  fc.assert(
    fc.property(anyWorkspaceSpec, fc.boolean(), (spec, isServed) => {
      const { createClaims, write } = planWorkspace(aPlanInput(kept(spec), isServed ? there : {}));
      expect(isTaken(spec) || createClaims.length + write.length === 0).toBe(true);
      expect(planWorkspace(aPlanInput(kept(spec, { deleting: true })))).toMatchObject({ finalizer: 'remove' });
    }),
  );
});
