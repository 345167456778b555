// The text of --help, made from the table so that it cannot be wrong.
import { envNameOf, type Option, type Table } from './table.ts';

const width = 100;
const indent = 6;

/** Sections of options, each with its flags, environment names, defaults and a line of help. */
export function optionHelp(sections: Readonly<Record<string, Table>>): string {
  return Object.entries(sections)
    .map(([title, table]) => `${title}\n${Object.values(table).map(entry).join('')}`)
    .join('\n');
}

function entry(option: Option<unknown>): string {
  const placeholder = option.kind.placeholder === undefined ? '' : ` ${option.kind.placeholder}`;
  const names = option.opposite === undefined ? [option.flag] : [option.flag, option.opposite];
  const short = option.short === undefined ? '' : `-${option.short}, `;
  const head = `  ${short}${names.map((name) => `--${name}${placeholder}`).join(', ')}`;
  const sentence = `${option.help}${noteOf(option)}`;
  const twins =
    option.flagOnly === true ? '' : `${' '.repeat(Math.max(1, 49 - head.length))}${names.map(envNameOf).join(', ')}`;
  return `${head}${twins}\n${wrap(sentence)}`;
}

function noteOf(option: Option<unknown>): string {
  if (option.need === 'required') return ' (required)';
  return option.need === 'defaulted' ? ` (default ${option.kind.format(option.fallback)})` : '';
}

function wrap(sentence: string): string {
  const lines = [''];
  for (const word of sentence.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (indent + line.length + word.length > width) lines.push(`${word} `);
    else lines[lines.length - 1] = `${line}${word} `;
  }
  return lines.map((line) => `${' '.repeat(indent)}${line.trimEnd()}\n`).join('');
}
