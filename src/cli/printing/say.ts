// Output that arrives whole: the process ends right after it, and a pipe takes its time (on macOS, for one).
import type { Writable } from 'node:stream';

/** Resolves when it is written, or when whoever read it has seen enough (`| head`). Rejects with any other failure. */
export function say(text: string, stream: Pick<Writable, 'write' | 'once' | 'off'> = process.stdout): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const failed = (error: Error): void => {
    if ('code' in error && error.code === 'EPIPE') resolve();
    else reject(error);
  };
  // The stream tells of a failure twice. Without this listener, the second time would end the process before its exit code is known.
  stream.once('error', failed);
  stream.write(text, (error) => {
    if (error !== null && error !== undefined) return failed(error);
    stream.off('error', failed);
    resolve();
  });
  return promise;
}
