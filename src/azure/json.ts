// Reading ARM's JSON: every field is checked before it is believed, and what is malformed is an error, never a guess.

/** An answer of ARM's that is not what its specification says. */
export class MalformedAnswer extends Error {
  readonly code = 'MALFORMED_ANSWER';

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'MalformedAnswer';
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The text as JSON, or `undefined`: gateways answer with HTML. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is an answer, too: the caller says what it means.
    return undefined;
  }
}

/** Fields of an object, named for the message; `null` counts as absent, as ARM writes either. */
export class Fields {
  readonly #object: JsonObject;
  readonly #where: string;

  /** Throws MalformedAnswer when `value` is no object. */
  constructor(value: unknown, where: string) {
    if (!isObject(value)) throw new MalformedAnswer(`${where} is not an object`);
    this.#object = value;
    this.#where = where;
  }

  text(name: string): string {
    return this.optionalText(name) ?? this.#fail(name, 'is missing');
  }

  optionalText(name: string): string | undefined {
    const value = this.#object[name] ?? undefined;
    return value === undefined || typeof value === 'string' ? value : this.#fail(name, 'is not a string');
  }

  optionalNumber(name: string): number | undefined {
    const value = this.#object[name] ?? undefined;
    return value === undefined || typeof value === 'number' ? value : this.#fail(name, 'is not a number');
  }

  optionalFlag(name: string): boolean | undefined {
    const value = this.#object[name] ?? undefined;
    return value === undefined || typeof value === 'boolean' ? value : this.#fail(name, 'is not a boolean');
  }

  fields(name: string): Fields {
    return new Fields(this.#object[name], `${this.#where}.${name}`);
  }

  optionalObject(name: string): JsonObject | undefined {
    const value = this.#object[name] ?? undefined;
    return value === undefined || isObject(value) ? value : this.#fail(name, 'is not an object');
  }

  optionalFields(name: string): Fields | undefined {
    return (this.#object[name] ?? undefined) === undefined ? undefined : this.fields(name);
  }

  requiredList(name: string): readonly unknown[] {
    const value = this.#object[name];
    return Array.isArray(value) ? value : this.#fail(name, 'is not an array');
  }

  /** Absent is empty. */
  list(name: string): readonly unknown[] {
    return (this.#object[name] ?? undefined) === undefined ? [] : this.requiredList(name);
  }

  /** Absent is empty. */
  texts(name: string): readonly string[] {
    return this.list(name).map((value) =>
      typeof value === 'string' ? value : this.#fail(name, 'has an entry that is not a string'),
    );
  }

  /** Absent is empty. */
  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.#object[name] ?? {};
    if (!isObject(value)) return this.#fail(name, 'is not an object');
    const entries = Object.entries(value).map(([key, text]): [string, string] =>
      typeof text === 'string' ? [key, text] : this.#fail(`${name}.${key}`, 'is not a string'),
    );
    return Object.fromEntries(entries);
  }

  #fail(name: string, what: string): never {
    throw new MalformedAnswer(`${this.#where}.${name} ${what}`);
  }
}
