/**
 * Finds the secrets that a configuration points to instead of holding them.
 *
 * @module
 */
import { isObject, type JsonObject } from "../base/mod.ts";
import type { Path } from "./path_syntax.ts";
import { isSecretName } from "./redact.ts";
import type { SecretInput } from "./resolve/secret_input.ts";
import { referencedVariable } from "./substitute.ts";

/** One pointer, and where it is. */
export interface SecretReference {
  readonly path: Path;
  readonly input: SecretInput;
  /** Whether anything that is switched on uses it. */
  readonly isActive: boolean;
}

const SOURCES: readonly unknown[] = ["env", "file", "exec"];

/** Every pointer, in the order of the file. `parsed` is the file before substitution. */
export function findSecretReferences(parsed: JsonObject): SecretReference[] {
  return [...walk(parsed, [], true)].map((found) =>
    isUnused(found.path, parsed) ? { ...found, isActive: false } : found
  );
}

/**
 * Whether a path is one that a pattern such as `models.providers.*.apiKey` or `agents.list[].token`
 * stands for.
 */
export function matchesTarget(path: Path, target: string): boolean {
  const parts = targetParts(target);
  return parts.length === path.length &&
    parts.every((part, index) => part === "*" || part === String(path[index]));
}

/** Whether a pattern names fields that can hold a secret at all. */
export function isSecretTarget(target: string): boolean {
  const parts = targetParts(target);
  const [last = "", before = ""] = parts.toReversed();
  if (parts.length < 2 || !parts.every((part) => /^(?:\*|[\w-]+)$/.test(part))) return false;
  return isSecretName(last) || (last === "*" && (before === "headers" || isSecretName(before)));
}

function targetParts(target: string): string[] {
  return target.replaceAll("[]", ".*").split(".");
}

function* walk(value: unknown, path: Path, isActive: boolean): Generator<SecretReference> {
  if (typeof value === "string") {
    const name = path.findLast((part) => typeof part === "string");
    const isPointer = referencedVariable(value) !== undefined && name !== undefined &&
      (isSecretName(name) || path.at(-2) === "headers");
    if (isPointer) yield { path, input: value, isActive };
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* walk(item, [...path, index], isActive);
    return;
  }
  if (!isObject(value)) return;
  if (SOURCES.includes(value.source) && typeof value.id === "string") {
    yield { path, input: value as unknown as SecretInput, isActive };
    return;
  }
  const isOn = isActive && value.enabled !== false;
  for (const [key, item] of Object.entries(value)) {
    // Variables are where pointers lead to, and providers are how; neither is a secret field.
    if (path.length === 0 && (key === "env" || key === "secrets")) continue;
    yield* walk(item, [...path, key], isOn);
  }
}

/**
 * The token in password mode, the password in token mode, both in a mode that has neither; what is for
 * a gateway elsewhere, of which this one is not the client; and webhooks, which have to be turned on.
 */
function isUnused(path: Path, parsed: JsonObject): boolean {
  const [first, second, field] = path;
  if (first === "hooks") return !isObject(parsed.hooks) || parsed.hooks.enabled !== true;
  if (first !== "gateway") return false;
  const gateway = isObject(parsed.gateway) ? parsed.gateway : {};
  if (second === "remote") return gateway.mode !== "remote";
  if (path.length !== 3 || second !== "auth") return false;
  const mode = isObject(gateway.auth) ? gateway.auth.mode : undefined;
  if (mode === "trusted-proxy") return field !== "password";
  return mode !== undefined && field !== mode;
}
