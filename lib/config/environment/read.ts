/**
 * The `.env` files that fill in what the environment of the process lacks.
 *
 * @module
 */
import { join } from "@std/path";
import { type Env, errorMessage } from "../../base/mod.ts";
import type { ConfigIssue, ConfigPaths } from "../types.ts";
import { parseEnvFile } from "./env_file.ts";
import { mayFolderSet } from "./folder_filter.ts";

/** Largest `.env` file that is read. */
const MAX_ENV_FILE_BYTES = 1024 * 1024;

/** What the `.env` files say. */
export interface EnvFiles {
  /** Every variable that a file sets; whether the process has one of its own is another question. */
  readonly variables: Readonly<Record<string, string>>;
  /** Texts by absolute path; of a file that is not there `undefined`. */
  readonly texts: ReadonlyMap<string, string | undefined>;
  /** Files that are there and cannot be read. */
  readonly warnings: readonly ConfigIssue[];
}

/**
 * Reads the `.env` of the current folder, then that of the state, then, for the default state, the one
 * that services are given. What an earlier one sets stays.
 *
 * @param folder The current folder; absent where there is none.
 */
export async function readEnvFiles(
  paths: ConfigPaths,
  folder: string | undefined,
): Promise<EnvFiles> {
  const variables: Record<string, string> = {};
  const texts = new Map<string, string | undefined>();
  const warnings: ConfigIssue[] = [];
  for (const { path, isFiltered } of candidates(paths, folder)) {
    const text = await readSmallText(path).catch((error) => {
      warnings.push({ path: "env", message: `Cannot read "${path}": ${errorMessage(error)}` });
      return undefined;
    });
    texts.set(path, text);
    for (const [name, value] of Object.entries(parseEnvFile(text ?? ""))) {
      if (isFiltered && !mayFolderSet(name)) continue;
      if (!Object.hasOwn(variables, name)) variables[name] = value;
    }
  }
  return { variables, texts, warnings };
}

/** The environment, with variables of files where it has none; an empty one counts as none. */
export function withFileVariables(env: Env, variables: Readonly<Record<string, string>>): Env {
  if (Object.keys(variables).length === 0) return env;
  return {
    get: (name) =>
      env.get(name) || (Object.hasOwn(variables, name) ? variables[name] : env.get(name)),
  };
}

function candidates(
  { home, stateDir }: ConfigPaths,
  folder: string | undefined,
): { path: string; isFiltered: boolean }[] {
  const state = join(stateDir, ".env");
  const ofFolder = folder === undefined ? state : join(folder, ".env");
  return [
    ...(ofFolder === state ? [] : [{ path: ofFolder, isFiltered: true }]),
    { path: state, isFiltered: false },
    ...(stateDir === join(home, ".openclaw")
      ? [{ path: join(home, ".config", "openclaw", "gateway.env"), isFiltered: false }]
      : []),
  ];
}

async function readSmallText(path: string): Promise<string | undefined> {
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) return undefined;
    if (info.size > MAX_ENV_FILE_BYTES) throw new Error(`more than ${MAX_ENV_FILE_BYTES} bytes`);
    return await Deno.readTextFile(path);
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isAbsent) return undefined;
    throw error;
  }
}
