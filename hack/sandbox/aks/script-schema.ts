// The shape of a script as JSON Schema: what script.ts says in types, for files and for the admin path.
import { operations } from './route.ts';

type Schema = Readonly<Record<string, unknown>>;

const text: Schema = { type: 'string' };
const seconds: Schema = { type: 'number', minimum: 0 };
const amount: Schema = { type: 'number', minimum: 0 };
const count: Schema = { type: 'integer', minimum: 0 };
const amounts: Schema = { type: 'object', additionalProperties: amount };

function strict(properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return { type: 'object', properties, required, additionalProperties: false };
}

function oneOf(...words: readonly string[]): Schema {
  return { type: 'string', enum: words };
}

function effect(kind: string, properties: Readonly<Record<string, Schema>>, required: readonly string[] = []): Schema {
  return strict({ kind: { const: kind }, ...properties }, ['kind', ...required]);
}

const when = oneOf('before', 'after');
const status: Schema = { type: 'integer', minimum: 400, maximum: 599 };

export const faultSchema: Schema = strict(
  {
    operation: { anyOf: [oneOf(...operations), { type: 'array', items: oneOf(...operations), minItems: 1 }] },
    pool: text,
    times: { anyOf: [{ type: 'integer', minimum: 1 }, { const: 'always' }] },
    skip: count,
    effect: {
      oneOf: [
        effect('armThrottled', { retryAfterSeconds: seconds }),
        effect('aksThrottled', { retryAfterSeconds: seconds }),
        effect('broken', { status, body: oneOf('html', 'brokenJson', 'empty') }, ['status', 'body']),
        effect('refuse', { status, code: text, message: text, by: oneOf('arm', 'aks'), retryAfterSeconds: seconds }, [
          'status',
          'code',
          'message',
          'by',
        ]),
        effect('reset', { when }, ['when']),
        effect('silent', { when }, ['when']),
        effect('half', { end: oneOf('cut', 'stall'), encoding: oneOf('gzip') }, ['end']),
        effect('slow', { ms: amount }, ['ms']),
      ],
    },
  },
  ['effect'],
);

const failure = { afterSeconds: seconds, code: text, message: text };

const planSchema = strict({
  pool: text,
  vmSize: text,
  times: { type: 'integer', minimum: 1 },
  createSeconds: seconds,
  allocateSeconds: seconds,
  joinSeconds: seconds,
  deleteSeconds: seconds,
  node: oneOf('joins', 'never'),
  fail: strict({ ...failure, machine: oneOf('kept', 'none') }, ['code', 'message']),
  operation: oneOf('hangs'),
  budgets: oneOf('blocked'),
  failDeletion: strict({ ...failure, times: { type: 'integer', minimum: 1 } }, ['code', 'message']),
});

export const scriptSchema: Schema = strict({
  timing: strict({
    createSeconds: seconds,
    allocateSeconds: seconds,
    joinSeconds: seconds,
    deleteSeconds: seconds,
    updateSeconds: seconds,
    powerSeconds: seconds,
    upgradeSeconds: seconds,
    drainSeconds: seconds,
    repairSeconds: seconds,
  }),
  latencyMs: amount,
  throttling: oneOf('on', 'off'),
  retired: oneOf('accept', 'refuse'),
  quotas: strict({ families: amounts, regionalCores: amount, spotCores: amount }),
  quotaReport: oneOf('request', 'operation'),
  capacity: { type: 'object', additionalProperties: { anyOf: [amount, amounts] } },
  zones: { type: 'array', items: text },
  plans: { type: 'array', items: planSchema },
  faults: { type: 'array', items: faultSchema },
  pageSize: { type: 'integer', minimum: 1 },
  deny: { type: 'array', items: text },
  tokenLifetimeSeconds: { type: 'number', exclusiveMinimum: 0 },
  deleteDuringStart: oneOf('breaksStart', 'conflict'),
  deleteWhileDeleting: oneOf('accepted', 'gone', 'conflict'),
  numbering: oneOf('reuse', 'continue'),
});
