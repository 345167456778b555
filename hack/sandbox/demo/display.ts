// What a person sees of the demo: a table that redraws itself on a terminal, plain lines anywhere else.
import type { WriteStream } from 'node:tty';
import type { Entry, Story } from './story.ts';
import { callLine, eventLine, milestoneLine, seconds, table } from './table.ts';
import { isTold, type AzureCall, type SeenEvent, type World } from './world.ts';

/** What a display needs of standard output. */
export type Output = Pick<WriteStream, 'isTTY' | 'columns' | 'rows'> & {
  write(text: string): boolean;
  moveCursor(columns: number, rows: number): boolean;
  cursorTo(column: number): boolean;
  clearScreenDown(): boolean;
};

export interface Display {
  note(text: string): void;
  reached(entry: Entry): void;
  event(event: SeenEvent): void;
  call(call: AzureCall): void;
  /** Shows the last state; from then on only notes are shown. */
  end(): void;
}

export interface Scene {
  readonly story: Story;
  readonly world: World;
}

const redrawMs = 100;

export function displayOn(output: Output, scene: () => Scene): Display {
  return output.isTTY ? new LiveTable(output, scene) : new PlainLines(output, scene);
}

class PlainLines implements Display {
  readonly #output: Output;
  readonly #scene: () => Scene;
  #over = false;

  constructor(output: Output, scene: () => Scene) {
    this.#output = output;
    this.#scene = scene;
  }

  note(text: string): void {
    this.#output.write(`${text}\n`);
  }

  reached(entry: Entry): void {
    this.#line(milestoneLine(entry));
  }

  event(event: SeenEvent): void {
    this.#line(`event  ${eventLine(event)}`);
  }

  call(call: AzureCall): void {
    if (isTold(call)) this.#line(`azure  ${callLine(call)}`);
  }

  end(): void {
    this.#over = true;
  }

  #line(text: string): void {
    if (!this.#over) this.#output.write(`${seconds(this.#scene().story.elapsedMs)}  ${text}\n`);
  }
}

class LiveTable implements Display {
  readonly #output: Output;
  readonly #scene: () => Scene;
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;
  #over = false;

  constructor(output: Output, scene: () => Scene) {
    this.#output = output;
    this.#scene = scene;
    this.#timer = setInterval(() => this.#draw(), redrawMs);
  }

  note(text: string): void {
    this.#erase();
    this.#output.write(`${text}\n`);
  }

  reached(): void {
    this.#draw();
  }

  event(): void {
    this.#draw();
  }

  call(): void {
    this.#draw();
  }

  end(): void {
    this.#draw();
    clearInterval(this.#timer);
    this.#over = true;
    this.#drawn = 0;
  }

  #draw(): void {
    if (this.#over) return;
    const { story, world } = this.#scene();
    const lines = table(story, world, { columns: this.#output.columns, rows: this.#output.rows });
    this.#erase();
    this.#output.write(lines.map((line) => `${line}\n`).join(''));
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn === 0) return;
    this.#output.moveCursor(0, -this.#drawn);
    this.#output.cursorTo(0);
    this.#output.clearScreenDown();
    this.#drawn = 0;
  }
}
