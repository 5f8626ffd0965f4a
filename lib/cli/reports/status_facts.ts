/**
 * Everything `openclaw status` knows: the config of this machine and the gateway's own answers.
 *
 * @module
 */
import { isObject, type JsonObject, VERSION } from "../../base/mod.ts";
import type { SecurityReport } from "../../doctor/security/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { summaryLine } from "../doctor/security_view.ts";
import { logFilePath } from "../logs/source.ts";
import { collectServiceFacts } from "../service/facts.ts";
import {
  gatewayServiceSummary,
  nodeServiceSummary,
  type ServiceSummary,
} from "./service_summary.ts";
import { type Probe, probeGateway } from "../remote/probe.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget, type Target } from "../remote/target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;
const METHODS = ["status", "sessions.list", "channels.status", "system-presence"];

/** What the text and the JSON are made from. */
export interface StatusFacts {
  readonly state: ConfigState;
  readonly target: Target;
  readonly probe: Probe;
  readonly logFile: string | undefined;
  /** The counts of the security audit of the config. */
  readonly security: string;
  readonly json: StatusJson;
}

/** The answer of `--json`. */
export type StatusJson = ReturnType<typeof statusJson>;

/** Reads the config and asks the gateway. */
export async function collectStatus(
  context: CommandContext,
  state: ConfigState,
): Promise<StatusFacts> {
  const { options } = context;
  const target = await resolveTarget(context, state, { lenient: true });
  const isDeep = options.flag("deep") || options.flag("all");
  const methods = [
    ...METHODS,
    ...(isDeep ? ["health"] : []),
    ...(options.flag("usage") ? ["usage.cost"] : []),
  ];
  const [probe, service, logFile, platform, config, { auditConfig }] = await Promise.all([
    probeGateway(context, target, {
      timeoutMs: options.number("timeout") ?? DEFAULT_TIMEOUT_MS,
      methods,
      mode: "cli",
    }),
    collectServiceFacts(context, state),
    logFilePath(context, state).catch(() => undefined),
    import("../../platform/mod.ts"),
    import("../../config/mod.ts"),
    import("../../doctor/security/mod.ts"),
  ]);
  const os = {
    platform: platform.osName(),
    arch: platform.machineArch(),
    release: platform.platformLabel().replace(/^\S+\s*/, ""),
    label: `${platform.platformLabel()} (${platform.machineArch()})`,
  };
  const agents = config.resolveAgents(state.snapshot.config, state.paths);
  const [secretDiagnostics, legacyFiles] = await Promise.all([
    secretProblems(state),
    config.findLegacyFiles(state.paths).catch(() => []),
  ]);
  const [gatewayService, nodeService] = await Promise.all([
    gatewayServiceSummary(context, service?.json),
    nodeServiceSummary(context, state, service?.json.label ?? null),
  ]);
  const found = { gatewayService, nodeService, secretDiagnostics, legacyFiles };
  const facts = { state, target, probe, os, agents, ...found };
  const { config: own, parsed, env } = state.snapshot;
  const isContainer = platform.isContainer(env);
  const audit = auditConfig({ config: own, parsed, env, isContainer }, context.clock.now());
  const json = {
    ...statusJson(facts),
    ...(isDeep ? { securityAudit: withoutRepairs(audit) } : {}),
  };
  return { state, target, probe, logFile, security: summaryLine(audit), json };
}

/** Repairs are for this program, not for its readers. */
function withoutRepairs({ ts, summary, findings }: SecurityReport) {
  return { ts, summary, findings: findings.map(({ repair: _repair, ...shown }) => shown) };
}

/** Pointers to secrets that lead nowhere, as one line each. */
async function secretProblems({ snapshot }: ConfigState): Promise<string[]> {
  const { findSecretReferences } = await import("../../config/mod.ts");
  if (findSecretReferences(snapshot.parsed).length === 0) return [];
  const { checkPointers } = await import("../../secrets/mod.ts");
  return (await checkPointers(snapshot)).map(({ path, message }) => `${path}: ${message}`);
}

function statusJson({ state, target, probe, os, agents, ...found }: {
  state: ConfigState;
  target: Target;
  probe: Probe;
  os: { platform: string; arch: string; release: string; label: string };
  agents: {
    defaultId: string;
    agents: readonly { id: string; name?: string; workspace: string }[];
  };
  secretDiagnostics: readonly string[];
  legacyFiles: readonly { path: string; message: string; hint: string }[];
  gatewayService: ServiceSummary;
  nodeService: ServiceSummary;
}) {
  const { gatewayService, nodeService, secretDiagnostics, legacyFiles } = found;
  const answer = isObject(probe.answers.status) ? probe.answers.status : {};
  const health = probe.answers.health;
  return {
    runtimeVersion: typeof answer.runtimeVersion === "string" ? answer.runtimeVersion : VERSION,
    heartbeat: answer.heartbeat ?? { defaultAgentId: agents.defaultId, agents: [] },
    channelSummary: answer.channelSummary ?? [],
    queuedSystemEvents: answer.queuedSystemEvents ?? [],
    tasks: answer.tasks ?? {},
    taskAudit: answer.taskAudit ?? {},
    sessions: answer.sessions ?? { paths: [], count: 0, defaults: {}, recent: [], byAgent: [] },
    os,
    gateway: {
      mode: state.snapshot.config.gateway?.mode ?? "local",
      url: target.url,
      urlSource: target.source,
      misconfigured: target.source.startsWith("missing "),
      reachable: probe.isConnected,
      connectLatencyMs: probe.latencyMs,
      self: selfRow(probe),
      error: probe.error,
      authWarning: target.warnings[0] ?? null,
    },
    gatewayService,
    nodeService,
    agents: {
      defaultId: agents.defaultId,
      agents: agents.agents.map(({ id, name, workspace }) => ({
        id,
        ...(name === undefined ? {} : { name }),
        workspace,
      })),
      totalSessions: sessionCount(answer),
    },
    secretDiagnostics,
    legacyFiles,
    ...(isObject(answer.rejectedConfig) ? { rejectedConfig: answer.rejectedConfig } : {}),
    ...(health === undefined ? {} : { health }),
    ...(probe.answers["usage.cost"] === undefined ? {} : { usage: probe.answers["usage.cost"] }),
  };
}

function selfRow(probe: Probe): JsonObject | null {
  const rows = probe.answers["system-presence"];
  if (!Array.isArray(rows)) return null;
  return rows.filter(isObject).find(({ mode, reason }) =>
    mode === "gateway" || reason === "self"
  ) ?? null;
}

function sessionCount(status: JsonObject): number {
  const { sessions } = status;
  return isObject(sessions) && typeof sessions.count === "number" ? sessions.count : 0;
}
