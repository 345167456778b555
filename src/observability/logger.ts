// The log: one JSON object a line on stdout, written synchronously so that the last line before an exit is not lost.
import { type DestinationStream, type Logger as PinoLogger, pino, stdSerializers } from 'pino';

export type Logger = PinoLogger;

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Where the lines go; stdout unless a test wants to read them. */
  readonly destination?: DestinationStream;
}

// A credential reaches a log as a field of an options bag or of a request's headers, at most two levels down.
const secretNames = [
  'authorization',
  'Authorization',
  'token',
  'accessToken',
  'access_token',
  'clientSecret',
  'client_secret',
  'client_assertion',
  'password',
] as const;
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);

// ARM answers with whole HTML pages now and then; a log line is for reading.
const longestText = 4096;

function shorten(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

/** Bounded, and without the query of any address: Azure signs the addresses of its operations. */
function clean(text: string): string {
  return shorten(text).replaceAll(/(https?:\/\/[^\s?"']+)\?[^\s"']*/g, '$1');
}

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return clean(String(error));
  const { type, message, stack } = stdSerializers.err(error);
  const code = 'code' in error ? error.code : undefined;
  // Most errors here end in the words of their cause, which the serializer adds once more.
  const causes = message.slice(error.message.length).replace(/^: /, '');
  const told = error.message.endsWith(causes) ? error.message : message;
  return { type, code, message: clean(told), stack: clean(stack ?? '') };
}

/**
 * A logger with the keys that Kubernetes controllers use (`level`, `time`, `message`). Errors go into the field `err`, with
 * their code and the messages of their causes; fields named like credentials are written as `[redacted]`.
 */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: null,
      messageKey: 'message',
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label.toUpperCase() }) },
      serializers: { err: serializeError },
      redact: { paths: redactedPaths, censor: '[redacted]' },
    },
    destination ?? pino.destination({ dest: 1, sync: true }),
  );
}
