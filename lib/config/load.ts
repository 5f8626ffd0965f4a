/**
 * Reads the configuration file and says what it is worth; never throws for a bad file.
 *
 * @module
 */
import { AppError, type Env, errorMessage, type JsonObject, sha256Hex } from "../base/mod.ts";
import { decodeUtf8, MAX_CONFIG_BYTES, parseConfigText } from "./parse.ts";
import { lookup } from "./lookup.ts";
import { prune } from "./prune.ts";
import { substitute, withConfigVariables } from "./substitute.ts";
import type { ConfigIssue, ConfigPaths, ConfigSnapshot, OpenClawConfig } from "./types.ts";

/** What {@linkcode loadConfig} needs. */
export interface LoadOptions {
  readonly env: Env;
  readonly paths: ConfigPaths;
  /**
   * `false` skips the schema, which saves loading the schema library. Values may then be of the
   * wrong type: only for commands that need no more than an address and a credential.
   */
  readonly validate?: boolean;
}

/** A text with what is known of where it came from. */
export interface EvaluateOptions extends LoadOptions {
  readonly raw: string;
}

/** Reads, parses, substitutes and checks the configuration file. */
export async function loadConfig(options: LoadOptions): Promise<ConfigSnapshot> {
  const read = await readConfigBytes(options.paths.configPath);
  if (read.kind === "missing") {
    return { ...await evaluateConfig({ ...options, raw: "{}" }), raw: "", ...await identity() };
  }
  if (read.kind === "failed") {
    return { ...broken(options, "", read.message), exists: true, hash: await sha256Hex("") };
  }
  const raw = decodeUtf8(read.bytes);
  const hash = await sha256Hex(read.bytes);
  if (raw === undefined) {
    return { ...broken(options, "", "the file is not UTF-8 text"), exists: true, hash };
  }
  return { ...await evaluateConfig({ ...options, raw }), exists: true, hash };
}

async function identity(): Promise<Pick<ConfigSnapshot, "exists" | "hash">> {
  return { exists: false, hash: await sha256Hex("") };
}

/** Parses, substitutes and checks a text as if it were the file. */
export async function evaluateConfig(options: EvaluateOptions): Promise<ConfigSnapshot> {
  const { env, paths, raw } = options;
  const parsed = await parseConfigText(raw);
  if (!parsed.ok) return { ...broken(options, raw, parsed.message), hash: await sha256Hex(raw) };
  const own = substitute({ env: parsed.value.env ?? {} }, env, paths.home).value.env;
  const layered = withConfigVariables(env, own);
  const { value, missing } = substitute(parsed.value, layered, paths.home);
  const checked = await check(value, options.validate ?? true);
  return {
    path: paths.configPath,
    exists: true,
    raw,
    hash: await sha256Hex(raw),
    parsed: parsed.value,
    config: checked.config,
    valid: checked.issues.length === 0,
    issues: checked.issues,
    warnings: [
      ...checked.warnings,
      ...missing.map(({ path, name }) => ({
        path,
        message: `Missing env var "${name}" - feature using this value will be unavailable`,
      })),
    ],
    missingVars: missing,
    env: layered,
  };
}

interface Checked {
  readonly config: OpenClawConfig;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

async function check(value: JsonObject, validate: boolean): Promise<Checked> {
  if (!validate) return { config: value as OpenClawConfig, issues: [], warnings: [] };
  const { validateConfig } = await import("./schema/mod.ts");
  const { issues, warnings } = validateConfig(value);
  const usable = issues.length === 0 ? value : prune(value, issues, validateConfig);
  return { config: usable as OpenClawConfig, issues, warnings };
}

function broken(options: LoadOptions, raw: string, message: string): Omit<ConfigSnapshot, "hash"> {
  const path = options.paths.configPath;
  return {
    path,
    exists: true,
    raw,
    parsed: {},
    config: {},
    valid: false,
    issues: [{ path: "", message }],
    warnings: [],
    missingVars: [],
    env: options.env,
  };
}

type ReadResult =
  | { readonly kind: "missing" }
  | { readonly kind: "read"; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: "failed"; readonly message: string };

/** Reads the bytes of a configuration file, at most {@linkcode MAX_CONFIG_BYTES}. */
export async function readConfigBytes(path: string): Promise<ReadResult> {
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) return { kind: "failed", message: "it is not a regular file" };
    if (info.size > MAX_CONFIG_BYTES) {
      return { kind: "failed", message: `the file has more than ${MAX_CONFIG_BYTES} bytes` };
    }
    return { kind: "read", bytes: await Deno.readFile(path) };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { kind: "missing" };
    return { kind: "failed", message: errorMessage(error) };
  }
}

/**
 * The value at `path`, when every variable it mentions has a value.
 *
 * @throws {AppError} `CONFIG_ENV_MISSING`
 */
export function requireResolved(snapshot: ConfigSnapshot, path: string): unknown {
  const missing = snapshot.missingVars.find((entry) =>
    entry.path === path || entry.path.startsWith(`${path}.`) || entry.path.startsWith(`${path}[`)
  );
  if (missing) {
    throw new AppError(
      "CONFIG_ENV_MISSING",
      `Cannot use "${missing.path}": environment variable "${missing.name}" is missing or empty`,
      { hint: `Set ${missing.name}, or: openclaw config set ${missing.path} <value>` },
    );
  }
  return lookup(snapshot.config, path).value;
}
