// The page's only ways to change the document. Whatever comes from the feed goes in as text, never as markup.

type Content = Node | string;
type Attributes = Readonly<Record<string, string>>;

export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...content: readonly Content[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...content);
  return made;
}

/** A name, whichever way it is written, that turns nothing around it. */
export function named(text: string, attributes: Attributes = {}): HTMLElement {
  return element('bdi', attributes, text);
}

/** Only what differs is touched, so that a selection, and a reader's place, stay. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

export function show(node: HTMLElement, isShown: boolean): void {
  if (node.hidden === isShown) node.hidden = !isShown;
}

/** Throws when the document is another one than the page was written for. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new RangeError(`The document has no element "${id}"`);
  return found;
}

export interface View<T> {
  readonly node: HTMLElement;
  update(item: T): void;
}

/** A list of which each item keeps its element as long as it is there: focus and what is open stay where they are. */
export class KeyedList<T> {
  readonly #parent: HTMLElement;
  readonly #keyOf: (item: T) => string;
  readonly #create: () => View<T>;
  #views = new Map<string, View<T>>();

  constructor(parent: HTMLElement, options: { readonly keyOf: (item: T) => string; readonly create: () => View<T> }) {
    this.#parent = parent;
    this.#keyOf = options.keyOf;
    this.#create = options.create;
  }

  show(items: readonly T[]): void {
    const before = this.#views;
    this.#views = new Map();
    for (const item of items) {
      const key = this.#keyOf(item);
      const view = before.get(key) ?? this.#create();
      before.delete(key);
      view.update(item);
      this.#views.set(key, view);
    }
    for (const { node } of before.values()) node.remove();
    const focused = document.activeElement;
    let place = this.#parent.firstChild;
    for (const { node } of this.#views.values()) {
      if (node === place) place = place.nextSibling;
      else this.#parent.insertBefore(node, place);
    }
    // An element that is moved loses the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && focused.isConnected)
      focused.focus({ preventScroll: true });
  }
}
