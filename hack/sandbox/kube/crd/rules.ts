// The rules of a schema, found once and run on every write: CEL where a CRD says x-kubernetes-validations.
import { equalJson, isObject, type Json } from '../json.ts';
import { celValue } from './cel-value.ts';
import { notSupported, type FieldError } from './field-error.ts';
import { child, indexed, keyed } from './field-path.ts';
import { compileRule, InvalidRule, ruleReasons, type CompiledRule } from './rule.ts';
import type { Rule, Schema } from './schema.ts';
import { sameItem } from './validate.ts';

/** A part of a schema that has rules, in itself or below. */
export interface RuleTree {
  readonly schema: Schema;
  readonly rules: readonly CompiledRule[];
  readonly properties: ReadonlyMap<string, RuleTree>;
  readonly values: RuleTree | undefined;
  readonly items: RuleTree | undefined;
}

// A rule as the API server prints it: Go's names, and every field.
function shownRule({ rule, message, messageExpression, reason, fieldPath }: Rule): object {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: null,
  };
}

/** What is wrong with a rule even before it is compiled. */
function formErrors({ rule, message, reason }: Rule, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (rule.trim() === '')
    errors.push({ field: child(path, 'rule'), type: 'Required', message: 'rule is not specified' });
  if (message !== undefined && /[\n\r]/.test(message)) {
    const detail = 'must not contain line breaks';
    errors.push({ field: child(path, 'message'), type: 'Invalid', value: message, message: detail });
  }
  if (reason !== undefined && !Object.hasOwn(ruleReasons, reason)) {
    errors.push(notSupported(child(path, 'reason'), reason, Object.keys(ruleReasons)));
  }
  return errors;
}

/** The rules of `schema`, or undefined when there are none. What does not compile goes to `errors`. */
export function compileRules(schema: Schema, path: string, errors: FieldError[]): RuleTree | undefined {
  const below = (part: Schema | true | undefined, name: string): RuleTree | undefined =>
    part === undefined || part === true ? undefined : compileRules(part, child(path, name), errors);
  const properties = new Map<string, RuleTree>();
  for (const [key, part] of schema.properties) {
    const tree = below(part, `properties[${key}]`);
    if (tree !== undefined) properties.set(key, tree);
  }
  const rules = schema.rules.flatMap((rule, index): CompiledRule[] => {
    const malformed = formErrors(rule, child(path, `x-kubernetes-validations[${index}]`));
    errors.push(...malformed);
    if (malformed.length > 0) return [];
    try {
      return [compileRule(schema, rule)];
    } catch (error) {
      if (!(error instanceof InvalidRule)) throw error;
      const field = child(path, `x-kubernetes-validations[${index}].rule`);
      errors.push({ field, type: 'Invalid', value: shownRule(rule), message: error.message });
      return [];
    }
  });
  const values = below(schema.additionalProperties, 'additionalProperties');
  const items = below(schema.items, 'items');
  if (rules.length === 0 && properties.size === 0 && values === undefined && items === undefined) return undefined;
  return { schema, rules, properties, values, items };
}

function ownErrors({ schema, rules }: RuleTree, value: Json, old: Json | undefined, path: string): FieldError[] {
  const unchanged = old !== undefined && equalJson(value, old);
  const due = rules.filter(({ usesOldSelf }) => (usesOldSelf ? old !== undefined : !unchanged));
  if (due.length === 0) return [];
  const values = {
    path,
    self: celValue(schema, value),
    oldSelf: old === undefined ? undefined : celValue(schema, old),
  };
  return due.map((rule) => rule.errorOf(values)).filter((error) => error !== undefined);
}

/**
 * The rules that `value` breaks. Rules on oldSelf run where `old` has a counterpart; the others do not run on what did
 * not change.
 */
export function ruleErrors(tree: RuleTree, value: Json, old: Json | undefined, path = ''): FieldError[] {
  if (value === null) return [];
  const errors = ownErrors(tree, value, old ?? undefined, path);
  if (Array.isArray(value) && tree.items !== undefined) {
    const { items } = tree;
    for (const [index, item] of value.entries()) {
      errors.push(...ruleErrors(items, item, sameItem(tree.schema, item, old), indexed(path, index)));
    }
  }
  if (!isObject(value)) return errors;
  for (const [key, each] of Object.entries(value)) {
    const declared = tree.schema.properties.has(key);
    const part = declared ? tree.properties.get(key) : tree.values;
    if (part === undefined || each === undefined) continue;
    const before = isObject(old) ? old[key] : undefined;
    errors.push(...ruleErrors(part, each, before, declared ? child(path, key) : keyed(path, key)));
  }
  return errors;
}
