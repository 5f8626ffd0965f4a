/**
 * What is kept of a gateway that ended badly: the reason, the error and the last events, without
 * anything that was said or configured.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, type Clock, redactShapes, VERSION } from "../../base/mod.ts";
import {
  currentPid,
  machineArch,
  memoryUsage,
  osName,
  stabilityFolder,
} from "../../platform/mod.ts";
import type { StabilityLog } from "../methods/events/stability_log.ts";

/** How a gateway came to its end. */
export type BundleReason =
  | "gateway.startup_failed"
  | "gateway.shutdown_timeout"
  | "gateway.uncaught_exception";

/** What a bundle is made of. */
export interface BundleFacts {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly reason: BundleReason;
  readonly error?: unknown;
  /** The events so far; absent before the gateway has begun to note any. */
  readonly stability?: StabilityLog | undefined;
  /** When the process began, on the monotonic clock. */
  readonly startedAt: number;
  /** Takes secrets out. */
  readonly redact?: (text: string) => string;
}

/** The newest are kept. */
const MAX_BUNDLES = 20;
const MAX_MESSAGE_CHARS = 2000;
const NAME = /^openclaw-stability-.*\.json$/;

/**
 * Writes a bundle, without waiting: the process may be about to end.
 *
 * @returns Its path; `undefined` when it could not be written, which must not hide the failure it is
 * about.
 */
export function writeBundle(facts: BundleFacts): string | undefined {
  const folder = stabilityFolder(facts.stateDir);
  const generatedAt = new Date(facts.clock.now()).toISOString();
  const stamp = generatedAt.replaceAll(/[:.]/g, "-");
  const path = join(folder, `openclaw-stability-${stamp}-${currentPid()}-${facts.reason}.json`);
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    Deno.writeTextFileSync(path, `${JSON.stringify(bundle(facts, generatedAt), null, 2)}\n`, {
      mode: 0o600,
    });
    removeOld(folder);
    return path;
  } catch {
    // A full or read-only disk may be the very failure; the caller reports that one.
    return undefined;
  }
}

function bundle({ clock, reason, error, stability, startedAt, redact }: BundleFacts, at: string) {
  return {
    version: 1,
    generatedAt: at,
    reason,
    process: {
      pid: currentPid(),
      platform: osName(),
      arch: machineArch(),
      deno: Deno.version.deno,
      openclaw: VERSION,
      uptimeMs: Math.round(clock.monotonic() - startedAt),
      rssBytes: memoryUsage().rss,
    },
    host: { hostname: "<redacted-hostname>" },
    ...(error === undefined ? {} : { error: errorFacts(error, redact ?? redactShapes) }),
    snapshot: stability?.report({}) ?? {
      generatedAt: at,
      capacity: 0,
      count: 0,
      dropped: 0,
      events: [],
      summary: { byType: {} },
    },
  };
}

function errorFacts(error: unknown, redact: (text: string) => string) {
  if (!(error instanceof Error)) return { name: "Error", message: "<not an error>" };
  const message = redact(error.message).replaceAll(/\s+/g, " ").slice(0, MAX_MESSAGE_CHARS);
  const code = error instanceof AppError ? { code: error.code } : {};
  return { name: error.name, ...code, message };
}

function removeOld(folder: string): void {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => NAME.test(name)).sort();
  for (const name of names.slice(0, -MAX_BUNDLES)) Deno.removeSync(join(folder, name));
}
