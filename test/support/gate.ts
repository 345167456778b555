// A way to a server that can be shut: connections are accepted as ever, and then nothing is said on them.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

export class Gate {
  readonly #target: URL;
  readonly #server = createServer({ pauseOnConnect: true }, (client) => this.#admit(client));
  readonly #sockets = new Set<Socket>();
  #held: Socket[] = [];
  #isShut = false;

  private constructor(target: URL) {
    this.#target = target;
  }

  /** In front of `target`, and open; it closes with the test. */
  static async before(target: URL): Promise<Gate> {
    const gate = new Gate(target);
    await new Promise<void>((resolve) => {
      gate.#server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => {
      gate.#server.close();
      for (const socket of gate.#sockets) socket.destroy();
    });
    return gate;
  }

  get url(): URL {
    const { port }: Partial<AddressInfo> = Object(this.#server.address());
    return new URL(`${this.#target.protocol}//127.0.0.1:${port}`);
  }

  /** Sockets that are open now, on both sides. */
  get sockets(): number {
    return this.#sockets.size;
  }

  /** Connections that were accepted and have heard nothing since. */
  get held(): number {
    return this.#held.filter((socket) => !socket.destroyed).length;
  }

  /** Cuts all connections; new ones hear nothing. */
  shut(): void {
    this.#isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Those that waited are served, too. */
  open(): void {
    this.#isShut = false;
    for (const client of this.#held.splice(0)) this.#pass(client);
  }

  #admit(client: Socket): void {
    this.#keep(client);
    if (this.#isShut) this.#held.push(client);
    else this.#pass(client);
  }

  #pass(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    this.#keep(server);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    client.pipe(server);
    server.pipe(client);
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => undefined);
  }
}
