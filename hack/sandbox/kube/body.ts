// The body of a request as JSON, from JSON, YAML, or the protobuf that kubectl sends whatever the server prefers.
import { parse } from 'yaml';
import { goJsonError } from './go-json.ts';
import { isObject, parseJson, type Json } from './json.ts';
import { protobufToJson, protobufType, UnknownMessage } from './protobuf/to-json.ts';
import { MalformedProtobuf } from './protobuf/wire.ts';
import { badRequest, unsupportedMediaType } from './status.ts';

const accepted = ['application/json', 'application/yaml'];

function isJson(value: unknown): value is Json {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (Array.isArray(value)) return value.every(isJson);
  return isObject(value) && Object.values(value).every((entry) => entry === undefined || isJson(entry));
}

export function parseYaml(text: string): Json {
  try {
    const value: unknown = parse(text, { logLevel: 'error' });
    if (isJson(value)) return value;
  } catch (error) {
    throw badRequest(`error converting YAML to JSON: ${error instanceof Error ? error.message : 'unknown'}`);
  }
  throw badRequest('error converting YAML to JSON: unsupported value');
}

/** `prefix` begins the message of the 400. */
export function parseJsonBody(text: string, prefix: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    throw badRequest(`${prefix}${goJsonError(text, error)}`);
  }
}

function parseObject(text: string, kind: string): Json {
  try {
    return parseJson(text);
  } catch (error) {
    const bytes = Buffer.from(text.slice(0, 1024)).toString('hex');
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ` +
        `${goJsonError(text, error)} (${bytes})`,
    );
  }
}

/** Throws a 415 for other media types and a 400 for text that is not what it says. */
export function parseBody(contentType: string, text: string, kind: string): Json {
  const type = contentType === '' ? 'application/json' : contentType;
  if (type === 'application/json' || type === protobufType) return parseObject(text, kind);
  if (type === 'application/yaml') return parseYaml(text);
  throw unsupportedMediaType(accepted);
}

/** The body as text; protobuf becomes JSON. Throws a 415 for kinds that are not read as protobuf. */
export function bodyText(contentType: string, body: Buffer): string {
  if (contentType !== protobufType) return body.toString('utf8');
  try {
    return JSON.stringify(protobufToJson(body));
  } catch (error) {
    if (error instanceof UnknownMessage) throw unsupportedMediaType(accepted);
    if (error instanceof MalformedProtobuf) throw badRequest(error.message);
    throw error;
  }
}

/** `application/json` of `application/json; charset=utf-8`. */
export function mediaType(header: string | undefined): string {
  return (header ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}
