// What a person sees of the demo: a table that redraws itself on a terminal, plain lines anywhere else.
import type { WriteStream } from 'node:tty';
import type { Entry, Story } from './story.ts';
import { callLine, eventLine, milestoneLine, seconds, table } from './table.ts';
import { isTold, type AzureCall, type SeenEvent, type World } from './world.ts';

export interface Display {
  note(text: string): void;
  reached(entry: Entry): void;
  event(event: SeenEvent): void;
  call(call: AzureCall): void;
  /** Draws the last state and leaves the screen to others. */
  end(): void;
}

export interface Scene {
  readonly story: Story;
  readonly world: World;
}

const redrawMs = 100;

export function displayOn(output: WriteStream, scene: () => Scene): Display {
  return output.isTTY ? new LiveTable(output, scene) : new PlainLines(output, scene);
}

class PlainLines implements Display {
  readonly #output: NodeJS.WritableStream;
  readonly #scene: () => Scene;

  constructor(output: NodeJS.WritableStream, scene: () => Scene) {
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

  end(): void {}

  #line(text: string): void {
    this.#output.write(`${seconds(this.#scene().story.elapsedMs)}  ${text}\n`);
  }
}

class LiveTable implements Display {
  readonly #output: WriteStream;
  readonly #scene: () => Scene;
  readonly #timer: NodeJS.Timeout;
  #drawn = 0;

  constructor(output: WriteStream, scene: () => Scene) {
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
    clearInterval(this.#timer);
    this.#draw();
    this.#drawn = 0;
  }

  #draw(): void {
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
