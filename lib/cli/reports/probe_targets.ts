/**
 * Which gateways `openclaw gateway probe` tries.
 *
 * @module
 */
import { AppError, type Env, isObject } from "../../base/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { type Probe, probeGateway } from "../remote/probe.ts";
import { showCertificate, type ShownCertificate } from "../remote/certificate.ts";
import type { CommandContext } from "../table.ts";
import { parseSshPlace } from "../remote/ssh/place.ts";
import { isLoopbackUrl, ownFingerprint, resolveTarget, type Target } from "../remote/target.ts";

const FOREIGN_BUDGET_MS = 1500;
const SSH_BUDGET_MS = 2000;
const INACTIVE_LOCAL_BUDGET_MS = 800;
const PROBE_METHODS = ["health", "status", "system-presence", "config.get"];

/** Where an address comes from. */
export type ProbeKind = "explicit" | "sshTunnel" | "configRemote" | "localLoopback";

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
  /** What its certificate is; absent without TLS, behind SSH, and where nothing answers. */
  readonly certificate?: ShownCertificate;
}

/** How targets are looked for. */
export interface FindOptions {
  readonly timeoutMs: number;
  /** Host of a gateway that was found in the network, for `--ssh-auto`. */
  readonly discoveredHost?: string | undefined;
}

/** The addresses from the options, the config and this machine; the same one only once. */
export async function findProbeTargets(
  context: CommandContext,
  state: ConfigState,
  { timeoutMs, discoveredHost }: FindOptions,
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
  const tunnelled = sshTarget(context, state, config, discoveredHost);
  if (tunnelled !== undefined) {
    const isActive = gateway?.mode === "remote" && gateway.remote?.transport === "ssh";
    const budgetMs = Math.min(timeoutMs, SSH_BUDGET_MS);
    targets.push({ id: "sshTunnel", kind: "sshTunnel", isActive, budgetMs, target: tunnelled });
  }
  const remoteUrl: unknown = gateway?.remote?.url;
  if (typeof remoteUrl === "string" && remoteUrl.trim() !== "") {
    const isActive = gateway?.mode === "remote" && tunnelled === undefined;
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
  return targets.filter(({ target: { url, ssh } }) => {
    const key = `${ssh?.target ?? ""} ${url}`;
    return !seen.has(key) && seen.add(key);
  });
}

type ConfigRoom = typeof import("../../config/mod.ts");

function configuredRemote(
  context: CommandContext,
  { snapshot }: ConfigState,
  { isLoopbackHost, resolveGatewayTarget }: ConfigRoom,
  remoteUrl: string,
): Target | undefined {
  const { config, env, path } = snapshot;
  const { transport: _way, ...remote } = config.gateway?.remote ?? {};
  try {
    const found = resolveGatewayTarget({
      env: withoutUrl(env),
      config: { ...config, gateway: { ...config.gateway, mode: "remote", remote } },
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
    env: withoutUrl(env),
    config: withoutRemote,
    port,
    lenient: true,
  });
  const tlsFingerprint = await ownFingerprint(config, state);
  const pin = tlsFingerprint === undefined ? {} : { tlsFingerprint };
  return { ...found, ...pin, needsDevice: false, configPath: path };
}

/** The address of the environment is for what commands talk to, not for what is known besides. */
function withoutUrl(env: Env): Env {
  return { get: (name) => name === "OPENCLAW_GATEWAY_URL" ? undefined : env.get(name) };
}

/** The gateway behind SSH: `--ssh`, `gateway.remote.sshTarget`, and with `--ssh-auto` what is known. */
function sshTarget(
  { options }: CommandContext,
  { snapshot }: ConfigState,
  { resolveGatewayPort, resolveGatewayTarget }: ConfigRoom,
  discoveredHost: string | undefined,
): Target | undefined {
  const { config, env, path } = snapshot;
  const remote = config.gateway?.remote;
  const remoteUrl = URL.parse(remote?.url?.trim() ?? "");
  const guess = options.flag("ssh-auto") ? remoteUrl?.hostname ?? discoveredHost : undefined;
  const flag = options.text("ssh")?.trim();
  if (flag) parseSshPlace(flag);
  const target = flag || remote?.sshTarget?.trim() || guess;
  if (!target) return undefined;
  const identity = options.text("ssh-identity")?.trim() || remote?.sshIdentity?.trim();
  const { port } = resolveGatewayPort({ flag: options.number("port"), env, config });
  const scheme = remoteUrl?.protocol ?? "ws:";
  const found = resolveGatewayTarget({
    env: withoutUrl(env),
    config: {
      ...config,
      gateway: {
        ...config.gateway,
        mode: "remote",
        remote: {
          ...remote,
          url: `${scheme}//127.0.0.1:${remoteUrl?.port || port}`,
          transport: "ssh",
          sshTarget: target,
          ...(identity ? { sshIdentity: identity } : {}),
        },
      },
    },
    port,
    lenient: true,
    ...(options.has("url") ? {} : {
      tokenFlag: options.text("token"),
      passwordFlag: options.text("password"),
    }),
  });
  return { ...found, needsDevice: false, configPath: path };
}

/** Tries all of them at the same time. */
export async function probeTargets(
  context: CommandContext,
  targets: readonly ProbeTarget[],
): Promise<ProbedTarget[]> {
  return await Promise.all(targets.map(async (target) => {
    const [probe, certificate] = await Promise.all([
      probeGateway(context, target.target, { timeoutMs: target.budgetMs, methods: PROBE_METHODS }),
      showCertificate(target.target, target.budgetMs),
    ]);
    return { ...target, probe, ...(certificate === undefined ? {} : { certificate }) };
  }));
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
