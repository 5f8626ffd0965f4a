/**
 * Which gateways `openclaw gateway probe` tries.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { type Probe, probeGateway } from "../remote/probe.ts";
import type { CommandContext } from "../table.ts";
import { isLoopbackUrl, resolveTarget, type Target } from "../remote/target.ts";

const FOREIGN_BUDGET_MS = 1500;
const INACTIVE_LOCAL_BUDGET_MS = 800;
const PROBE_METHODS = ["health", "status", "system-presence", "config.get"];

/** Where an address comes from. */
export type ProbeKind = "explicit" | "configRemote" | "localLoopback";

/** One gateway to try. */
export interface ProbeTarget {
  readonly id: ProbeKind;
  readonly kind: ProbeKind;
  /** Whether commands without options would talk to it. */
  readonly isActive: boolean;
  readonly budgetMs: number;
  readonly target: Target;
}

/** One gateway that was tried. */
export interface ProbedTarget extends ProbeTarget {
  readonly probe: Probe;
}

/** The addresses from the options, the config and this machine; the same one only once. */
export async function findProbeTargets(
  context: CommandContext,
  state: ConfigState,
  timeoutMs: number,
): Promise<ProbeTarget[]> {
  const config = await import("../../config/mod.ts");
  const { gateway } = state.snapshot.config;
  const chosen = await resolveTarget(context, state, { lenient: true });
  const targets: ProbeTarget[] = [];
  if (context.options.has("url")) {
    const budgetMs = isLoopbackUrl(chosen.url, config.isLoopbackHost)
      ? timeoutMs
      : Math.min(timeoutMs, FOREIGN_BUDGET_MS);
    targets.push({ id: "explicit", kind: "explicit", isActive: true, budgetMs, target: chosen });
  }
  const remoteUrl: unknown = gateway?.remote?.url;
  if (typeof remoteUrl === "string" && remoteUrl.trim() !== "") {
    const isActive = gateway?.mode === "remote";
    const target = configuredRemote(context, state, config, remoteUrl);
    const budgetMs = Math.min(timeoutMs, FOREIGN_BUDGET_MS);
    if (target !== undefined) {
      targets.push({ id: "configRemote", kind: "configRemote", isActive, budgetMs, target });
    }
  }
  const isLocalActive = gateway?.mode !== "remote" && !context.options.has("url");
  targets.push({
    id: "localLoopback",
    kind: "localLoopback",
    isActive: isLocalActive,
    budgetMs: isLocalActive ? timeoutMs : Math.min(timeoutMs, INACTIVE_LOCAL_BUDGET_MS),
    target: await localTarget(context, state, config),
  });
  const seen = new Set<string>();
  return targets.filter(({ target: { url } }) => !seen.has(url) && seen.add(url));
}

type ConfigRoom = typeof import("../../config/mod.ts");

function configuredRemote(
  context: CommandContext,
  { snapshot }: ConfigState,
  { isLoopbackHost, resolveGatewayTarget }: ConfigRoom,
  remoteUrl: string,
): Target | undefined {
  const { config, env, path } = snapshot;
  try {
    const found = resolveGatewayTarget({
      env,
      config: { ...config, gateway: { ...config.gateway, mode: "remote" } },
      port: 1,
      lenient: true,
      // The flags belong to --url when that is given.
      ...(context.options.has("url") ? {} : {
        tokenFlag: context.options.text("token"),
        passwordFlag: context.options.text("password"),
      }),
    });
    const url = remoteUrl.trim();
    const needsDevice = !isLoopbackUrl(url, isLoopbackHost);
    return { ...found, url, needsDevice, configPath: path };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    context.out.note(`Warning: gateway.remote.url is passed over: ${error.message}`);
    return undefined;
  }
}

async function localTarget(
  context: CommandContext,
  state: ConfigState,
  { resolveGatewayPort, resolveGatewayTarget }: ConfigRoom,
): Promise<Target> {
  if (!context.options.has("url") && state.snapshot.config.gateway?.mode !== "remote") {
    const usual = await resolveTarget(context, state, { lenient: true });
    if (usual.isLocal) return usual;
  }
  const { config, env, path } = state.snapshot;
  const { port } = resolveGatewayPort({ flag: context.options.number("port"), env, config });
  const withoutRemote = { ...config, gateway: { ...config.gateway, mode: "local" as const } };
  const found = resolveGatewayTarget({
    env: { get: (name) => name === "OPENCLAW_GATEWAY_URL" ? undefined : env.get(name) },
    config: withoutRemote,
    port,
    lenient: true,
  });
  return { ...found, needsDevice: false, configPath: path };
}

/** Tries all of them at the same time. */
export async function probeTargets(
  context: CommandContext,
  targets: readonly ProbeTarget[],
): Promise<ProbedTarget[]> {
  return await Promise.all(targets.map(async (target) => ({
    ...target,
    probe: await probeGateway(context, target.target, {
      timeoutMs: target.budgetMs,
      methods: PROBE_METHODS,
    }),
  })));
}

/** What the gateway says of itself, from its presence list. */
export function selfOf({ probe }: ProbedTarget) {
  const presence = probe.answers["system-presence"];
  const rows = Array.isArray(presence) ? presence.filter(isObject) : [];
  const self = rows.find((row) => row.mode === "gateway" || row.reason === "self");
  if (self === undefined) return null;
  const text = (value: unknown) => typeof value === "string" ? value : null;
  return {
    host: text(self.host),
    ip: text(self.ip),
    version: text(self.version),
    platform: text(self.platform),
  };
}
