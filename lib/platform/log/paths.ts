/**
 * Where log files live and how their parts are named.
 *
 * @module
 */
import { basename, dirname, extname, isAbsolute, join } from "@std/path";
import type { Env } from "../../base/mod.ts";
import { formatLocalDate } from "../clock.ts";
import { osName, tempDir, userId } from "../os.ts";
import { ensurePrivateDirSync } from "../private_dir.ts";

/** The shared place that the first user of a machine gets; others fall back to their own. */
const COMMON_FOLDER = "/tmp/openclaw";
const DATED_NAME = /^openclaw-(?:[a-z0-9][a-z0-9_-]{0,63}-)?\d{4}-\d{2}-\d{2}(?:\.\d+)?\.log$/i;
const PROFILE = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/** How many rotated parts of a log file are kept. */
export const KEPT_PARTS = 5;

/**
 * The folder of the dated log files, created when missing. One that systemd has made for the service
 * comes first: a hardened service has no part in the common one.
 *
 * @param common The folder preferred outside Windows.
 * @throws {AppError} When neither the common folder nor the user's own can be used safely.
 */
export function logFolder(env: Env, common = COMMON_FOLDER): string {
  const given = env.get("LOGS_DIRECTORY")?.split(":", 1)[0];
  if (given && isAbsolute(given)) return given;
  if (osName() !== "windows") {
    try {
      ensurePrivateDirSync(common);
      return common;
    } catch {
      // Somebody else's or open to others; the user's own folder takes its place.
    }
  }
  const uid = userId();
  const own = join(tempDir(env), uid === undefined ? "openclaw" : `openclaw-${uid}`);
  ensurePrivateDirSync(own);
  return own;
}

/**
 * The file of the local day of `ms`, such as `openclaw-2026-11-22.log`; gateways of several profiles
 * on one machine each have their own, such as `openclaw-ops-2026-11-22.log`.
 */
export function datedFile(folder: string, ms: number, env: Env): string {
  const profile = env.get("OPENCLAW_PROFILE")?.trim().toLowerCase() ?? "";
  const isNamed = PROFILE.test(profile) && profile !== "default";
  return join(folder, `openclaw-${isNamed ? `${profile}-` : ""}${formatLocalDate(ms)}.log`);
}

/** A rotated part of a log file: `x.log` becomes `x.1.log`. */
export function partFile(path: string, part: number): string {
  const extension = extname(path);
  const stem = basename(path).slice(0, basename(path).length - extension.length);
  return join(dirname(path), `${stem}.${part}${extension}`);
}

/** Moves every kept part one further, the oldest away, and the file itself to part 1. */
export function rotateParts(path: string): void {
  for (let part = KEPT_PARTS - 1; part >= 0; part--) {
    const from = part === 0 ? path : partFile(path, part);
    try {
      Deno.renameSync(from, partFile(path, part + 1));
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Removes dated log files last written before `beforeMs`; what cannot be removed stays. */
export function removeOldFiles(folder: string, beforeMs: number): void {
  for (const name of datedNames(folder)) {
    const path = join(folder, name);
    try {
      const { isFile, mtime } = Deno.lstatSync(path);
      if (isFile && mtime !== null && mtime.getTime() < beforeMs) Deno.removeSync(path);
    } catch {
      // Another process may be cleaning up as well; an old file left behind does no harm.
    }
  }
}

function datedNames(folder: string): string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name)
      .filter((name) => DATED_NAME.test(name));
  } catch {
    // Cleaning up is a courtesy; writing reports what is wrong with the folder.
    return [];
  }
}

/** The folder of a state folder that holds what is kept of gateways that ended badly. */
export function stabilityFolder(stateDir: string): string {
  return join(stateDir, "logs", "stability");
}
