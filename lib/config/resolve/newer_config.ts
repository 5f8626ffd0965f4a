/**
 * Refuses what an older program would do to the config of a newer one.
 *
 * @module
 */
import { AppError, type Env, VERSION } from "../../base/mod.ts";
import type { OpenClawConfig } from "../types.ts";

/** Set to 1 by whoever knows better. */
const OVERRIDE = "OPENCLAW_ALLOW_OLDER_BINARY_DESTRUCTIVE_ACTIONS";

/**
 * Checks which program has written a config last.
 *
 * @param action What is about to be done, such as `restart the gateway service`.
 * @param options `exitCode` is the exit status where it is not the code's own; `own` the version of
 * this program.
 * @throws {AppError} `CONFIG_TOO_NEW`
 */
export function assertNotOlder(
  config: OpenClawConfig,
  env: Env,
  action: string,
  { exitCode, own = VERSION }: { exitCode?: number; own?: string } = {},
): void {
  const writer = config.meta?.lastTouchedVersion;
  if (typeof writer !== "string" || !isNewer(writer, own) || env.get(OVERRIDE) === "1") return;
  throw new AppError(
    "CONFIG_TOO_NEW",
    `Refusing to ${action} because this OpenClaw binary (${own}) is older than the config last ` +
      `written by OpenClaw ${writer}`,
    {
      hint: `Use the newer program, or install it: openclaw update --to ${writer}\n` +
        "To go on with this one: openclaw config unset meta.lastTouchedVersion",
      ...(exitCode === undefined ? {} : { details: { exitCode } }),
    },
  );
}

/** Compares versions such as `2026.5.12`; what is no version is not newer. */
export function isNewer(version: string, than: string): boolean {
  const [left, right] = [numbersOf(version), numbersOf(than)];
  if (left === undefined || right === undefined) return false;
  const at = left.findIndex((part, index) => part !== right[index]);
  return at >= 0 && left[at]! > right[at]!;
}

function numbersOf(version: string): number[] | undefined {
  const match = /^v?(\d+)\.(\d+)\.(\d+)/.exec(version.trim());
  return match === null ? undefined : match.slice(1).map(Number);
}
