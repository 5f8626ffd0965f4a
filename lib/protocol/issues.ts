/**
 * Schema issues in the words that clients of this protocol know.
 *
 * Control UIs look for `unexpected property '…'`, so the wording is part of the wire.
 *
 * @module
 */
import { isObject } from "../base/mod.ts";

/** The parts of a schema issue that the wording needs; the shape of zod's own issues. */
export interface SchemaIssue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly expected?: unknown;
  readonly origin?: string;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly inclusive?: boolean;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly pattern?: string;
  readonly divisor?: number;
}

/**
 * All issues as one line, without repetitions.
 *
 * @param input What was checked; needed to tell a missing property from one of wrong type.
 * @returns Parts joined by `; `, such as `must have required property 'key'`.
 */
export function describeIssues(issues: readonly SchemaIssue[], input: unknown): string {
  const parts = new Set<string>();
  for (const issue of issues) {
    for (const part of describeIssue(issue, input)) parts.add(part);
  }
  return [...parts].join("; ");
}

/** The message of a refused call: `invalid <method> params: …`. */
export function invalidParamsMessage(
  method: string,
  issues: readonly SchemaIssue[],
  input: unknown,
): string {
  return `invalid ${method} params: ${describeIssues(issues, input)}`;
}

function describeIssue(issue: SchemaIssue, input: unknown): string[] {
  if (issue.code === "unrecognized_keys") {
    const where = issue.path.length === 0 ? "at root" : `at ${pointer(issue.path)}`;
    return (issue.keys ?? []).map((key) => `${where}: unexpected property '${key}'`);
  }
  if (isMissing(issue.path, input)) {
    const name = String(issue.path.at(-1));
    return [located(issue.path.slice(0, -1), `must have required property '${name}'`)];
  }
  return [located(issue.path, problemOf(issue))];
}

function located(path: readonly PropertyKey[], text: string): string {
  return path.length === 0 ? text : `at ${pointer(path)}: ${text}`;
}

/** A JSON pointer. */
function pointer(path: readonly PropertyKey[]): string {
  return path
    .map((step) => "/" + String(step).replaceAll("~", "~0").replaceAll("/", "~1"))
    .join("");
}

function isMissing(path: readonly PropertyKey[], input: unknown): boolean {
  if (path.length === 0) return false;
  let value = input;
  for (const step of path) {
    if (!isObject(value) && !Array.isArray(value)) return false;
    if (!Object.hasOwn(value, step)) return true;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value === undefined;
}

/** A message that already speaks this language comes from the schema, which knows more. */
const OWN_WORDING = "must ";

function problemOf(issue: SchemaIssue): string {
  if (issue.message.startsWith(OWN_WORDING)) return issue.message;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${typeName(issue.expected)}`;
    case "invalid_value":
      return issue.values?.length === 1
        ? "must be equal to constant"
        : "must be equal to one of the allowed values";
    case "too_small":
      return tooSmall(issue);
    case "too_big":
      return tooBig(issue);
    case "not_multiple_of":
      return `must be multiple of ${issue.divisor}`;
    case "invalid_format":
      return issue.pattern === undefined
        ? "must match format"
        : `must match pattern "${issue.pattern.replace(/^\/(.*)\/[a-z]*$/s, "$1")}"`;
    case "invalid_union":
      return "must match a schema in anyOf";
    default:
      return issue.message;
  }
}

function typeName(expected: unknown): string {
  if (expected === "int") return "integer";
  if (expected === "record") return "object";
  return String(expected);
}

function tooSmall({ origin, minimum, inclusive }: SchemaIssue): string {
  if (origin === "string") return `must NOT have fewer than ${minimum} characters`;
  if (origin === "array") return `must NOT have fewer than ${minimum} items`;
  return `must be ${inclusive === false ? ">" : ">="} ${minimum}`;
}

function tooBig({ origin, maximum, inclusive }: SchemaIssue): string {
  if (origin === "string") return `must NOT have more than ${maximum} characters`;
  if (origin === "array") return `must NOT have more than ${maximum} items`;
  return `must be ${inclusive === false ? "<" : "<="} ${maximum}`;
}
