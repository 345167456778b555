// Output that arrives whole: the process ends right after it, and a pipe takes its time (on macOS, for one).
import type { Writable } from 'node:stream';

/** Resolves when it is written, or when whoever read it has seen enough (`| head`). Rejects with any other failure. */
export function say(text: string, stream: Pick<Writable, 'write' | 'once'> = process.stdout): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const settle = (error: Error | null | undefined): void => {
    if (error === null || error === undefined || ('code' in error && error.code === 'EPIPE')) resolve();
    else reject(error);
  };
  // Without a listener the failure would end the process before its exit code is known. It stays: nothing follows.
  stream.once('error', settle);
  stream.write(text, settle);
  return promise;
}
