/**
 * What launchctl means when it fails, and what a person does next.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CommandResult } from "../../platform/mod.ts";

/**
 * Why a call of launchctl failed.
 *
 * - `not-found`: launchd does not know the job.
 * - `already`: it knows it already.
 * - `busy`: an earlier instance is still going, or another request is under way; passes by itself.
 * - `disabled`: the job may not be loaded until it is enabled.
 * - `denied`: this user may not do that, or the definition belongs to somebody else.
 * - `no-domain`: nobody is logged in at the screen.
 * - `other`: anything else; may pass by itself.
 */
export type FailureKind =
  | "not-found"
  | "already"
  | "busy"
  | "disabled"
  | "denied"
  | "no-domain"
  | "other";

/** Kinds that trying again does not mend. */
export const FINAL_KINDS: ReadonlySet<FailureKind> = new Set(["denied", "no-domain"]);

/** The numbers are the same in every language, so they count first. */
const BY_CODE: ReadonlyMap<number, FailureKind> = new Map([
  [3, "not-found"],
  [113, "not-found"],
  [5, "busy"],
  [16, "busy"],
  [36, "busy"],
  [37, "busy"],
  [17, "already"],
  [130, "already"],
  [133, "already"],
  [119, "disabled"],
  [13, "denied"],
  [122, "denied"],
  [150, "denied"],
  [112, "no-domain"],
  [125, "no-domain"],
]);

const BY_TEXT: readonly (readonly [RegExp, FailureKind])[] = [
  [/domain does not support specified action|could not find (?:specified )?domain/i, "no-domain"],
  [/already exists in domain|already bootstrapped|already loaded/i, "already"],
  [/service is disabled/i, "disabled"],
  [/not permitted|permission denied|access denied|not privileged|bad ownership/i, "denied"],
  [/no such process|could not find (?:specified )?service|not found/i, "not-found"],
  [/input\/output error|in progress|resource busy/i, "busy"],
];

/** Why a call ended as it did; `result` is that of one that failed. */
export function failureKind(result: CommandResult): FailureKind {
  const text = `${result.stderr}\n${result.stdout}`;
  // "Bootstrap failed: 125: ..." may come with another exit status.
  const named = Number(/failed: (\d+):/.exec(text)?.[1]);
  return BY_CODE.get(named) ?? BY_CODE.get(result.code) ??
    BY_TEXT.find(([pattern]) => pattern.test(text))?.[1] ?? "other";
}

/** What launchctl printed about a failure, in one line, without its advice to become root. */
export function failureText({ code, stderr, stdout }: CommandResult): string {
  const lines = (stderr.trim() || stdout.trim()).split(/\s*\n\s*/)
    .filter((line) => line !== "" && !/as root for richer errors/.test(line));
  return lines.length === 0 ? `exit status ${code}` : lines.join("; ");
}

/**
 * The refusal of a session that has no LaunchAgents.
 *
 * @param verb What brings the service up in one that has, such as `start`.
 */
export function noDomain(domain: string, detail: string, verb: "install" | "start"): AppError {
  return new AppError(
    "SERVICE_MANAGER_UNAVAILABLE",
    `Cannot reach the LaunchAgents of ${domain}: this user is not logged in at the screen (${detail})`,
    {
      hint: `Log in to macOS as this user, then run there: openclaw gateway ${verb}\n` +
        "Over SSH, without a screen and through sudo there is no such session\n" +
        "On a headless Mac, let a LaunchDaemon of your own start: openclaw gateway run",
      details: { reason: "no-gui-session", kind: "generic" },
    },
  );
}

/** The refusal of a system without launchctl. */
export function noLaunchctl(): AppError {
  return new AppError(
    "SERVICE_MANAGER_UNAVAILABLE",
    "Cannot use launchd: there is no launchctl on the PATH",
    {
      hint: "Add /bin to PATH, or run the gateway in the foreground: openclaw gateway run",
      details: { reason: "no-launchctl", kind: "generic" },
    },
  );
}
