/**
 * What an earlier version left: names from before the product was renamed, conversations in files,
 * copies of the config that nobody reads.
 *
 * @module
 */
import { join } from "@std/path";
import { findLegacyFiles } from "../../config/mod.ts";
import { pathExists } from "../../platform/mod.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:legacy-state";
const MAX_NAMED = 5;
const OLD_COPY = /^openclaw\.json\.(?:bak(?:\.\d+)?|pre-update|clobbered\..+|rejected\..+)$/;
const OLD_DATABASE_COPY = /^openclaw\.sqlite\.v\d+\.bak$/;

/** Old names, old stores, old copies. */
export const legacyState: Check = {
  id: ID,
  title: "Legacy state",
  async run(facts) {
    const [names, sessions, copies] = await Promise.all([
      oldNames(facts),
      oldSessions(facts),
      oldCopies(facts),
    ]);
    return [...names, ...sessions, ...copies];
  },
};

async function oldNames({ paths }: DoctorFacts): Promise<Finding[]> {
  const inUse = [paths.stateDir, paths.configPath].filter((path) => path.includes("clawdbot"));
  const left = await findLegacyFiles(paths);
  return [
    ...inUse.map((path): Finding => ({
      id: `${ID}.old-name`,
      severity: "info",
      message: `${path} is in use under its old name`,
      fix: `openclaw migrate --from ${path} --dry-run`,
    })),
    ...left.map(({ path, message, hint }): Finding => ({
      id: `${ID}.left`,
      severity: "warn",
      message: `${path}: ${message}`,
      fix: hint,
    })),
  ];
}

async function oldSessions({ paths: { stateDir }, database }: DoctorFacts): Promise<Finding[]> {
  const folder = join(stateDir, "agents");
  const stores: string[] = [];
  for (const id of await namesIn(folder)) {
    const path = join(folder, id, "sessions", "sessions.json");
    if (await pathExists(path)) stores.push(path);
  }
  if (stores.length === 0) return [];
  const { exists, isOlder, sessionCount } = await database();
  if (exists && (isOlder || sessionCount > 0)) return [];
  return [{
    id: `${ID}.sessions`,
    severity: "warn",
    message: "Conversations of an earlier gateway are not in the database",
    detail: stores.slice(0, MAX_NAMED),
    fix: `openclaw migrate --from ${stateDir} --dry-run`,
  }];
}

async function oldCopies({ paths: { stateDir } }: DoctorFacts): Promise<Finding[]> {
  const names = await namesIn(stateDir);
  const configs = names.filter((name) => OLD_COPY.test(name)).sort();
  const databases = names.filter((name) => OLD_DATABASE_COPY.test(name)).sort();
  const finding = (name: string, found: readonly string[], what: string): Finding[] =>
    found.length === 0 ? [] : [{
      id: `${ID}.${name}`,
      severity: "info",
      message: `Old copies that nothing reads may hold secrets: ${found.length} of ${what}`,
      detail: found.slice(0, MAX_NAMED).map((one) => join(stateDir, one)),
      fix: `rm ${join(stateDir, found[0]!)}`,
    }];
  return [
    ...finding("config-copies", configs, "the config"),
    ...finding("database-copies", databases, "the database"),
  ];
}

async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const { name } of Deno.readDir(folder)) names.push(name);
  } catch (error) {
    // Whether it should be there is asked elsewhere.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return names;
}
