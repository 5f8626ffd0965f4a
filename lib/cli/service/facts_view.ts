/**
 * The service in `gateway status`, for people: what it is, what it does, what is wrong with it and
 * which command mends that.
 *
 * @module
 */
import { EXIT, formatDuration } from "../../base/mod.ts";
import type { SupervisorHandoff } from "../../platform/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ServiceFacts, ServiceReportFacts } from "./facts.ts";

/** The lines about the definition. */
export function printDefinition(
  { out, say }: CommandContext,
  facts: ServiceReportFacts | undefined,
  logFile: string | undefined,
): void {
  if (facts === undefined) {
    out.line("Service: this system has no service manager that is known");
    if (logFile !== undefined) out.line(`File logs: ${logFile}`);
    return;
  }
  const { json } = facts;
  out.line(`Service: ${json.label} (${json.loaded ? json.loadedText : json.notLoadedText})`);
  if (logFile !== undefined) out.line(`File logs: ${logFile}`);
  if (json.command !== null) {
    out.line(`Command: ${json.command.programArguments.join(" ")}`);
    out.line(`Service file: ${json.command.sourcePath}`);
    if (json.command.workingDirectory !== undefined) {
      out.line(`Working dir: ${json.command.workingDirectory}`);
    }
    const env = Object.entries(json.command.environment).map(([key, value]) => `${key}=${value}`);
    if (env.length > 0) out.line(`Service env: ${env.join(" ")}`);
  }
  if (json.configAudit.ok) return;
  out.note("Service config looks out of date or non-standard.");
  for (const { message, detail } of json.configAudit.issues) {
    out.note(`Service config issue: ${message}${detail === undefined ? "" : ` (${detail})`}`);
  }
  out.note(`Fix: ${say("gateway install --force")}`);
}

/** The lines about the process. */
export function printRuntime(
  context: CommandContext,
  facts: ServiceReportFacts | undefined,
): void {
  if (facts === undefined) return;
  const { out, say } = context;
  const { json } = facts;
  if (json.error !== undefined) {
    out.note(`Service: ${json.error}`);
    for (const line of facts.hint?.split("\n") ?? []) out.note(`Fix: ${line}`);
    return;
  }
  if (json.state === "not_installed") {
    out.note(`Service not installed. Run: ${say("gateway install")}`);
    return;
  }
  out.line(`Runtime: ${runtimeLine(json)}`);
  if (json.restartHandoff !== undefined) {
    out.line(`Recent restart handoff: ${handoffLine(json.restartHandoff, context.clock.now())}`);
  }
  switch (json.state) {
    case "crash_looping":
      out.note("Service is crash-looping: it is started again and again and ends each time.");
      out.note(`Logs: ${facts.logHint}`);
      out.note(`Fix: mend what the log names, then: ${say("gateway restart")}`);
      break;
    case "failed":
      out.note("Service has failed and is not started again.");
      out.note(`Logs: ${facts.logHint}`);
      out.note(
        `Fix: ${
          say(json.runtime.lastExitStatus === EXIT.CONFIG ? "config validate" : "doctor")
        }, then: ${say("gateway restart")}`,
      );
      break;
    case "stopped":
      out.note(
        `Service is installed but ${json.loaded ? "stopped" : json.notLoadedText}. ` +
          `Run: ${say("gateway start")}`,
      );
      break;
    case "starting":
      out.note("Service is starting. Try again shortly.");
  }
  for (const warning of facts.warnings) out.note(warning);
}

/** `full-process via systemd; source=operator-restart; pid=7; age=2s; expiresIn=58s`. */
export function handoffLine(handoff: SupervisorHandoff, now: number): string {
  const { restartKind, supervisorMode, source, reason, pid, createdAt, expiresAt } = handoff;
  return [
    `${restartKind} via ${supervisorMode}`,
    `source=${source}`,
    ...(reason === undefined ? [] : [`reason=${reason}`]),
    `pid=${pid}`,
    `age=${formatDuration(now - createdAt)}`,
    `expiresIn=${formatDuration(expiresAt - now)}`,
  ].join("; ");
}

/** What the manager says, in the order existing tools print it. */
export function runtimeLine({ state, runtime }: Pick<ServiceFacts, "state" | "runtime">): string {
  const parts: string[] = [];
  const add = (text: string | undefined) => void (text !== undefined && parts.push(text));
  add(runtime.pid === undefined ? undefined : `pid ${runtime.pid}`);
  add(runtime.state === undefined ? undefined : `state ${runtime.state}`);
  add(runtime.subState === undefined ? undefined : `sub ${runtime.subState}`);
  if (runtime.lastExitStatus !== undefined && state !== "running") {
    const signal = runtime.lastExitSignal === undefined ? "" : ` (${runtime.lastExitSignal})`;
    parts.push(`last exit ${runtime.lastExitStatus}${signal}`);
    add(runtime.lastExitReason === undefined ? undefined : `reason ${runtime.lastExitReason}`);
  }
  add(runtime.lastRunResult === undefined ? undefined : `last run ${runtime.lastRunResult}`);
  add(runtime.lastRunTime === undefined ? undefined : `last run time ${runtime.lastRunTime}`);
  if (runtime.restarts) parts.push(`restarts ${runtime.restarts}`);
  add(runtime.detail);
  const shown = state === "running" ? "running" : state.replace("_", " ");
  return parts.length === 0 ? shown : `${shown} (${parts.join(", ")})`;
}
