/**
 * Reads the configuration file and says what it is worth; never throws for a bad file.
 *
 * @module
 */
import {
  AppError,
  type Env,
  errorMessage,
  isObject,
  type JsonObject,
  sha256Hex,
} from "../base/mod.ts";
import { readEnvFiles, withFileVariables } from "./environment/read.ts";
import type { ShellVariables } from "./environment/shell.ts";
import type { Included } from "./include/mod.ts";
import { decodeUtf8, MAX_CONFIG_BYTES, parseConfigText } from "./parse.ts";
import { lookup } from "./lookup.ts";
import { prune } from "./prune.ts";
import { sharedAgentDirs } from "./resolve/agents.ts";
import { substitute, withConfigVariables } from "./substitute.ts";
import type { ConfigIssue, ConfigPaths, ConfigSnapshot, OpenClawConfig } from "./types.ts";

/** A text without it includes nothing. A name may be written in escapes, but nobody does. */
export const INCLUDE_MARK = "$include";

/** What {@linkcode loadConfig} needs. */
export interface LoadOptions {
  /** The environment of the process. */
  readonly env: Env;
  readonly paths: ConfigPaths;
  /**
   * `false` skips the schema, which saves loading the schema library. Values may then be of the
   * wrong type: only for commands that need no more than an address and a credential.
   */
  readonly validate?: boolean;
  /** Folder whose `.env` is read; the current one unless given. */
  readonly folder?: string;
}

/** A text with what is known of where it came from. */
export interface EvaluateOptions extends LoadOptions {
  readonly raw: string;
  /** Texts by absolute path that stand in for those of included files. */
  readonly overlay?: ReadonlyMap<string, string>;
}

/** Reads, parses, substitutes and checks the configuration file. */
export async function loadConfig(options: LoadOptions): Promise<ConfigSnapshot> {
  const read = await readConfigBytes(options.paths.configPath);
  if (read.kind === "missing") {
    const hash = await sha256Hex("");
    return {
      ...await evaluateAs({ ...options, raw: "{}" }, "missing"),
      exists: false,
      raw: "",
      hash,
    };
  }
  if (read.kind === "failed") {
    const state = `failed: ${read.message}`;
    return { ...await broken(options, read.message, state), hash: await sha256Hex("") };
  }
  const raw = decodeUtf8(read.bytes);
  const hash = await sha256Hex(read.bytes);
  if (raw === undefined) {
    return { ...await broken(options, "the file is not UTF-8 text", hash), hash };
  }
  return { ...await evaluateAs({ ...options, raw }, hash), hash };
}

/** Parses, substitutes and checks a text as if it were the file. */
export async function evaluateConfig(options: EvaluateOptions): Promise<ConfigSnapshot> {
  return await evaluateAs(options, await sha256Hex(options.raw));
}

/** @param state What the file is, for the revision. */
async function evaluateAs(options: EvaluateOptions, state: string): Promise<ConfigSnapshot> {
  const { env, paths, raw } = options;
  const text = await parseConfigText(raw);
  if (!text.ok) return { ...await broken(options, text.message, state), raw };
  const envFiles = await readEnvFiles(paths, options.folder ?? currentFolder());
  const base = withFileVariables(env, envFiles.variables);
  const { value: parsed, issues, texts } = await included(text.value, options);
  const own = substitute({ env: parsed.env ?? {} }, base, paths.home).value.env;
  const shell = await shellVariables(own, base, options);
  const layered = withFileVariables(withConfigVariables(base, own), shell?.variables ?? {});
  const { value, missing } = substitute(parsed, layered, paths.home);
  const checked = await check(value, options.validate ?? true, paths);
  return {
    path: paths.configPath,
    exists: true,
    raw,
    hash: await sha256Hex(raw),
    revision: await revisionOf(state, [...texts, ...envFiles.texts]),
    files: [paths.configPath, ...texts.keys(), ...envFiles.texts.keys()],
    includes: [...texts.keys()],
    parsed,
    config: checked.config,
    valid: checked.issues.length + issues.length === 0,
    issues: [...issues, ...checked.issues],
    warnings: [
      ...envFiles.warnings,
      ...(shell?.problem === undefined ? [] : [{
        path: "env.shellEnv",
        message: `No variables of the login shell: ${shell.problem}`,
      }]),
      ...checked.warnings,
      ...missing.map(({ path, name }) => ({
        path,
        message: `Missing env var "${name}" - feature using this value will be unavailable`,
      })),
    ],
    missingVars: missing,
    env: layered,
    processEnv: env,
    fileVariables: envFiles.variables,
  };
}

/** The variables of the login shell, where they are wanted; a quick look at the file needs none. */
async function shellVariables(
  section: unknown,
  env: Env,
  { validate = true }: LoadOptions,
): Promise<ShellVariables | undefined> {
  const settings = isObject(section) && isObject(section.shellEnv) ? section.shellEnv : {};
  const isWanted = settings.enabled === true || env.get("OPENCLAW_LOAD_SHELL_ENV") === "1";
  if (!isWanted || !validate) return undefined;
  const { readShellVariables, SHELL_TIMEOUT_MS } = await import("./environment/shell.ts");
  const { timeoutMs } = settings;
  return await readShellVariables(
    env,
    typeof timeoutMs === "number" && timeoutMs > 0 ? timeoutMs : SHELL_TIMEOUT_MS,
  );
}

/** The configuration with its includes in place; most have none, and load nothing for it. */
async function included(
  own: JsonObject,
  { raw, paths, env, overlay }: EvaluateOptions,
): Promise<Included> {
  if (!raw.includes(INCLUDE_MARK)) return { value: own, issues: [], texts: new Map() };
  const { includeRoots, resolveIncludes } = await import("./include/mod.ts");
  return await resolveIncludes(own, {
    path: paths.configPath,
    roots: includeRoots(paths.configPath, env),
    ...(overlay ? { overlay } : {}),
  });
}

/** Where the files are the same, so is the revision. */
async function revisionOf(
  state: string,
  texts: readonly (readonly [string, string | undefined])[],
): Promise<string> {
  const others = texts.filter(([, text]) => text !== undefined);
  return others.length === 0 ? state : await sha256Hex(JSON.stringify([state, others]));
}

function currentFolder(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    // The folder was removed while the program runs in it: it has no `.env` either.
    return undefined;
  }
}

interface Checked {
  readonly config: OpenClawConfig;
  readonly issues: readonly ConfigIssue[];
  readonly warnings: readonly ConfigIssue[];
}

async function check(
  value: JsonObject,
  validate: boolean,
  paths: ConfigPaths,
): Promise<Checked> {
  if (!validate) return { config: value as OpenClawConfig, issues: [], warnings: [] };
  const { validateConfig } = await import("./schema/mod.ts");
  const { issues: own, warnings } = validateConfig(value);
  const issues = own.length > 0 ? own : sharedAgentDirs(value as OpenClawConfig, paths);
  const usable = issues.length === 0 ? value : prune(value, issues, validateConfig);
  return { config: usable as OpenClawConfig, issues, warnings };
}

/** A file of which nothing can be used; the environment is that of the `.env` files nevertheless. */
async function broken(
  { env, paths, folder }: LoadOptions,
  message: string,
  state: string,
): Promise<ConfigSnapshot> {
  const { variables, texts, warnings } = await readEnvFiles(paths, folder ?? currentFolder());
  return {
    path: paths.configPath,
    exists: true,
    raw: "",
    hash: state,
    revision: await revisionOf(state, [...texts]),
    files: [paths.configPath, ...texts.keys()],
    includes: [],
    parsed: {},
    config: {},
    valid: false,
    issues: [{ path: "", message }],
    warnings,
    missingVars: [],
    env: withFileVariables(env, variables),
    processEnv: env,
    fileVariables: variables,
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
