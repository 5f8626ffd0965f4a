/**
 * `system.notify`: shows a notification on this machine, where it has a program for that.
 *
 * @module
 */
import { AppError, ellipsize } from "../../base/mod.ts";
import { findOnDisk } from "../../exec/mod.ts";
import { type OsName, type RunCommand, runCommand } from "../../platform/mod.ts";
import { badParams, optionalText } from "../params.ts";
import type { RunPlace } from "../plan.ts";
import type { NodeCommand } from "../types.ts";

const MAX_TEXT_CHARS = 1000;
const TIMEOUT_MS = 5000;

/** The arguments of a notifier; texts are arguments of their own, never part of a script. */
type Notifier = (title: string, body: string) => string[];

const OSASCRIPT =
  "on run argv\ndisplay notification (item 2 of argv) with title (item 1 of argv)\nend run";
const NOTIFIERS: Readonly<Record<OsName, readonly [program: string, args: Notifier] | undefined>> =
  {
    linux: ["notify-send", (title, body) => ["--app-name=OpenClaw", "--", title, body]],
    darwin: ["osascript", (title, body) => ["-e", OSASCRIPT, title, body]],
    windows: undefined,
  };

/** The command, or `undefined` where nothing could show a notification. */
export function createNotify(
  os: OsName,
  place: RunPlace,
  hasDesktop: boolean,
  run: RunCommand = runCommand,
): NodeCommand | undefined {
  const notifier = NOTIFIERS[os];
  if (notifier === undefined || (os === "linux" && !hasDesktop)) return undefined;
  const program = findOnDisk({ cwd: place.folder, path: place.path })(notifier[0]);
  if (program === undefined) return undefined;
  return async (params) => {
    const title = optionalText(params, "title");
    const body = optionalText(params, "body");
    if (title === undefined && body === undefined) {
      throw badParams("INVALID_REQUEST: title or body required");
    }
    const texts = [title ?? "OpenClaw", body ?? ""].map((text) => ellipsize(text, MAX_TEXT_CHARS));
    const args = notifier[1](texts[0]!, texts[1]!);
    const { code, stderr } = await run(program.path, args, { timeoutMs: TIMEOUT_MS });
    if (code !== 0) {
      throw new AppError("UNAVAILABLE", `Cannot show the notification: ${stderr.trim() || code}`);
    }
    return { ok: true };
  };
}
