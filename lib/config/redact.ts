/**
 * Finds the secrets of a configuration by the names of their keys.
 *
 * Names work in sections that the schema does not model as well, and need no schema library to be
 * loaded. A test makes sure that they cover every field that the schema marks as secret.
 *
 * @module
 */
import { isObject, type JsonObject } from "../base/mod.ts";
import { formatPath, type Path } from "./path_syntax.ts";
import { referencedVariable } from "./substitute.ts";

/** What stands where a secret was; a configuration that contains it must not be written. */
export const REDACTED_VALUE = "__OPENCLAW_REDACTED__";

const SECRET_NAME =
  /(?:token|password|passwd|passphrase|secret|api[-_]?key|access[-_]?key|(?:private|secret|signing|encryption|master)[-_]?key|[-_]key|pwd|authorization|cookie|credential)s?$/i;
const URL_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i;

/** A credential among the parameters of an address, or in an argument of a program. */
const NAMED_WITHIN =
  /(?:[?&](?:[\w.-]*[._-])?|^--?(?:[\w-]*-)?)(?:token|key|api-?key|access-?key|secret|password|passwd|sig|signature|auth)=(?!\$\{)([^&#\s]{6,})/i;
const NAMED_WITHIN_ALL = new RegExp(NAMED_WITHIN, "gi");
/** An argument that says that the next one is a credential. */
const SECRET_OPTION = /^--?(?:[\w-]*-)?(?:token|key|api-?key|access-?key|secret|password|passwd)$/i;

/** Headers have any name; a value like this is hardly a word or a type of content. */
const HEADER_SECRET = /^(?=.*\d).{12,}$/s;
/** Shorter texts are not looked for within others. */
const MIN_KNOWN_LENGTH = 8;

/**
 * A copy of a configuration with {@linkcode REDACTED_VALUE} in place of every secret.
 *
 * @param known Secrets to hide wherever they stand, such as those that its variables lead to.
 */
export function redactConfig(config: JsonObject, known: readonly string[] = []): JsonObject {
  const sought = known.filter((secret) => secret.length >= MIN_KNOWN_LENGTH);
  return redactValue(config, [], sought) as JsonObject;
}

function redactValue(value: unknown, path: Path, known: readonly string[]): unknown {
  if (typeof value === "string") {
    const isHidden = isSecret(path, value) || known.some((secret) => value.includes(secret));
    return isHidden ? REDACTED_VALUE : value;
  }
  if (Array.isArray(value)) {
    return value.map((item, index) =>
      isOptionValue(value, index) ? REDACTED_VALUE : redactValue(item, [...path, index], known)
    );
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, redactValue(item, [...path, key], known)]),
  );
}

/** Every secret of a configuration, for the set of texts that must never be logged. */
export function collectSecrets(config: JsonObject): string[] {
  const found = new Set<string>();
  for (const [path, value, isOption] of walkStrings(config, [])) {
    if (!isOption && !isSecret(path, value)) continue;
    found.add(value.trim());
    for (const [, within = ""] of value.matchAll(NAMED_WITHIN_ALL)) {
      if (within.length >= MIN_KNOWN_LENGTH) found.add(within);
    }
  }
  return [...found];
}

/** The paths at which {@linkcode REDACTED_VALUE} stands. */
export function redactedPaths(config: unknown): string[] {
  return [...walkStrings(config, [])]
    .filter(([, value]) => value === REDACTED_VALUE)
    .map(([path]) => formatPath(path));
}

/** Every text with its path, and whether it is the value of an option that holds a credential. */
function* walkStrings(
  value: unknown,
  path: Path,
  isOption = false,
): Generator<[Path, string, boolean]> {
  if (typeof value === "string") yield [path, value, isOption];
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      yield* walkStrings(item, [...path, index], isOptionValue(value, index));
    }
  } else if (isObject(value)) {
    for (const [key, item] of Object.entries(value)) yield* walkStrings(item, [...path, key]);
  }
}

/** Whether the argument before says that this one is a credential. */
function isOptionValue(list: readonly unknown[], index: number): boolean {
  const [before, value] = [list[index - 1], list[index]];
  return typeof before === "string" && typeof value === "string" && SECRET_OPTION.test(before) &&
    value.trim() !== "" && referencedVariable(value) === undefined;
}

/** A secret by the nearest name above it, list positions aside, or one within an address. */
function isSecret(path: Path, value: string): boolean {
  if (value.trim() === "" || referencedVariable(value) !== undefined) return false;
  const name = path.findLast((part) => typeof part === "string");
  if (path.at(-2) === "headers" && HEADER_SECRET.test(value)) return true;
  if (URL_WITH_PASSWORD.test(value) || NAMED_WITHIN.test(value)) return true;
  return name !== undefined && isSecretName(name);
}

/** Whether a key of this name holds a secret. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
