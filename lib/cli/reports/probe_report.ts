/**
 * The outcome of `openclaw gateway probe`, as JSON and for people.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { CAPABILITIES, type Capability, shownCapability } from "../remote/probe.ts";
import { type ProbedTarget, type ProbeKind, selfOf } from "./probe_targets.ts";
import { beaconLine, type Discovery } from "../discovery/beacon.ts";
import type { CommandContext } from "../table.ts";
import { probeWarnings } from "./probe_warnings.ts";
import type { TailscaleFacts } from "./tailscale_facts.ts";

/** What the report is made with. */
export interface ReportFacts {
  readonly ts: number;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly localUrl: string;
  /** Address of this machine in its tailnet. */
  readonly tailnetIp: string | undefined;
  readonly tailscale: TailscaleFacts | null;
  readonly discovery: Discovery;
}

/** The report; its shape is that of `--json`. */
export type ProbeReport = ReturnType<typeof probeReport>;

/** Puts the report together. */
export function probeReport(results: readonly ProbedTarget[], facts: ReportFacts) {
  const reachable = results.filter(({ probe }) => probe.isConnected);
  const refused = results.filter(({ probe }) => probe.isRefused);
  const warnings = probeWarnings(results, reachable);
  const { localUrl, tailnetIp, tailscale, discovery } = facts;
  return {
    ok: reachable.length > 0,
    degraded: reachable.some(({ probe }) => Object.keys(probe.failures).length > 0),
    capability: bestCapability(results),
    ts: facts.ts,
    durationMs: facts.durationMs,
    timeoutMs: facts.timeoutMs,
    primaryTargetId: reachable[0]?.id ?? null,
    warnings,
    network: {
      localLoopbackUrl: localUrl,
      localTailnetUrl: tailnetIp === undefined ? null : withHost(localUrl, tailnetIp),
      tailnetIPv4: tailnetIp ?? null,
      tailscale,
    },
    discovery,
    targets: results.map(targetReport),
    // The first refusal is that of the gateway that commands would talk to.
    fix: reachable.length > 0 ? null : refused[0]?.probe.hint ?? null,
  };
}

function targetReport(result: ProbedTarget) {
  const { id, kind, isActive, target, probe, certificate } = result;
  const failures = Object.values(probe.failures);
  return {
    id,
    kind,
    url: target.url,
    active: isActive,
    tunnel: target.ssh === undefined ? null : {
      kind: "ssh",
      target: target.ssh.target,
      remotePort: Number(new URL(target.url).port) || null,
    },
    tls: certificate ?? null,
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

function withHost(url: string, host: string): string {
  const changed = URL.parse(url);
  if (changed === null) return url;
  changed.hostname = host;
  return changed.href.replace(/\/$/, "");
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
  const { discovery: { count, beacons }, network: { tailscale } } = report;
  out.line(`Found ${count} gateway${count === 1 ? "" : "s"} via Bonjour (local.)`);
  for (const beacon of beacons) out.line(`- ${beaconLine(beacon)}`);
  if (tailscale !== null) {
    out.line(`Tailscale: ${tailscale.mode} · ${tailscale.url ?? tailscale.error ?? "unknown"}`);
  }
  out.heading("Targets");
  for (const target of report.targets) {
    out.line(targetHeader(target));
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
  sshTunnel: "Remote over SSH",
  configRemote: "Remote (configured)",
  localLoopback: "Local loopback",
};

type TargetReport = ProbeReport["targets"][number];

function targetHeader({ kind, active, url, tunnel }: TargetReport): string {
  const label = kind === "configRemote" && !active ? "Remote (configured, inactive)" : LABELS[kind];
  return tunnel === null ? `${label} ${url}` : `${label} ${tunnel.target} ${url}`;
}

function targetLines(target: TargetReport): string[] {
  return [...connectLines(target), ...certificateLines(target), ...discoveryLines(target)];
}

function certificateLines({ tls }: TargetReport): string[] {
  if (tls === null) return [];
  const day = new Date(tls.validTo).toISOString().slice(0, 10);
  const verdict = tls.expected === null
    ? tls.trusted ? "trusted" : `not trusted (${tls.distrust})`
    : tls.trusted
    ? "as expected"
    : `not the expected one, ${tls.expected}`;
  return [
    `Certificate: ${verdict} · ${tls.subject} · until ${day}`,
    `SHA-256: ${tls.fingerprint}`,
  ];
}

function discoveryLines({ connect, config }: TargetReport): string[] {
  if (!connect.ok) return [];
  const wideArea = isObject(config?.discovery) ? config.discovery.wideArea : undefined;
  const isEnabled = isObject(wideArea) ? wideArea.enabled : undefined;
  const state = config === null ? "unknown" : isEnabled === true ? "enabled" : "disabled";
  return [`Wide-area discovery: ${state}`];
}

function connectLines({ connect, auth, self }: TargetReport): string[] {
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
