/**
 * The output of `launchctl print` as three generations of macOS have worded it.
 *
 * @module
 */
import type { FakeJob } from "./launchd.ts";

/** `legacy` has no count of starts, `older` says waiting, `current` tells signals and job states. */
export type PrintStyle = "legacy" | "older" | "current";

/** The output about a job. @param isRestarted Whether launchd is about to start it again. */
export function printJob(
  job: FakeJob,
  domain: string,
  style: PrintStyle,
  isRestarted: boolean,
): string {
  const name = style === "legacy" ? job.label : `${domain}/${job.label}`;
  const lines = [
    `active count = ${job.pid === undefined ? 0 : 1}`,
    `path = ${job.path}`,
    ...(style === "legacy" ? [] : ["type = LaunchAgent"]),
    `state = ${stateOf(job, style, isRestarted)}`,
    "",
    `program = ${job.command[0]}`,
    "arguments = {",
    ...job.command.map((word) => `\t${word}`),
    "}",
    "",
    "inherited environment = {",
    "\tSSH_AUTH_SOCK => /private/tmp/com.apple.launchd.x/Listeners",
    "}",
    "",
    `domain = ${domain} [100004]`,
    "minimum runtime = 10",
    ...(style === "legacy" ? [] : [`runs = ${job.runs}`]),
    ...(job.pid === undefined ? [] : [`pid = ${job.pid}`]),
    ...exitLines(job, style),
    "",
    "resource coalition = {",
    "\tID = 4711",
    "\tstate = active",
    "\tactive count = 1",
    "}",
    "",
    "properties = keepalive | runatload",
  ];
  return `${name} = {\n${lines.map((line) => line === "" ? "" : `\t${line}`).join("\n")}\n}\n`;
}

function stateOf(job: FakeJob, style: PrintStyle, isRestarted: boolean): string {
  if (job.pid !== undefined) return "running";
  if (style !== "current") return "waiting";
  return isRestarted ? "spawn scheduled" : "not running";
}

function exitLines({ lastExit, lastSignal }: FakeJob, style: PrintStyle): string[] {
  if (lastSignal !== undefined) return [`last terminating signal = ${lastSignal}`];
  if (style === "legacy") return lastExit === undefined ? [] : [`last exit status = ${lastExit}`];
  return [`last exit code = ${lastExit ?? "(never exited)"}`];
}
