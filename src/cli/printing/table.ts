// Columns for people, as kubectl writes them; the last one is cut to the width of the terminal.
import { columnsOf, cut, plain } from './plain.ts';
import { styled, type Screen, type Style } from './screen.ts';

export interface Row {
  readonly cells: readonly string[];
  readonly style?: Style | undefined;
}

const gap = '   ';

/** One line each, the titles first. Every row has as many cells as there are titles. */
export function tableLines(titles: readonly string[], rows: readonly Row[], screen: Screen): readonly string[] {
  const all = [titles, ...rows.map(({ cells }) => cells.map(plain))];
  const widths = titles.map((_, column) => Math.max(...all.map((cells) => columnsOf(cells[column] ?? ''))));
  const lines = all.map((cells) =>
    cells
      .map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - columnsOf(cell)))
      .join(gap)
      .trimEnd(),
  );
  return lines.map((line, index) =>
    styled(cut(line, screen.columns ?? Infinity), index === 0 ? 'bold' : rows[index - 1]?.style, screen),
  );
}
