// One of x-kubernetes-validations, compiled.
import type { ASTNode, ParseResult } from '@marcbachmann/cel-js';
import { ParseError, EvaluationError, TypeError as CelTypeError } from '@marcbachmann/cel-js';
import { environmentFor } from './cel-environment.ts';
import type { FieldError } from './field-error.ts';
import type { Rule, Schema } from './schema.ts';

export interface CompiledRule {
  /** Whether the rule compares with the value before; it is skipped where there is none. */
  readonly usesOldSelf: boolean;
  /** The error when the rule does not hold, or undefined. */
  readonly errorOf: (values: RuleValues) => FieldError | undefined;
}

interface RuleValues {
  readonly path: string;
  /** As celValue made it. */
  readonly self: unknown;
  readonly oldSelf: unknown;
}

/** The rule does not compile, or is of no use in a schema. */
export class InvalidRule extends Error {
  override readonly name = 'InvalidRule';
  readonly code = 'InvalidRule';
}

/** The reasons that a rule may give, in the order in which the API server lists them. */
export const ruleReasons: Readonly<Record<string, FieldError['type']>> = {
  FieldValueDuplicate: 'Duplicate',
  FieldValueForbidden: 'Forbidden',
  FieldValueInvalid: 'Invalid',
  FieldValueRequired: 'Required',
};

function isNode(value: unknown): value is Pick<ASTNode, 'op' | 'args'> {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}

function mentions(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((each) => mentions(each, name));
  if (!isNode(node)) return false;
  return node.op === 'id' ? node.args === name : mentions(node.args, name);
}

function celProblem(error: unknown): string {
  if (error instanceof ParseError || error instanceof EvaluationError || error instanceof CelTypeError)
    return error.summary;
  return error instanceof Error ? error.message : String(error);
}

function compileExpression(schema: Schema, expression: string, wanted: 'bool' | 'string'): ParseResult {
  const environment = environmentFor(schema);
  const checked = environment.check(expression);
  if (!checked.valid) {
    throw new InvalidRule(`compilation failed: ERROR: ${celProblem(checked.error)}`);
  }
  if (checked.type !== 'dyn' && checked.type !== wanted) {
    throw new InvalidRule(`cel expression must evaluate to a ${wanted}`);
  }
  return environment.parse(expression);
}

function fieldOf(path: string, fieldPath: string | undefined): string {
  if (fieldPath === undefined) return path;
  // .a['b.c'] of the CRD is a[b.c] in errors.
  const relative = fieldPath.replaceAll(/\['([^']*)'\]/g, '[$1]');
  return path === '' ? relative.replace(/^\./, '') : path + relative;
}

/** Throws InvalidRule when an expression does not compile or has the wrong type. */
export function compileRule(schema: Schema, rule: Rule): CompiledRule {
  const program = compileExpression(schema, rule.rule, 'bool');
  const message = rule.messageExpression && compileExpression(schema, rule.messageExpression, 'string');
  const said = rule.message?.trim();
  const type = ruleReasons[rule.reason ?? 'FieldValueInvalid'] ?? 'Invalid';
  const value = schema.type ?? '';
  return {
    usesOldSelf: mentions(program.ast, 'oldSelf'),
    errorOf({ path, self, oldSelf }) {
      const context = { self, oldSelf };
      try {
        if (program(context) === true) return undefined;
      } catch (error) {
        const problem = celProblem(error).replace(/^No such key/, 'no such key');
        const detail = problem.startsWith('no such overload')
          ? `'${problem}': call arguments did not match a supported operator, function or macro signature for rule: ${said ?? rule.rule}`
          : `${problem} evaluating rule: ${said ?? rule.rule}`;
        return { field: path, type: 'Invalid', value, message: detail };
      }
      const detail = (message && computedMessage(message, context)) ?? said ?? `failed rule: ${rule.rule.trim()}`;
      const shown = type === 'Invalid' || type === 'Duplicate' ? { value } : {};
      return { field: fieldOf(path, rule.fieldPath), type, message: detail, ...shown };
    },
  };
}

/** Undefined when the expression fails or says nothing: then the constant message counts. */
function computedMessage(program: ParseResult, context: Record<string, unknown>): string | undefined {
  try {
    const text: unknown = program(context);
    return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text : undefined;
  } catch {
    return undefined; // the API server logs the failure and falls back, too
  }
}
