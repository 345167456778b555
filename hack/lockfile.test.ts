// A registry that lacks a package for another platform makes npm leave it out of the lockfile, and `npm ci` then refuses it.
import { expect, test } from 'vitest';
import lockfile from '../package-lock.json' with { type: 'json' };
import manifest from '../package.json' with { type: 'json' };

interface Locked {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly resolved?: string;
  readonly [field: string]: unknown;
}

const packages = new Map<string, Locked>(Object.entries(lockfile.packages));

/** Where Node looks for `name` from the package at `path`: there, then in each folder above. */
function isLocked(name: string, path: string): boolean {
  if (packages.has(`${path === '' ? '' : `${path}/`}node_modules/${name}`)) return true;
  if (path === '') return false;
  return isLocked(name, path.slice(0, Math.max(0, path.lastIndexOf('/node_modules/'))));
}

test('the lockfile names every optional package, of this platform or not', () => {
  const missing = [...packages].flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(name, path)),
  );
  expect(missing).toEqual([]);
});

test('the lockfile names no registry', () => {
  expect([...packages.values()].flatMap(({ resolved }) => resolved ?? [])).toEqual([]);
});

test('dependencies are exact versions', () => {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  const versions = Object.values({ ...dependencies, ...devDependencies, ...optionalDependencies });
  expect(versions.filter((version) => !/^\d+\.\d+\.\d+$/u.test(version))).toEqual([]);
});
