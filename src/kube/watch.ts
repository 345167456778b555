// The stream of a watch, read: JSON lines in chunks that end anywhere, one event a line.
import type { Resource } from '../apis/resource.ts';
import type { KubeObject } from '../apis/wire.ts';
import { type Attempt, checkObject, errorOfStatus, isJsonObject, parseJson } from './answer.ts';
import type { WatchEvent } from './client.ts';
import { MalformedAnswer } from './errors.ts';

// etcd takes objects of 1.5 MiB; JSON with managedFields stays well below this.
const longestLine = 16 * 1024 * 1024;

/** Throws the error that an ERROR event means (Gone for 410), and MalformedAnswer for a stream that is none. */
export async function* watchEvents<T extends KubeObject>(
  chunks: AsyncIterable<Uint8Array>,
  resource: Resource<T>,
  attempt: Attempt,
): AsyncGenerator<WatchEvent<T>, void, void> {
  for await (const line of linesOf(chunks, attempt)) {
    yield eventOf(parseJson(line, attempt), resource, attempt);
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, attempt: Attempt): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  /** The beginning of a line whose end has not come yet. */
  let begun = '';
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true });
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      const line = begun + text.slice(start, end);
      begun = '';
      start = end + 1;
      if (line.trim() !== '') yield line;
    }
    begun += text.slice(start);
    if (begun.length > longestLine) throw new MalformedAnswer(`${attempt}: an event without an end`, { status: 0 });
  }
  if (begun.trim() !== '') throw new MalformedAnswer(`${attempt}: the watch ended within an event`, { status: 0 });
}

function eventOf<T extends KubeObject>(value: unknown, resource: Resource<T>, attempt: Attempt): WatchEvent<T> {
  const { type, object } = isJsonObject(value) ? value : {};
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: checkObject(object, resource, attempt) };
    case 'BOOKMARK':
      return { type, resourceVersion: versionOf(object, attempt) };
    case 'ERROR':
      throw errorOfStatus(attempt, isJsonObject(object) ? object : {});
    default:
      throw new MalformedAnswer(`${attempt}: not a watch event`, { status: 0 });
  }
}

/** A bookmark has a version and no name. */
function versionOf(object: unknown, attempt: Attempt): string {
  if (isJsonObject(object) && isJsonObject(object['metadata'])) {
    const { resourceVersion } = object['metadata'];
    if (typeof resourceVersion === 'string') return resourceVersion;
  }
  throw new MalformedAnswer(`${attempt}: a bookmark without a resourceVersion`, { status: 0 });
}
