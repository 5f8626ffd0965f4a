/**
 * The state folder: there, one's own, closed to others, without leftovers.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { leftoverNames, pathExists } from "../../platform/mod.ts";
import { isSensitive, type WalkedEntry, walkState } from "../state_walk.ts";
import { chmodText, modeStep } from "../repair/steps.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:state-integrity";
const FOLDER_MODE = 0o700;
const OTHERS_MAY_WRITE = 0o022;
/** Folders that are copied to other machines behind the gateway's back. */
const SYNCED = /\/(?:Mobile Documents|Dropbox|OneDrive[^/]*|Google Drive|iCloud[^/]*)\//i;
const MAX_NAMED = 5;

/** Folders, modes, owners and leftovers. */
export const stateIntegrity: Check = {
  id: ID,
  title: "State integrity",
  async run(facts) {
    const { stateDir } = facts.paths;
    if (!await pathExists(stateDir)) return [missingFolder(stateDir)];
    const entries = facts.os === "windows" ? [] : await walkState(facts);
    return [
      ...ownerFindings(facts, entries),
      ...modeFindings(entries),
      ...placeFindings(stateDir),
      ...await leftoverFindings(facts),
    ];
  },
};

function missingFolder(stateDir: string): Finding {
  return {
    id: `${ID}.missing`,
    severity: "warn",
    message: `There is no state folder at ${stateDir}`,
    fix: "openclaw setup",
    repair: [{
      kind: "folder",
      path: stateDir,
      mode: FOLDER_MODE,
      title: `mkdir -m 700 ${stateDir}`,
      isSafe: true,
    }],
  };
}

function ownerFindings({ uid, paths }: DoctorFacts, entries: readonly WalkedEntry[]): Finding[] {
  const foreign = entries.filter((entry) => uid !== undefined && entry.uid !== uid);
  if (foreign.length === 0) return [];
  return [{
    id: `${ID}.owner`,
    severity: "error",
    message: `Another user owns what is in the state folder: ${count(foreign.length, "file")}`,
    detail: named(foreign),
    fix: `sudo chown -R "$(id -un)" ${paths.stateDir}`,
  }];
}

function modeFindings(entries: readonly WalkedEntry[]): Finding[] {
  const open = entries.filter(({ mode, wantedMode }) => (mode & ~wantedMode & 0o077) !== 0);
  const groups = {
    writable: open.filter(({ mode }) => (mode & OTHERS_MAY_WRITE) !== 0),
    readable: open.filter((entry) => !(entry.mode & OTHERS_MAY_WRITE) && isSensitive(entry)),
    other: open.filter((entry) => !(entry.mode & OTHERS_MAY_WRITE) && !isSensitive(entry)),
  };
  const finding = (
    name: string,
    severity: Finding["severity"],
    found: readonly WalkedEntry[],
    what: string,
  ): Finding[] =>
    found.length === 0 ? [] : [{
      id: `${ID}.${name}`,
      severity,
      message: `${what}: ${count(found.length, "file or folder", "files and folders")}`,
      detail: named(found),
      fix: found.length === 1 ? chmodText(found[0]!) : "openclaw doctor --fix",
      repair: found.map(modeStep),
    }];
  return [
    ...finding(
      "writable",
      "error",
      groups.writable,
      "Other users may change what is in the state folder",
    ),
    ...finding(
      "readable",
      "warn",
      groups.readable,
      "Other users may read secrets of the state folder",
    ),
    ...finding("open", "info", groups.other, "Other users may read what is in the state folder"),
  ];
}

function placeFindings(stateDir: string): Finding[] {
  if (!SYNCED.test(`${stateDir}/`)) return [];
  return [{
    id: `${ID}.synced`,
    severity: "warn",
    message: `The state folder ${stateDir} is copied by a cloud service, which damages databases`,
    fix: "Move it, and set OPENCLAW_STATE_DIR to its new place",
  }];
}

async function leftoverFindings({ paths }: DoctorFacts): Promise<Finding[]> {
  const { stateDir, configPath } = paths;
  const folders = new Set([stateDir, dirname(configPath), join(stateDir, "config-history")]);
  const found: string[] = [];
  for (const folder of folders) {
    if (!await pathExists(folder)) continue;
    for (const name of await leftoverNames(folder)) found.push(join(folder, name));
  }
  if (found.length === 0) return [];
  return [{
    id: `${ID}.leftovers`,
    severity: "info",
    message: `Processes that were killed while writing have left ${count(found.length, "file")}`,
    detail: found.slice(0, MAX_NAMED),
    fix: "openclaw doctor --fix",
    repair: found.map((path) => ({ kind: "remove", path, title: `rm ${path}`, isSafe: true })),
  }];
}

function named(entries: readonly WalkedEntry[]): string[] {
  const shown = entries.slice(0, MAX_NAMED).map(({ path, mode }) =>
    `${path} (mode ${mode.toString(8)})`
  );
  const more = entries.length - shown.length;
  return more > 0 ? [...shown, `and ${more} more`] : shown;
}

function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
