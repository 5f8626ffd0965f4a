/**
 * Checks a configuration against the schema and says what is wrong in words.
 *
 * Wrong types are errors. Unknown keys are warnings, because a newer or older build may know them,
 * and they are kept.
 *
 * @module
 */
import { isObject, type JsonObject, nearest } from "../../base/mod.ts";
import { formatPath, type Path } from "../path_syntax.ts";
import type { ConfigIssue } from "../types.ts";
import { crossChecks } from "./cross_checks.ts";
import type { AnySchema } from "./field.ts";
import { isSectionName, SECTION_NAMES, sectionSchema } from "./sections.ts";
import { childSchema, knownKeys } from "./tree.ts";
import { translateIssues } from "./wording.ts";
import { safeParse } from "zod/mini";

/** What a check found; a configuration with errors must not be used. */
export interface ValidationResult {
  readonly issues: ConfigIssue[];
  readonly warnings: ConfigIssue[];
}

/** Where a value belongs when it is looked for at a place that people often take for it. */
const MISPLACED: Readonly<Record<string, string>> = {
  "gateway.token": "gateway.auth.token",
  "gateway.password": "gateway.auth.password",
  "gateway.allowedOrigins": "gateway.controlUi.allowedOrigins",
  "gateway.host": "gateway.bind",
  "agent": "agents.defaults",
  "identity": "agents.list[].identity",
  "routing": "messages",
  "routing.queue": "messages.queue",
  "session.idleMinutes": "session.reset.idleMinutes",
};

/** Checks the whole of a configuration. */
export function validateConfig(config: JsonObject): ValidationResult {
  const result: ValidationResult = { issues: [], warnings: [] };
  for (const [name, value] of Object.entries(config)) validateSection(name, value, result);
  if (result.issues.length === 0) result.issues.push(...crossChecks(config));
  return result;
}

function validateSection(name: string, value: unknown, result: ValidationResult): void {
  if (name === "$schema") {
    if (typeof value !== "string") result.issues.push(wrongType([name], "string", value));
    return;
  }
  if (isSectionName(name)) {
    const schema = sectionSchema(name);
    const parsed = safeParse(schema, value, { jitless: true, reportInput: true });
    if (!parsed.success) result.issues.push(...translateIssues(parsed.error.issues, [name]));
    collectUnknown(schema, value, [name], result.warnings);
    return;
  }
  result.warnings.push(unknownKey([name], ["$schema", ...SECTION_NAMES]));
}

function wrongType(path: Path, expected: string, value: unknown): ConfigIssue {
  return {
    path: formatPath(path),
    message: `Invalid input: expected ${expected}, received ${typeName(value)}`,
  };
}

/** The JSON type of a value. */
function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function collectUnknown(
  schema: AnySchema,
  value: unknown,
  path: Path,
  warnings: ConfigIssue[],
): void {
  if (Array.isArray(value)) {
    const element = childSchema(schema, 0);
    if (!element) return;
    value.forEach((item, index) => collectUnknown(element, item, [...path, index], warnings));
    return;
  }
  if (!isObject(value)) return;
  const known = knownKeys(schema);
  for (const [key, child] of Object.entries(value)) {
    const next = childSchema(schema, key);
    if (next) collectUnknown(next, child, [...path, key], warnings);
    else if (known && !isVariable(path, child)) warnings.push(unknownKey([...path, key], known));
  }
}

/** In `env`, every string key besides the known ones is a variable. */
function isVariable(path: Path, value: unknown): boolean {
  return path.length === 1 && path[0] === "env" && typeof value === "string";
}

function unknownKey(path: Path, known: readonly string[]): ConfigIssue {
  const text = formatPath(path);
  const key = String(path.at(-1));
  const misplaced = Object.hasOwn(MISPLACED, text) ? MISPLACED[text] : undefined;
  const meant = misplaced ?? nearest(key, known);
  return { path: text, message: meant ? `unknown key, did you mean "${meant}"?` : "unknown key" };
}
