// Label selectors of the query string, read token by token as the real parser does, with its errors.
import { labelValueProblems, qualifiedNameProblems } from './names.ts';
import { badRequest } from './status.ts';

export type LabelTest = (labels: Readonly<Record<string, string>>) => boolean;

const tokenPattern = /\s*(==|!=|[=<>!(),]|[^\s=<>!(),]+)/gy;
const special = new Set(['==', '!=', '=', '<', '>', '!', '(', ')', ',']);

class Tokens {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(tokenPattern)].map(([, token = '']) => token);
  }

  /** The next token; empty at the end. */
  peek(): string {
    return this.#tokens[this.#next] ?? '';
  }

  take(): string {
    const token = this.peek();
    this.#next++;
    return token;
  }
}

function unparsed(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}

function keyFrom(tokens: Tokens): string {
  const key = tokens.take();
  if (key === '' || special.has(key)) throw unparsed(`found '${key}', expected: identifier`);
  const [problem] = qualifiedNameProblems(key);
  if (problem !== undefined) throw unparsed(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  return key;
}

function checkValues(key: string, values: readonly string[]): void {
  for (const [index, value] of values.entries()) {
    const [problem] = labelValueProblems(value);
    if (problem !== undefined) {
      throw unparsed(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
    }
  }
}

/** The values of `in` and `notin`: `(a,b)`, where nothing between commas is the empty value. */
function setFrom(tokens: Tokens): string[] {
  const opening = tokens.take();
  if (opening !== '(') throw unparsed(`found '${opening}' expected: '('`);
  const values: string[] = [];
  for (;;) {
    const token = tokens.take();
    if (token === ',' || token === ')') values.push('');
    else if (special.has(token) || token === '') throw unparsed(`found '${token}', expected: ',', ')' or identifier`);
    else values.push(token);
    const after = token === ',' || token === ')' ? token : tokens.take();
    if (after === ')') return values;
    if (after !== ',') throw unparsed(`found '${after}', expected: ',' or ')'`);
  }
}

/** The value after `=`: nothing at all is the empty value. */
function exactFrom(tokens: Tokens): string {
  const token = tokens.peek();
  if (token === '' || token === ',') return '';
  tokens.take();
  if (special.has(token)) throw unparsed(`found '${token}', expected: identifier`);
  return token;
}

function requirement(tokens: Tokens): LabelTest {
  if (tokens.peek() === '!') {
    tokens.take();
    const absent = keyFrom(tokens);
    return (labels) => labels[absent] === undefined;
  }
  const key = keyFrom(tokens);
  const operator = tokens.peek();
  if (operator === '' || operator === ',') return (labels) => labels[key] !== undefined;
  tokens.take();
  if (operator === 'in' || operator === 'notin') {
    const values = setFrom(tokens);
    checkValues(key, values);
    if (operator === 'in') return (labels) => labels[key] !== undefined && values.includes(labels[key]);
    return (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  if (!['=', '==', '!=', '<', '>'].includes(operator)) {
    throw unparsed(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
  const value = exactFrom(tokens);
  checkValues(key, [value]);
  if ((operator === '<' || operator === '>') && !/^[+-]?\d+$/.test(value)) {
    throw unparsed(
      `values[0][${key}]: Invalid value: "${value}": for 'Gt', 'Lt' operators, the value must be an integer`,
    );
  }
  if (operator === '<') return (labels) => labels[key] !== undefined && Number(labels[key]) < Number(value);
  if (operator === '>') return (labels) => labels[key] !== undefined && Number(labels[key]) > Number(value);
  return (labels) => (labels[key] === value) === (operator !== '!=');
}

/** Every requirement of a selector; throws a 400. An empty selector has none. */
export function parseLabelSelector(text: string): LabelTest[] {
  const tokens = new Tokens(text);
  const tests: LabelTest[] = [];
  if (tokens.peek() === '') return tests;
  for (;;) {
    tests.push(requirement(tokens));
    const after = tokens.take();
    if (after === '') return tests;
    if (after !== ',') throw badRequest(`found '${after}', expected: ',' or 'end of string'`);
    if (tokens.peek() === '') throw badRequest(`found '', expected: identifier after ','`);
  }
}
