/**
 * Checks a body against the schema of its dialect and words the first problem.
 *
 * @module
 */
import * as z from "zod/mini";
import en from "zod/v4/locales/en.js";
import { nearest } from "../base/mod.ts";
import { type HttpError, invalidRequest } from "./errors.ts";

type Issue = z.core.$ZodIssue;

/**
 * Reads a body as its schema says.
 *
 * @param knownKeys Names of fields a client may have meant by an unknown one.
 * @throws {HttpError} `INVALID_REQUEST` as `<path>: <problem>`, for the first problem only.
 */
export function parseBody<T>(
  schema: z.ZodMiniType<T>,
  body: unknown,
  knownKeys: Iterable<string>,
): T {
  const result = z.safeParse(schema, body, { error: en().localeError });
  if (result.success) return result.data;
  throw refusal(result.error.issues[0]!, [], knownKeys);
}

function refusal(issue: Issue, base: PropertyKey[], knownKeys: Iterable<string>): HttpError {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_union") {
    const fitting = issue.errors.find((issues) => !issues.some(isAboutTheWhole));
    if (fitting?.[0] !== undefined) return refusal(fitting[0], path, knownKeys);
  }
  const unknown = issue.code === "unrecognized_keys" ? issue.keys[0] : undefined;
  const meant = unknown === undefined ? undefined : nearest(unknown, knownKeys);
  return invalidRequest(
    `${path.map(String).join(".")}: ${issue.message}`,
    meant === undefined ? undefined : `Did you mean "${meant}"?`,
  );
}

/** Whether a value is of another kind altogether, so that its alternative was not meant. */
function isAboutTheWhole({ code, path }: Issue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}
