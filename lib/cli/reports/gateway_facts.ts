/**
 * Everything `openclaw gateway status` knows.
 *
 * @module
 */
import { errorMessage, isObject, VERSION } from "../../base/mod.ts";
import type { PortSource } from "../../config/mod.ts";
import { gatewayPids, type PortUsage } from "../../platform/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { lastLoggedError } from "../logs/last_error.ts";
import { logFilePath } from "../logs/source.ts";
import { type Capability, type Probe, probeGateway } from "../remote/probe.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget, type Target } from "../remote/target.ts";
import { type ConfigFacts, configFacts, daemonConfig } from "../service/daemon_config.ts";
import { type ExtraService, findExtraServices } from "../service/extra.ts";
import {
  collectServiceFacts,
  type ServiceFacts,
  type ServiceReportFacts,
} from "../service/facts.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** The answer of `--json`. */
export interface GatewayFactsJson {
  cli: { version: string; entrypoint: string };
  logFile?: string;
  /** `null` on systems without a known service manager. */
  service: ServiceFacts | null;
  config: {
    cli: ConfigFacts;
    /** The one that the service reads. */
    daemon: ConfigFacts;
    /** The two are different files. */
    mismatch?: true;
  };
  gateway: {
    bindMode: string;
    bindHost: string;
    customBindHost?: string;
    tlsEnabled?: true;
    port: number;
    portSource: string;
    probeUrl: string;
    probeNote?: string;
  };
  port: PortUsage;
  /** The port of the config, where the service has another one. */
  portCli?: PortUsage;
  rpc?: {
    ok: boolean;
    kind: "connect" | "read";
    capability: Capability;
    auth: { role: string | null; scopes: readonly string[]; capability: Capability };
    server?: { version: string; connId: string };
    error?: string;
    url: string;
    authWarning?: string;
    /** The config file that the gateway has refused; asked for with --require-rpc only. */
    rejectedConfig?: unknown;
  };
  /** Of a loaded service whose gateway could not be reached. */
  health?: { healthy: boolean; staleGatewayPids: readonly number[] };
  /** The newest error in the log, where the gateway could not be reached. */
  lastError?: string;
  extraServices: readonly ExtraService[];
}

/** The answer, and what only the text shows. */
export interface GatewayFacts {
  readonly json: GatewayFactsJson;
  readonly dashboardUrl: string | undefined;
  readonly hint: string | undefined;
  readonly service: ServiceReportFacts | undefined;
}

/** Reads the config, looks at the port and, unless told not to, at the gateway. */
export async function collectGatewayFacts(
  context: CommandContext,
  state: ConfigState,
): Promise<GatewayFacts> {
  const [{ isContainer, inspectPort, executablePath }, config] = await Promise.all([
    import("../../platform/mod.ts"),
    import("../../config/mod.ts"),
  ]);
  const { snapshot } = state;
  const { env } = snapshot;
  const service = await collectServiceFacts(context, state);
  const flag = context.options.number("port");
  const asked = config.resolveGatewayPort({ flag, env, config: snapshot.config });
  // An installed service listens where its definition says, whatever the config says by now.
  const servicePort = flag === undefined ? service?.port : undefined;
  const port = servicePort ?? asked.port;
  const bind = config.resolveBind({
    config: snapshot.config,
    isContainer: isContainer(env),
    hasCredential: config.hasChosenCredential({
      env,
      config: snapshot.config,
      parsed: snapshot.parsed,
    }),
  });
  const target = await resolveTarget(context, state, {
    lenient: true,
    ...(servicePort === undefined ? {} : { localPort: servicePort }),
  });
  const isProbing = !context.options.flag("no-probe");
  const isDeep = context.options.flag("deep");
  const [usage, rpc, logFile, portCli, daemon, extraServices] = await Promise.all([
    inspectPort(port),
    isProbing ? look(context, target) : undefined,
    logFilePath(context, state).catch(() => undefined),
    asked.port === port ? undefined : inspectPort(asked.port),
    daemonConfig(state, service?.definition),
    isDeep && service !== undefined ? findExtraServices(context) : [],
  ]);
  const isLost = rpc?.json.ok === false;
  const lastError = isLost ? await lastLoggedError(logFile, daemon.path) : undefined;
  const { gateway = {} } = snapshot.config;
  return {
    json: {
      cli: { version: VERSION, entrypoint: executablePath() },
      ...(logFile === undefined ? {} : { logFile }),
      service: service?.json ?? null,
      config: {
        cli: configFacts(state),
        daemon,
        ...(daemon.path === state.snapshot.path ? {} : { mismatch: true as const }),
      },
      gateway: {
        bindMode: bind.mode,
        bindHost: bind.hosts[0] ?? "127.0.0.1",
        ...(gateway.customBindHost === undefined ? {} : { customBindHost: gateway.customBindHost }),
        ...(gateway.tls?.enabled ? { tlsEnabled: true as const } : {}),
        port,
        portSource: portSource(asked.source, servicePort),
        probeUrl: target.url,
        ...probeNote(bind.isLoopback, target),
      },
      port: usage,
      ...(portCli === undefined ? {} : { portCli }),
      ...(rpc === undefined ? {} : { rpc: rpc.json }),
      ...(isLost && service?.json.loaded ? { health: healthOf(usage, service.json) } : {}),
      ...(lastError === undefined ? {} : { lastError }),
      extraServices,
    },
    dashboardUrl: gateway.controlUi?.enabled === false
      ? undefined
      : `${gateway.tls?.enabled ? "https" : "http"}://127.0.0.1:${port}${
        gateway.controlUi?.basePath ?? ""
      }/`,
    hint: rpc?.hint,
    service,
  };
}

function portSource(source: PortSource, servicePort: number | undefined): string {
  if (source === "flag") return "cli --port";
  return servicePort === undefined ? "env/config" : "service args";
}

/** Gateways on the port that are not the service's own process: they keep it from listening. */
function healthOf({ listeners }: PortUsage, { runtime: { pid } }: ServiceFacts) {
  const foreign = listeners.filter((one) => one.pid !== pid && one.ppid !== pid);
  return { healthy: false, staleGatewayPids: gatewayPids(foreign, undefined) };
}

function probeNote(isLoopback: boolean, target: Target): { probeNote?: string } {
  if (!target.isLocal) return { probeNote: `Target comes from ${target.source}` };
  if (isLoopback) return { probeNote: "Loopback-only gateway; only local clients can connect." };
  return {};
}

async function look(
  context: CommandContext,
  target: Target,
): Promise<{ json: NonNullable<GatewayFactsJson["rpc"]>; hint: string | undefined }> {
  const isReading = context.options.flag("require-rpc");
  const probe = await probeGateway(context, target, {
    timeoutMs: context.options.number("timeout") ?? DEFAULT_TIMEOUT_MS,
    methods: isReading ? ["status"] : [],
    mode: isReading ? "cli" : "probe",
  });
  const failure = probe.error ?? probe.failures.status;
  return {
    json: {
      ok: failure === undefined || failure === null,
      kind: isReading ? "read" : "connect",
      capability: probe.capability,
      auth: { role: probe.role, scopes: probe.scopes, capability: probe.capability },
      ...(probe.server === null ? {} : { server: probe.server }),
      ...(failure === undefined || failure === null ? {} : { error: failure }),
      url: target.url,
      ...authWarning(target, probe),
      ...rejectedConfig(probe),
    },
    hint: probe.hint ?? undefined,
  };
}

function rejectedConfig({ answers }: Probe): { rejectedConfig?: unknown } {
  const status = answers.status;
  const rejected = isObject(status) ? status.rejectedConfig : undefined;
  return rejected === undefined ? {} : { rejectedConfig: rejected };
}

function authWarning(target: Target, probe: Probe): { authWarning?: string } {
  const [warning] = target.warnings;
  if (warning !== undefined) return { authWarning: errorMessage(warning) };
  if (probe.isConnected || target.token !== undefined || target.password !== undefined) return {};
  return { authWarning: "no credential is configured for this gateway" };
}
