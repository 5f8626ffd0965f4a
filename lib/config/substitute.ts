/**
 * `${NAME}` and `~` in the values of a configuration.
 *
 * @module
 */
import { type Env, isObject, type JsonObject } from "../base/mod.ts";
import { formatPath, type Path } from "./path_syntax.ts";
import { expandHome } from "./paths.ts";
import type { MissingVar } from "./types.ts";

const REFERENCE = /\$?\$\{([A-Z_][A-Z0-9_]*)\}/g;
const WHOLE_REFERENCE = /^\$\{([A-Z_][A-Z0-9_]*)\}$/;
const PATH_KEY = /(?:dir|path|paths|file|root|workspace)$/i;

/** A configuration with its references replaced. */
export interface Substituted {
  readonly value: JsonObject;
  readonly missing: readonly MissingVar[];
}

/** The variable that a text consists of, as `${NAME}` and nothing else. */
export function referencedVariable(text: string): string | undefined {
  return WHOLE_REFERENCE.exec(text)?.[1];
}

/**
 * Replaces every `${NAME}` by the variable and every leading `~` of a path by the home folder.
 *
 * `$${NAME}` stands for the text `${NAME}`. A variable that is unset or empty stays as it is written
 * and is reported, because only the place that uses it can tell whether that matters.
 */
export function substitute(source: JsonObject, env: Env, home: string): Substituted {
  const missing: MissingVar[] = [];
  const visit = (value: unknown, path: Path): unknown => {
    if (typeof value === "string") {
      return expandPath(replaceReferences(value, env, path, missing), path, home);
    }
    if (Array.isArray(value)) return value.map((item, index) => visit(item, [...path, index]));
    if (!isObject(value)) return value;
    const entries = Object.entries(value).filter(([key]) => key !== "__proto__");
    return Object.fromEntries(entries.map(([key, item]) => [key, visit(item, [...path, key])]));
  };
  return { value: visit(source, []) as JsonObject, missing };
}

function replaceReferences(text: string, env: Env, path: Path, missing: MissingVar[]): string {
  if (!text.includes("${")) return text;
  return text.replace(REFERENCE, (written: string, name: string) => {
    if (written.startsWith("$$")) return written.slice(1);
    const value = env.get(name);
    if (value !== undefined && value !== "") return value;
    missing.push({ path: formatPath(path), name });
    return written;
  });
}

function expandPath(text: string, path: Path, home: string): string {
  if (!text.startsWith("~") || path[0] === "env") return text;
  const key = path.findLast((part) => typeof part === "string");
  return key !== undefined && PATH_KEY.test(key) ? expandHome(text, home) : text;
}

/**
 * The process environment, with the variables of the `env` section where it has none.
 *
 * An empty variable counts as none.
 *
 * @param section The `env` section, whatever it is.
 */
export function withConfigVariables(env: Env, section: unknown): Env {
  if (!isObject(section)) return env;
  const own = { ...strings(section), ...(isObject(section.vars) ? strings(section.vars) : {}) };
  const names = Object.keys(own);
  if (names.length === 0) return env;
  return { get: (name) => env.get(name) || (Object.hasOwn(own, name) ? own[name] : env.get(name)) };
}

function strings(source: JsonObject): Record<string, string> {
  const entries = Object.entries(source);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
}
