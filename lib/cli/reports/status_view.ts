/**
 * `openclaw status` for people.
 *
 * @module
 */
import { formatDuration, isObject, type JsonObject, redactShapes } from "../../base/mod.ts";
import { healthLines } from "./health_view.ts";
import { serviceText } from "./service_summary.ts";
import { shownPath } from "./shown_path.ts";
import { printChannelTable } from "./status_channels.ts";
import { printDiagnosis } from "./status_diagnosis.ts";
import type { StatusFacts } from "./status_facts.ts";
import type { CommandContext } from "../table.ts";

const MAX_SESSIONS = 10;

/** Writes the parts in order. */
export function printStatus(context: CommandContext, facts: StatusFacts): void {
  const { out, options } = context;
  const isAll = options.flag("all");
  out.line(out.paint("OpenClaw status", "strong"));
  out.heading("Overview");
  out.pairs(overviewRows(context, facts));
  out.heading("Security audit");
  out.line(`${facts.security} (config only)`);
  out.line(`Full report: ${context.say("security audit")}`);
  printChannelTable(context, facts);
  if (isAll) printAgents(context, facts);
  printSessions(context, facts);
  if (options.flag("deep") || isAll) printHealth(context, facts);
  if (options.flag("usage")) printUsage(context, facts);
  if (isAll) printDiagnosis(context, facts);
  out.heading("Next steps:");
  for (const line of nextSteps(context, facts)) out.line(`  ${line}`);
  if (isAll) out.line("\nPasteable debug report. Auth tokens redacted.");
}

function overviewRows({ options }: CommandContext, facts: StatusFacts): [string, string][] {
  const { json, target, state } = facts;
  const dashboard = target.url.replace(/^ws/, "http").replace(/\/?$/, "/");
  const agentCount = json.agents.agents.length;
  return [
    ["OS", json.os.label],
    ["Tailscale exposure", state.snapshot.config.gateway?.tailscale?.mode ?? "off"],
    ["Dashboard", json.gateway.mode === "remote" ? "on the remote gateway" : dashboard],
    ["Gateway", gatewayText(facts)],
    ...(json.rejectedConfig ? [["Config", rejectedText(json.rejectedConfig)]] : []) as [
      string,
      string,
    ][],
    ["Gateway service", serviceText(json.gatewayService)],
    ["Node service", serviceText(json.nodeService)],
    ["Agents", `${agentCount} (default: ${json.agents.defaultId})`],
    ["Events", eventsText(json.queuedSystemEvents)],
    ["Tasks", tasksText(json.tasks)],
    ["Heartbeat", heartbeatText(json.heartbeat)],
    ["Sessions", facts.probe.isConnected ? String(json.agents.totalSessions) : "unknown"],
    ...problemRows(facts),
    ...(options.flag("verbose") || options.flag("all")
      ? [
        ["Config", shownPath(state.snapshot.path, state.paths.home)],
        ["State", shownPath(state.paths.stateDir, state.paths.home)],
        ["Log", facts.logFile ?? "unknown"],
      ] as [string, string][]
      : []),
  ];
}

/** What somebody has to look after; nothing in the usual case. */
function problemRows({ json, state }: StatusFacts): [string, string][] {
  const { secretDiagnostics, legacyFiles } = json;
  const rows: [string, string][] = [];
  const [secret] = secretDiagnostics;
  if (secret !== undefined) {
    const more = secretDiagnostics.length > 1 ? ` (and ${secretDiagnostics.length - 1} more)` : "";
    rows.push(["Secrets", `${redactShapes(secret)}${more}`]);
  }
  const [legacy] = legacyFiles;
  if (legacy !== undefined) {
    const more = legacyFiles.length > 1 ? ` (and ${legacyFiles.length - 1} more)` : "";
    const path = shownPath(legacy.path, state.paths.home);
    rows.push(["Earlier files", `${path}: ${legacy.message}${more}`]);
  }
  return rows;
}

function gatewayText({ json, target, probe }: StatusFacts): string {
  const { gateway } = json;
  const auth = target.token !== undefined
    ? "auth token"
    : target.password !== undefined
    ? "auth password"
    : "no credential";
  const parts = [gateway.mode, `${gateway.url} (${gateway.urlSource})`];
  if (!probe.isConnected) {
    return [...parts, `unreachable (${redactShapes(probe.error ?? "no answer")})`].join(" · ");
  }
  parts.push(`reachable ${probe.latencyMs}ms`, auth);
  if (gateway.self !== null) {
    const { host, version } = gateway.self;
    parts.push([host, version].filter((value) => typeof value === "string").join(" "));
  }
  return parts.join(" · ");
}

function rejectedText({ message }: JsonObject): string {
  return `the file is refused, an earlier one is in force (${redactShapes(String(message))})`;
}

function heartbeatText(heartbeat: unknown): string {
  const agents = isObject(heartbeat) && Array.isArray(heartbeat.agents)
    ? heartbeat.agents.filter(isObject)
    : [];
  const beating = agents.filter(({ enabled }) => enabled === true)
    .map(({ agentId, every }) => `${every} (${agentId})`);
  return beating.join(", ") || "off";
}

function eventsText(events: unknown): string {
  const count = Array.isArray(events) ? events.length : 0;
  return count === 0 ? "none" : `${count} queued`;
}

function tasksText(tasks: unknown): string {
  if (!isObject(tasks) || !Number(tasks.total)) return "none";
  const failures = Number(tasks.failures ?? 0);
  const failed = failures > 0 ? ` · ${failures} failed` : "";
  return `${Number(tasks.active ?? 0)} active of ${Number(tasks.total)}${failed}`;
}

function printUsage({ out }: CommandContext, { probe }: StatusFacts): void {
  const answer = probe.answers["usage.cost"];
  if (!isObject(answer) || !isObject(answer.totals)) return;
  const { totals, days } = answer;
  out.heading("Usage");
  const cost = Number(totals.totalCost ?? 0).toFixed(2);
  out.line(`${Number(totals.totalTokens ?? 0)} tokens, $${cost} in ${Number(days)} day(s)`);
}

function printAgents({ out }: CommandContext, { json, state }: StatusFacts): void {
  out.heading("Agents");
  out.table(
    ["Id", "Default", "Workspace"],
    json.agents.agents.map(({ id, workspace }) => [
      id,
      id === json.agents.defaultId ? "yes" : "",
      shownPath(workspace, state.paths.home),
    ]),
  );
}

function printSessions({ out, clock }: CommandContext, { probe }: StatusFacts): void {
  const answer = probe.answers["sessions.list"];
  const rows = isObject(answer) && Array.isArray(answer.sessions)
    ? answer.sessions.filter(isObject)
    : [];
  if (rows.length === 0) return;
  out.heading("Sessions");
  out.table(
    ["Key", "Kind", "Age", "Model", "Tokens"],
    rows.slice(0, MAX_SESSIONS).map((row) => sessionCells(row, clock.now())),
  );
}

function sessionCells(row: JsonObject, now: number): string[] {
  const { key, kind, updatedAt, modelProvider, model, totalTokens } = row;
  const age = typeof updatedAt === "number" ? formatDuration(Math.max(0, now - updatedAt)) : "-";
  const names = [modelProvider, model].filter((part) => typeof part === "string" && part !== "");
  const tokens = typeof totalTokens === "number" ? String(totalTokens) : "-";
  return [String(key ?? ""), String(kind ?? "-"), age, names.join("/") || "-", tokens];
}

function printHealth({ out }: CommandContext, { probe }: StatusFacts): void {
  if (probe.answers.health === undefined) return;
  out.heading("Health");
  for (const line of healthLines(probe.answers.health)) out.line(line);
}

function nextSteps({ say }: CommandContext, { probe, state, json }: StatusFacts): string[] {
  if (!state.snapshot.exists) return [`Configure: ${say("setup")}`];
  if (!state.snapshot.valid) return [`Fix the config first: ${say("config validate")}`];
  if (probe.isConnected) {
    return [
      `Talk to an agent: ${say('agent --message "hello"')}`,
      `Watch: ${say("logs --follow")}`,
    ];
  }
  const isDown = probe.close === null || probe.close.code === 1006;
  return [
    ...(isDown
      ? [`Start it: ${say(json.gatewayService.installed ? "gateway start" : "gateway run")}`]
      : []),
    `Fix reachability first: ${say("gateway probe")}`,
  ];
}
