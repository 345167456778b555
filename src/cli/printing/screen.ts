// What is written to: how wide it is, and whether it shows colours.

export interface Screen {
  /** Undefined: not a terminal, so nothing is cut. */
  readonly columns: number | undefined;
  readonly colours: boolean;
}

interface Stream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** No colour outside of a terminal, on a dumb one, or where NO_COLOR is set (no-color.org). */
export function screenOf(stream: Stream, env: Readonly<Record<string, string | undefined>>): Screen {
  const isTerminal = stream.isTTY === true;
  return {
    columns: isTerminal ? Math.max(40, stream.columns ?? 80) : undefined,
    colours: isTerminal && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
  };
}

const codes = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39] } as const;
export type Style = keyof typeof codes;

/** The text in that style, or as it is. */
export function styled(text: string, style: Style | undefined, { colours }: Screen): string {
  if (!colours || style === undefined || text === '') return text;
  const [on, off] = codes[style];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}
