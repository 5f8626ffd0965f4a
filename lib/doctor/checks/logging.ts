/**
 * The log: can it be written where it is to be.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { resolveLogging } from "../../config/mod.ts";
import { tempDir } from "../../platform/mod.ts";
import type { Check, DoctorFacts, Finding } from "../types.ts";

const ID = "doctor:logging";
const COMMON_FOLDER = "/tmp/openclaw";
const OTHERS_MAY_WRITE = 0o022;
const OWNER_MAY_WRITE = 0o200;

/** The folder of the log, its owner and its mode; how much the log tells. */
export const logging: Check = {
  id: ID,
  title: "Logging",
  run(facts) {
    const { config, env } = facts.served;
    const { file, level } = resolveLogging({ config, env, isTty: false });
    return [
      ...(file === undefined ? commonFolder(facts) : ownFile(facts, file)),
      ...(level === "silent"
        ? [{
          id: `${ID}.silent`,
          severity: "info" as const,
          message: "The log is off: what fails leaves no trace",
          fix: "openclaw config set logging.level info",
        }]
        : []),
    ];
  },
};

function ownFile({ uid }: DoctorFacts, file: string): Finding[] {
  const folder = dirname(file);
  const info = lookAt(folder);
  if (info === undefined) {
    return [{
      id: `${ID}.folder-missing`,
      severity: "info",
      message: `The folder of logging.file, ${folder}, is not there; the gateway makes it`,
    }];
  }
  const isOwn = uid === undefined || uid === 0 || info.uid === uid;
  if (info.isDirectory && (!isOwn || ((info.mode ?? OWNER_MAY_WRITE) & OWNER_MAY_WRITE) !== 0)) {
    return [];
  }
  return [{
    id: `${ID}.not-writable`,
    severity: "error",
    message: `The log cannot be written to ${folder}`,
    fix: "openclaw config unset logging.file",
  }];
}

/** The folder that all users of a machine share; one that is not private is passed over. */
function commonFolder({ os, uid, env }: DoctorFacts): Finding[] {
  const info = os === "windows" ? undefined : lookAt(COMMON_FOLDER);
  if (info === undefined || uid === undefined) return [];
  const isPrivate = info.isDirectory && info.uid === uid &&
    ((info.mode ?? 0) & OTHERS_MAY_WRITE) === 0;
  if (isPrivate) return [];
  return [{
    id: `${ID}.folder-shared`,
    severity: "info",
    message: `${COMMON_FOLDER} belongs to somebody else or is open to others; the log is in ` +
      join(tempDir(env), `openclaw-${uid}`),
  }];
}

function lookAt(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch {
    // Not there, or closed to this user: then the gateway does not use it either.
    return undefined;
  }
}
