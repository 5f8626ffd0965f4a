/**
 * The outcome of `openclaw gateway probe`, as JSON and for people.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { CAPABILITIES, type Capability, shownCapability } from "../remote/probe.ts";
import { type ProbedTarget, type ProbeKind, selfOf } from "./probe_targets.ts";
import type { CommandContext } from "../table.ts";

/** What the report is made with. */
export interface ReportFacts {
  readonly ts: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly localUrl: string;
}

/** Something the operator should know. */
export interface ProbeWarning {
  readonly code: string;
  readonly message: string;
  readonly targetIds?: readonly string[];
}

/** The report; its shape is that of `--json`. */
export type ProbeReport = ReturnType<typeof probeReport>;

/** Puts the report together. */
export function probeReport(results: readonly ProbedTarget[], facts: ReportFacts) {
  const reachable = results.filter(({ probe }) => probe.isConnected);
  const refused = results.filter(({ probe }) => probe.isRefused);
  const warnings = warningsOf(results, reachable);
  return {
    ok: reachable.length > 0,
    degraded: reachable.some(({ probe }) => Object.keys(probe.failures).length > 0),
    capability: bestCapability(results),
    ts: facts.ts,
    durationMs: facts.durationMs,
    timeoutMs: facts.timeoutMs,
    primaryTargetId: reachable[0]?.id ?? null,
    warnings,
    network: { localLoopbackUrl: facts.localUrl, localTailnetUrl: null, tailnetIPv4: null },
    discovery: { timeoutMs: 0, count: 0, beacons: [] },
    targets: results.map(targetReport),
    // The first refusal is that of the gateway that commands would talk to.
    fix: reachable.length > 0 ? null : refused[0]?.probe.hint ?? null,
  };
}

function targetReport(result: ProbedTarget) {
  const { id, kind, isActive, target, probe } = result;
  const failures = Object.values(probe.failures);
  return {
    id,
    kind,
    url: target.url,
    active: isActive,
    tunnel: null,
    connect: {
      ok: probe.isConnected,
      rpcOk: probe.isConnected && failures.length === 0,
      refused: probe.isRefused,
      scopeLimited: failures.some((text) => text.startsWith("missing scope")),
      latencyMs: probe.latencyMs,
      error: probe.error ?? failures[0] ?? null,
      close: probe.close,
    },
    auth: { role: probe.role, scopes: probe.scopes, capability: probe.capability },
    self: selfOf(result),
    config: configReport(probe.answers["config.get"]),
    health: probe.answers.health ?? null,
    summary: probe.answers.status ?? null,
    presence: probe.answers["system-presence"] ?? null,
  };
}

function configReport(answer: unknown) {
  if (!isObject(answer)) return null;
  const { path, exists, valid, issues, legacyIssues, config } = answer;
  const gateway = isObject(config) ? config.gateway ?? null : null;
  const discovery = isObject(config) ? config.discovery ?? null : null;
  return {
    path: path ?? null,
    exists: exists ?? null,
    valid: valid ?? null,
    issues: issues ?? [],
    legacyIssues: legacyIssues ?? [],
    gateway,
    discovery,
  };
}

function bestCapability(results: readonly ProbedTarget[]): Capability {
  const best = Math.max(0, ...results.map(({ probe }) => CAPABILITIES.indexOf(probe.capability)));
  return CAPABILITIES[best] ?? "unknown";
}

function warningsOf(
  results: readonly ProbedTarget[],
  reachable: readonly ProbedTarget[],
): ProbeWarning[] {
  const warnings: ProbeWarning[] = [];
  const add = (code: string, message: string, of: readonly ProbedTarget[]) =>
    warnings.push({ code, message, targetIds: of.map(({ id }) => id) });
  const refused = results.filter(({ probe }) => probe.isRefused);
  if (reachable.length === 0 && refused.length > 0) {
    add("gateway_refused", "A gateway answers, and refuses to be probed", refused);
  } else if (reachable.length === 0) {
    add("no_gateway_reachable", "No gateway answered on any known address", results);
  }
  if (reachable.length > 1) {
    add("multiple_gateways", "More than one gateway answers; name one with --url", reachable);
  }
  const limited = reachable.filter(({ probe }) =>
    Object.values(probe.failures).some((text) => text.startsWith("missing scope"))
  );
  if (limited.length > 0) {
    add("probe_scope_limited", "The credential does not allow reading", limited);
  }
  const failed = reachable.filter((result) =>
    !limited.includes(result) && Object.keys(result.probe.failures).length > 0
  );
  if (failed.length > 0) add("probe_detail_failed", "Some details could not be read", failed);
  const unresolved = results.filter(({ target }) => target.warnings.length > 0);
  if (unresolved.length > 0) {
    const text = unresolved.flatMap(({ target }) => target.warnings).join("; ");
    add("auth_secretref_unresolved", text, unresolved);
  }
  return warnings;
}

/** Writes the report for people. */
export function printProbeReport({ out, say }: CommandContext, report: ProbeReport): void {
  out.line(out.paint("Gateway Status", "strong"));
  out.line(`Reachable: ${reachableText(out, report)}`);
  out.line(`Capability: ${shownCapability(report.capability)}`);
  out.line(`Probe budget: ${report.timeoutMs}ms`);
  if (report.warnings.length > 0) {
    out.heading("Warning:");
    for (const { message } of report.warnings) out.line(`- ${message}`);
  }
  out.heading("Discovery (this machine)");
  out.line("Bonjour and SSH tunnels are not part of this build.");
  out.heading("Targets");
  for (const target of report.targets) {
    out.line(targetHeader(target.kind, target.active, target.url));
    for (const line of targetLines(target)) out.line(`  ${line}`);
  }
  if (!report.ok) out.line(`\nFix: ${report.fix ?? say("gateway run")}`);
}

function reachableText(out: CommandContext["out"], { ok, targets }: ProbeReport): string {
  if (ok) return out.paint("yes", "good");
  const isRefused = targets.some(({ connect }) => connect.refused);
  return out.paint(isRefused ? "no, refused" : "no", "bad");
}

const LABELS: Readonly<Record<ProbeKind, string>> = {
  explicit: "URL (explicit)",
  configRemote: "Remote (configured)",
  localLoopback: "Local loopback",
};

function targetHeader(kind: ProbeKind, isActive: boolean, url: string): string {
  const label = kind === "configRemote" && !isActive
    ? "Remote (configured, inactive)"
    : LABELS[kind];
  return `${label} ${url}`;
}

function targetLines({ connect, auth, self }: ProbeReport["targets"][number]): string[] {
  if (!connect.ok) {
    if (auth.capability === "pairing_pending") {
      return [`Connect: blocked - ${connect.error} · Capability: pairing pending`];
    }
    return [`Connect: ${connect.refused ? "refused" : "failed"} - ${connect.error}`];
  }
  const read = connect.rpcOk
    ? "ok"
    : connect.scopeLimited
    ? "limited - missing scope: operator.read"
    : `failed - ${connect.error}`;
  const capability = auth.capability === "connected_no_operator_scope"
    ? "connect-only"
    : shownCapability(auth.capability);
  const lines = [
    `Connect: ok (${connect.latencyMs}ms) · Capability: ${capability} · Read probe: ${read}`,
  ];
  if (self !== null) {
    const host = self.ip === null ? self.host : `${self.host} (${self.ip})`;
    const facts = [host, self.platform, self.version === null ? null : `app ${self.version}`];
    lines.push(`Gateway: ${facts.filter((fact) => fact !== null).join(" · ")}`);
  }
  return lines;
}
