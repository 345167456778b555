// What an option's value may be: how it is read from text, what to say when it is malformed, how it is shown.

export interface Kind<T> {
  /** The value's place in `--help`; absent for a switch, which needs no value. */
  readonly placeholder?: string;
  /** Every value there is, for completion; absent where there is no end of them. */
  readonly words?: readonly string[];
  /** Ends the sentence "expected ...". */
  readonly expected: string;
  /** Undefined when the text is malformed. */
  parse(text: string): T | undefined;
  /** The value as a person would write it, without anything secret. */
  format(value: T): string;
}

export const text: Kind<string> = {
  placeholder: 'TEXT',
  expected: 'a text that is not empty',
  parse: (written) => (written === '' ? undefined : written),
  format: (value) => value,
};

const truths = new Map([
  ...['1', 't', 'true'].map((word) => [word, true] as const),
  ...['0', 'f', 'false'].map((word) => [word, false] as const),
]);

/** The words that Go's flags accept, so that values of Azure's chart mean the same. */
export const toggle: Kind<boolean> = {
  expected: 'true or false',
  parse: (written) => truths.get(written.toLowerCase()),
  format: String,
};

/** A whole number within bounds, both included. */
export function integer(bounds: { readonly min: number; readonly max: number }): Kind<number> {
  return {
    placeholder: 'NUMBER',
    expected: `a whole number from ${bounds.min} to ${bounds.max}`,
    parse(written) {
      const value = /^\d{1,15}$/.test(written) ? Number(written) : Number.NaN;
      return value >= bounds.min && value <= bounds.max ? value : undefined;
    },
    format: String,
  };
}

const unitMs = new Map([
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]);
// setTimeout turns anything above into 1 ms.
const longestMs = 2 ** 31 - 1;

/** Milliseconds, from `30s`, `5m` or `1h30m`, as Go writes durations. Zero means never, and only some accept it. */
export function duration(zero: 'refused' | 'never' = 'refused'): Kind<number> {
  return {
    placeholder: 'DURATION',
    expected: `a duration such as 30s, 5m or 1h30m, at most 24 days${zero === 'never' ? ', or 0 for never' : ''}`,
    parse(written) {
      if (zero === 'never' && /^0(?:ms|s|m|h)?$/.test(written)) return 0;
      if (!/^(?:\d+(?:\.\d+)?(?:h|ms|m|s))+$/.test(written)) return undefined;
      let sum = 0;
      for (const [, count, unit] of written.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s)/g)) {
        sum += Number(count) * (unitMs.get(unit ?? '') ?? 0);
      }
      const value = Math.round(sum);
      return value > 0 && value <= longestMs ? value : undefined;
    },
    format: formatDuration,
  };
}

function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = ms;
  let written = '';
  for (const [unit, size] of unitMs) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) written += `${count}${unit}`;
  }
  return written;
}

/** One of some words, in any case; the value is the word as listed here. */
export function oneOf<const Word extends string>(words: readonly Word[]): Kind<Word> {
  return {
    placeholder: 'WORD',
    words,
    expected: `one of ${words.join(', ')}`,
    parse: (written) => words.find((word) => word.toLowerCase() === written.toLowerCase()),
    format: (value) => value,
  };
}

/** An http or https address. One with a password in it is refused, since the options are logged. */
export const webAddress: Kind<string> = {
  placeholder: 'URL',
  expected: 'an http or https address without user name and password',
  parse(written) {
    if (!/^https?:\/\//i.test(written) || !URL.canParse(written)) return undefined;
    const { username, password } = new URL(written);
    return username === '' && password === '' ? written : undefined;
  },
  format: (value) => value,
};

const labelKey = String.raw`(?:[a-z0-9][-a-z0-9.]*/)?[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?`;
const labelValue = String.raw`(?:[A-Za-z0-9](?:[-\w.]*[A-Za-z0-9])?)?`;
const labelRequirement = [
  `!?${labelKey}`,
  String.raw`${labelKey}\s*(?:=|==|!=)\s*${labelValue}`,
  String.raw`${labelKey}\s+(?:in|notin)\s*\(\s*${labelValue}(?:\s*,\s*${labelValue})*\s*\)`,
].join('|');
const labelSelectorSyntax = new RegExp(String.raw`^(?:${labelRequirement})(?:\s*,\s*(?:${labelRequirement}))*$`);

/** As kubectl's `--selector` takes it. The API server has the last word; this catches what it would refuse for ever. */
export const labelSelector: Kind<string> = {
  placeholder: 'SELECTOR',
  expected: 'a label selector such as team=a,tier!=b or "team in (a, b)"',
  parse: (written) => (labelSelectorSyntax.test(written) ? written : undefined),
  format: (value) => value,
};
