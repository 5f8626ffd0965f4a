/**
 * Checks a body against a schema and words the first problem as Anthropic does:
 * `messages.0.content: Field required`.
 *
 * @module
 */
import * as z from "zod/mini";
import { isObject } from "../../base/mod.ts";
import { invalidRequest } from "../errors.ts";

/**
 * Makes the check of a body against the schema that `build` makes, once.
 *
 * @returns The check; it throws `INVALID_REQUEST` with the path of what does not fit.
 */
export function checkedBy<S extends z.core.$ZodType>(
  build: () => S,
): (body: unknown) => z.output<S> {
  let schema: S | undefined;
  return (body) => {
    schema ??= build();
    const result = z.safeParse(schema, body);
    if (result.success) return result.data;
    const { path, text } = describeIssue(result.error.issues[0]!, [], body);
    throw invalidRequest(path.length === 0 ? text : `${path.map(String).join(".")}: ${text}`);
  };
}

/** One thing that does not fit, and where. */
interface Problem {
  path: readonly PropertyKey[];
  text: string;
}

type Issue = z.core.$ZodIssue;

function describeIssue(issue: Issue, parents: readonly PropertyKey[], body: unknown): Problem {
  const path = [...parents, ...issue.path];
  if (path.length > 0 && valueAt(path, body) === undefined) return { path, text: "Field required" };
  return issue.code === "invalid_union"
    ? describeUnion(issue, path, body)
    : { path, text: textOf(issue) };
}

/** Of several readings, the one that went furthest is the one that was meant. */
function describeUnion(
  issue: Issue & { code: "invalid_union" },
  path: readonly PropertyKey[],
  body: unknown,
): Problem {
  if ("options" in issue && Array.isArray(issue.options)) {
    return { path, text: `Input should be ${alternatives(issue.options)}` };
  }
  const problems = issue.errors.flatMap(([first]) => first ? describeIssue(first, path, body) : []);
  const deepest = problems.toSorted((a, b) => b.path.length - a.path.length)[0];
  return deepest !== undefined && deepest.path.length > path.length
    ? deepest
    : { path, text: "Input should be a valid string or list" };
}

function valueAt(path: readonly PropertyKey[], body: unknown): unknown {
  let value = body;
  for (const step of path) {
    if (!isObject(value) && !Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, step) ? (value as Record<PropertyKey, unknown>)[step] : undefined;
  }
  return value;
}

function textOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `Input should be a valid ${TYPE_NAMES[issue.expected] ?? issue.expected}`;
    case "invalid_value":
      return `Input should be ${alternatives(issue.values)}`;
    case "too_small":
      return `${amountOf(issue.origin)} should be at least ${issue.minimum}`;
    case "too_big":
      return `${amountOf(issue.origin)} should be at most ${issue.maximum}`;
    case "invalid_format":
      return `Input should match pattern ${issue.pattern ?? issue.format}`;
    default:
      return "Input is not valid";
  }
}

function alternatives(values: readonly unknown[]): string {
  return values.map((value) => `'${String(value)}'`).join(" or ");
}

function amountOf(origin: string): string {
  return origin === "array" || origin === "string" ? "Length" : "Input";
}

/** Names of types as people write them. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: "list",
  int: "integer",
  record: "object",
};
