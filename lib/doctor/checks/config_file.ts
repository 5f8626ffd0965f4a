/**
 * The config file: can it be read, does it fit the schema, is there a version to go back to.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import {
  changedPaths,
  type ConfigIssue,
  type ConfigSnapshot,
  decodeUtf8,
  evaluateConfig,
  historyFolder,
  lastGoodPath,
  listVersions,
  loadLastGood,
  readVersion,
} from "../../config/mod.ts";
import { readTextFileIfExists } from "../../platform/mod.ts";
import type { RepairStep } from "../repair/steps.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:config-file";
const MAX_SHOWN = 20;

/** Reading the file, and every doubt about its content. */
export const configFile: Check = {
  id: ID,
  title: "Config file",
  async run(facts) {
    const { snapshot } = facts;
    if (!snapshot.exists) return [await missing(facts)];
    const broken = snapshot.issues.find(({ path }) => path === "");
    if (broken !== undefined) return [await unreadable(facts, broken)];
    const fallback = snapshot.valid ? undefined : await fallbackText(facts);
    return [
      ...snapshot.issues.slice(0, MAX_SHOWN).map((issue) => invalid(issue)),
      ...(fallback === undefined ? [] : [fallback]),
      ...snapshot.warnings.slice(0, MAX_SHOWN).map((warning) => doubtful(facts, warning)),
    ];
  },
};

/** Whether a config file is there of which nothing can be used. */
export function isUnreadable({ issues }: ConfigSnapshot): boolean {
  return issues.some(({ path }) => path === "");
}

async function missing(facts: DoctorFacts): Promise<Finding> {
  const message = `There is no config file at ${facts.snapshot.path}`;
  const text = await lastAccepted(facts);
  if (text === undefined) {
    return { id: `${ID}.missing`, severity: "warn", message, fix: "openclaw setup" };
  }
  return {
    id: `${ID}.lost`,
    severity: "error",
    message,
    detail: ["A version that was accepted before is kept."],
    fix: "openclaw doctor --fix, or begin anew: openclaw setup",
    repair: [putBack("put the config that was last accepted back in its place", text)],
  };
}

/** The text that a gateway accepted last; nothing where it is of no use any more. */
async function lastAccepted(facts: DoctorFacts): Promise<string | undefined> {
  const { env, paths } = facts;
  const accepted = await loadLastGood({ env, paths });
  if (accepted === undefined) return undefined;
  return await asItWasWritten(facts, accepted) ?? await readTextFileIfExists(lastGoodPath(paths));
}

/** The newest version of the history, where it says the same: it has its includes and comments yet. */
async function asItWasWritten(
  { env, paths }: DoctorFacts,
  accepted: ConfigSnapshot,
): Promise<string | undefined> {
  const folder = historyFolder(paths.stateDir);
  const newest = (await listVersions(folder, "")).findLast(({ taken }) => taken);
  const raw = newest && await keptText(folder, newest.hash);
  if (raw === undefined) return undefined;
  const { valid, parsed } = await evaluateConfig({ env, paths, raw });
  return valid && changedPaths(parsed, accepted.parsed).length === 0 ? raw : undefined;
}

/** The text of a version; nothing where it is gone, as one is that held a moved secret. */
async function keptText(folder: string, hash: string): Promise<string | undefined> {
  try {
    return decodeUtf8(await readVersion(folder, hash));
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith("CONFIG_VERSION_")) return undefined;
    throw error;
  }
}

function putBack(title: string, text: string): RepairStep {
  const edit = () => Promise.resolve(text);
  return { kind: "config", title, isSafe: false, isReplacement: true, edit };
}

async function unreadable(facts: DoctorFacts, { message }: ConfigIssue): Promise<Finding> {
  const { snapshot } = facts;
  const base = {
    id: `${ID}.unreadable`,
    severity: "error" as const,
    message: `The config file cannot be read: ${message}`,
  };
  const text = await lastAccepted(facts);
  if (text === undefined) {
    const detail = ["There is no earlier version that was accepted; it is left as it is."];
    return { ...base, detail, fix: `Correct ${snapshot.path}, then: openclaw config validate` };
  }
  const title = "put the config that was last accepted in place of the one that cannot be read";
  return {
    ...base,
    detail: ["A version that was accepted before is kept; the gateway serves that one."],
    fix: "openclaw doctor --fix, or correct the file by hand",
    repair: [putBack(title, text)],
  };
}

function invalid({ path, message, allowedValues }: ConfigIssue): Finding {
  const example = allowedValues?.[0] ?? "<value>";
  const isInclude = /includ/i.test(message);
  return {
    id: isInclude ? `${ID}.include` : `${ID}.invalid`,
    severity: "error",
    message: `${path}: ${message}`,
    fix: isInclude ? "openclaw config validate" : `openclaw config set ${path} ${example}`,
  };
}

async function fallbackText({ env, paths }: DoctorFacts): Promise<Finding> {
  const accepted = await loadLastGood({ env, paths });
  return {
    id: `${ID}.last-good`,
    severity: "info",
    message: accepted === undefined
      ? "No version that was accepted is kept: a gateway does not start with this file"
      : "A gateway serves the version that was last accepted until the file is valid",
    fix: "openclaw config history",
  };
}

function doubtful({ snapshot }: DoctorFacts, { path, message }: ConfigIssue): Finding {
  const missing = snapshot.missingVars.find((one) => one.path === path);
  return {
    id: missing === undefined ? `${ID}.unknown-key` : `${ID}.variable-missing`,
    severity: "warn",
    message: `${path}: ${message}`,
    fix: missing === undefined
      ? `openclaw config get ${path}`
      : `Set ${missing.name}, or: openclaw config set ${path} <value>`,
  };
}
