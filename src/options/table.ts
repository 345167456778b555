// A table of options: each row has a flag, an environment name, a kind of value, a default and a line of help.
import type { Kind } from './kinds.ts';

interface Row<T> {
  /** Without dashes: `metrics-port`. The environment name is the same in capitals: `METRICS_PORT`. */
  readonly flag: string;
  readonly kind: Kind<T>;
  readonly help: string;
  /** One letter, for what people type often: `-o`. */
  readonly short?: string;
  /** Has no environment name: that would be a word that other programs use for something else. */
  readonly flagOnly?: true;
  /** Of a switch: a second flag, and thus a second environment name, that says the opposite. */
  readonly opposite?: string;
}

export interface Required<T> extends Row<T> {
  readonly need: 'required';
}

export interface Optional<T> extends Row<T> {
  readonly need: 'optional';
}

export interface Defaulted<T> extends Row<T> {
  readonly need: 'defaulted';
  readonly fallback: T;
}

export type Option<T> = Required<T> | Optional<T> | Defaulted<T>;

/** Rows by the name that the value has in the code, in the order of the help. */
export type Table = Readonly<Record<string, Option<unknown>>>;

type ValueOf<O> = O extends { readonly kind: Kind<infer T> } ? T : never;
type OptionalKey<T extends Table> = { [K in keyof T]: T[K] extends { readonly need: 'optional' } ? K : never }[keyof T];

/** The values of a table: an optional one that was not given is absent. */
export type Values<T extends Table> = { readonly [K in Exclude<keyof T, OptionalKey<T>>]: ValueOf<T[K]> } & {
  readonly [K in OptionalKey<T>]?: ValueOf<T[K]>;
};

export function required<T>(flag: string, kind: Kind<T>, help: string): Required<T> {
  return { need: 'required', flag, kind, help };
}

export function optional<T>(flag: string, kind: Kind<T>, help: string): Optional<T> {
  return { need: 'optional', flag, kind, help };
}

export function defaulted<T>(flag: string, kind: Kind<T>, fallback: T, help: string): Defaulted<T> {
  return { need: 'defaulted', flag, kind, fallback, help };
}

/** The environment twin of a flag. */
export function envNameOf(flag: string): string {
  return flag.replaceAll('-', '_').toUpperCase();
}
