/**
 * What a schema library found, in words for people.
 *
 * @module
 */
import type * as z from "zod/mini";
import { formatPath, type Path } from "../path_syntax.ts";
import type { ConfigIssue } from "../types.ts";

type Issue = z.core.$ZodIssue;

/** Turns the findings below `base` into issues with full paths. */
export function translateIssues(issues: readonly Issue[], base: Path): ConfigIssue[] {
  return issues.flatMap((issue) => translateIssue(issue, base));
}

function translateIssue(issue: Issue, base: Path): ConfigIssue[] {
  const path: Path = [...base, ...issue.path.map((part) => typeof part === "symbol" ? "" : part)];
  if (issue.code === "invalid_union") return translateUnion(issue.errors, path, issue.input);
  const allowedValues = issue.code === "invalid_value" ? issue.values.map(String) : undefined;
  return [{
    path: formatPath(path),
    message: messageOf(issue),
    ...(allowedValues ? { allowedValues } : {}),
  }];
}

/** Reports the alternative that fits the value's type, or all types when none does. */
function translateUnion(
  alternatives: readonly (readonly Issue[])[],
  path: Path,
  input: unknown,
): ConfigIssue[] {
  const fitting = alternatives.find((issues) => !issues.some(isAboutTheWhole));
  if (fitting) return translateIssues(fitting, path);
  const wanted = alternatives.flat().filter(isAboutTheWhole).map(wantedOf);
  const expected = [...new Set(wanted)].join(" or ");
  return [{
    path: formatPath(path),
    message: `Invalid input: expected ${expected}, received ${typeOf(input)}`,
  }];
}

function isAboutTheWhole(issue: Issue): boolean {
  return issue.path.length === 0 && ["invalid_type", "invalid_value"].includes(issue.code);
}

function wantedOf(issue: Issue): string {
  if (issue.code === "invalid_type") return expectedType(issue.expected);
  return issue.code === "invalid_value"
    ? issue.values.map((v) => JSON.stringify(v)).join(" or ")
    : "";
}

function messageOf(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "Invalid input: required";
      return `Invalid input: expected ${expectedType(issue.expected)}, received ${
        typeOf(issue.input)
      }`;
    case "invalid_value":
      return `Invalid input (allowed: ${issue.values.map((v) => JSON.stringify(v)).join(", ")})`;
    case "too_small":
      return issue.origin === "string"
        ? "Invalid input: must not be empty"
        : `Too small: expected ${issue.minimum} or more`;
    case "too_big":
      return `Too big: expected ${issue.maximum} or less`;
    case "invalid_format":
      return "Invalid input: malformed text";
    default:
      return "Invalid input";
  }
}

function expectedType(expected: string): string {
  if (expected === "int") return "whole number";
  return expected === "record" ? "object" : expected;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  if (typeof value === "number" && !Number.isInteger(value)) return `${value}`;
  return typeof value;
}
