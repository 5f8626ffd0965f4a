/**
 * `$include`: puts the content of other files in the place of the objects that name them.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { formatPath, type Path } from "../path_syntax.ts";
import type { ConfigIssue } from "../types.ts";
import { IncludeFailure, includePath, type IncludeRoots, readInclude } from "./file.ts";
import { isSafeKey, mergeIncluded } from "./merge.ts";

/** The key that names files. */
export const INCLUDE_KEY = "$include";
/** Files between the configuration and the deepest one that is included. */
const MAX_INCLUDE_DEPTH = 10;
/** Files that one configuration reads; some included twice count twice. */
const MAX_INCLUDES = 1000;

/** What {@linkcode resolveIncludes} needs. */
export interface IncludeOptions {
  /** Of the configuration file; absolute. */
  readonly path: string;
  readonly roots: IncludeRoots;
  /** Texts by absolute path that stand in for what is on disk. */
  readonly overlay?: ReadonlyMap<string, string>;
}

/** A configuration with its includes in place. */
export interface Included {
  readonly value: JsonObject;
  /** What could not be included; the object that names it is then taken without. */
  readonly issues: readonly ConfigIssue[];
  /** Texts of the included files by absolute path; of one that cannot be read `undefined`. */
  readonly texts: ReadonlyMap<string, string | undefined>;
}

/** Whether a value names other files somewhere. */
export function hasIncludes(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasIncludes);
  return isObject(value) &&
    (Object.hasOwn(value, INCLUDE_KEY) || Object.values(value).some(hasIncludes));
}

/** Replaces every `$include` of a configuration; never throws for what the files say. */
export async function resolveIncludes(
  parsed: JsonObject,
  options: IncludeOptions,
): Promise<Included> {
  const resolver = new IncludeResolver(options);
  const value = await resolver.resolve(parsed, [options.path], []);
  const { issues, texts } = resolver;
  if (isObject(value)) return { value, issues, texts };
  const message = "Included content of the root must be an object";
  return { value: {}, issues: [...issues, { path: INCLUDE_KEY, message }], texts };
}

class IncludeResolver {
  readonly issues: ConfigIssue[] = [];
  readonly texts = new Map<string, string | undefined>();
  readonly #options: IncludeOptions;
  #count = 0;

  constructor(options: IncludeOptions) {
    this.#options = options;
  }

  /** @param chain Files that led here, the configuration first. */
  async resolve(value: unknown, chain: readonly string[], path: Path): Promise<unknown> {
    if (Array.isArray(value)) {
      const items: unknown[] = [];
      for (const [index, item] of value.entries()) {
        items.push(await this.resolve(item, chain, [...path, index]));
      }
      return items;
    }
    if (!isObject(value)) return value;
    const own: JsonObject = {};
    for (const [key, item] of Object.entries(value)) {
      if (key === INCLUDE_KEY || !isSafeKey(key)) continue;
      own[key] = await this.resolve(item, chain, [...path, key]);
    }
    if (!Object.hasOwn(value, INCLUDE_KEY)) return own;
    try {
      return withSiblings(await this.#include(value[INCLUDE_KEY], chain, path), own);
    } catch (error) {
      if (!(error instanceof IncludeFailure)) throw error;
      this.issues.push({ path: formatPath([...path, INCLUDE_KEY]), message: error.message });
      return own;
    }
  }

  async #include(named: unknown, chain: readonly string[], path: Path): Promise<unknown> {
    if (typeof named === "string") return await this.#load(named, chain, path);
    if (!Array.isArray(named)) throw wrongDirective(named);
    let merged: unknown = {};
    for (const [index, name] of named.entries()) {
      if (typeof name !== "string") throw wrongDirective(name);
      const value = await this.#load(name, chain, path);
      merged = index === 0 ? value : mergeIncluded(merged, value);
    }
    return merged;
  }

  async #load(written: string, chain: readonly string[], path: Path): Promise<unknown> {
    const { roots, overlay } = this.#options;
    const file = includePath(written, chain.at(-1)!, roots);
    if (chain.includes(file)) {
      throw new IncludeFailure(`Circular include detected: ${[...chain, file].join(" -> ")}`);
    }
    if (chain.length > MAX_INCLUDE_DEPTH) {
      throw new IncludeFailure(
        `Maximum include depth (${MAX_INCLUDE_DEPTH}) exceeded at: ${written}`,
      );
    }
    if (++this.#count > MAX_INCLUDES) {
      throw new IncludeFailure(
        `Maximum number of includes (${MAX_INCLUDES}) exceeded at: ${written}`,
      );
    }
    if (!this.texts.has(file)) this.texts.set(file, undefined);
    const { text, value } = await readInclude(written, file, roots, overlay?.get(file));
    this.texts.set(file, text);
    return await this.resolve(value, [...chain, file], path);
  }
}

function withSiblings(included: unknown, own: JsonObject): unknown {
  if (Object.keys(own).length === 0) return included;
  if (isObject(included)) return mergeIncluded(included, own);
  throw new IncludeFailure("Sibling keys require included content to be an object");
}

function wrongDirective(value: unknown): IncludeFailure {
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return new IncludeFailure(
    `Invalid $include value: expected string or array of strings, got ${type}`,
  );
}
