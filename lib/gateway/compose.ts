/**
 * Puts the parts of a gateway together.
 *
 * @module
 */
import { type AgentTool, createAgentsSnapshot, RunManager } from "../agents/mod.ts";
import {
  type ConfigPaths,
  type ConfigSnapshot,
  keepLastGood,
  loadConfig,
  resolveAgents,
} from "../config/mod.ts";
import { HttpTraffic } from "../http/mod.ts";
import { ModelCatalog } from "../models/mod.ts";
import { runCommand, systemNetwork } from "../platform/mod.ts";
import type { SessionStore } from "../sessions/mod.ts";
import { attemptLimits, type BoundTo, originPolicy } from "./auth/settings.ts";
import { cutOffStale } from "./auth/stale.ts";
import { Authenticator } from "./authenticator.ts";
import { Broadcaster } from "./broadcaster.ts";
import { CronAccess } from "./cron/access.ts";
import { endRevoked, openDevices } from "./device_events.ts";
import { EventLoopMonitor } from "./event_loop.ts";
import type { GatewayOptions } from "./gateway_options.ts";
import { HealthMonitor } from "./health.ts";
import { Heartbeats } from "./heartbeat/heartbeats.ts";
import { HooksAccess } from "./hooks/access.ts";
import { openApprovals, runApprovalsOf } from "./methods/approvals/open.ts";
import { StabilityLog } from "./methods/events/stability_log.ts";
import { noteRunEnd } from "./methods/events/stability_notes.ts";
import { openNodes } from "./nodes/gateway_nodes.ts";
import { Presence } from "./presence.ts";
import { ConfigReloader } from "./reload/reloader.ts";
import { DEFAULT_DEFERRAL_MS, Restarter } from "./restart/restarter.ts";
import type { SecretsControl } from "./secrets/types.ts";
import { SessionEvents } from "./session_events.ts";
import { Startup } from "./startup.ts";
import type { GatewayState } from "./state.ts";
import { updaterLauncher } from "./update/launch.ts";
import { Updates } from "./update/updates.ts";
import { GatewayToolbox } from "./tools/toolbox.ts";

/** What is there before the state is. */
export interface GivenParts {
  /** Open. */
  readonly store: SessionStore;
  readonly secrets: SecretsControl;
  /** Tells where the gateway listens, once it does. */
  readonly bound: () => BoundTo;
}

/** The parts of a gateway. */
export function createState(
  options: GatewayOptions,
  { store, secrets, bound }: GivenParts,
): GatewayState {
  const { clock, log, paths } = options;
  let current = configInForce(options.config, paths);
  const agents = () => current.agents;
  const tools: readonly AgentTool[] = [];
  const stability = new StabilityLog(clock);
  const broadcaster = new Broadcaster(secrets.redaction);
  const presence = new Presence(options.facts, () => clock.now());
  const eventLoop = new EventLoopMonitor(clock, options.cpuMicroseconds);
  const runs = new RunManager({
    store,
    clock,
    log: log.child("runs"),
    snapshot: agents,
    tools,
  });
  const approvals = openApprovals(store.database, clock, broadcaster, log.child("approvals"));
  const gateway = () => current.config.config.gateway;
  const authenticator = new Authenticator(options.secret, clock, () => attemptLimits(gateway()));
  runs.follow((event) => {
    if (event.type === "end") noteRunEnd(stability, event.outcome);
  });
  const state: GatewayState = {
    clock,
    log,
    startedAt: clock.now(),
    paths,
    network: options.network ?? systemNetwork,
    authenticator,
    startup: new Startup(),
    traffic: new HttpTraffic(),
    store,
    runs,
    sessionEvents: new SessionEvents({ store, runs, agents, broadcaster, clock }),
    broadcaster,
    presence,
    eventLoop,
    health: new HealthMonitor({
      clock,
      store,
      broadcaster,
      presence,
      eventLoop,
      agents,
      heartbeats: () => state.heartbeats.configured,
    }),
    devices: openDevices(store.database, clock, broadcaster),
    nodes: openNodes(
      store.database,
      clock,
      broadcaster,
      endRevoked(broadcaster),
      runApprovalsOf(approvals),
    ),
    approvals,
    restarter: new Restarter({
      runs,
      clock,
      log,
      host: options.restartHost,
      work: () => ({
        runs: runs.activeCount,
        compactions: runs.exclusiveCount,
        cronJobs: state.cron.runningCount,
        nodeCommands: state.nodes.invocations.size,
      }),
      deferralTimeoutMs: () =>
        current.config.config.gateway?.reload?.deferralTimeoutMs ?? DEFAULT_DEFERRAL_MS,
    }),
    updates: new Updates(
      () => state,
      options.launchUpdater ??
        updaterLauncher(() => current.config, options.runCommand ?? runCommand),
    ),
    reloader: openReloader(() => state, options),
    heartbeats: new Heartbeats(() => state),
    cron: new CronAccess(() => state),
    hooks: new HooksAccess(() => state),
    secrets,
    stability,
    toolbox: new GatewayToolbox(() => state),
    config: () => current.config,
    agents,
    origins: () => originPolicy(gateway(), bound(), authenticator.mode),
    replaceConfig: (config) => {
      current = configInForce(config, paths);
      const secret = options.resolveSecret?.(config);
      if (secret && authenticator.replace(secret)) {
        log.warn("the gateway's credential has changed: whoever used the old one is disconnected");
        cutOffStale(broadcaster, authenticator);
      }
      stability.record("config.changed", { hash: config.hash });
      state.heartbeats.reload();
      state.cron.reload();
    },
    logFile: options.logFile,
  };
  return state;
}

/** Only a gateway that watches its files keeps what it accepts: others are not the owners of them. */
function openReloader(
  state: () => GatewayState,
  { clock, log, paths, config, watch }: GatewayOptions,
): ConfigReloader {
  return new ConfigReloader({
    clock,
    log,
    inForce: () => state().config(),
    load: () => loadConfig({ env: config.processEnv, paths }),
    prepare: (snapshot) => state().secrets.prepare(snapshot),
    apply: (snapshot) => Promise.resolve(state().replaceConfig(snapshot)),
    restarter: {
      get canRestart() {
        return state().restarter.canRestart;
      },
      request: (request) => state().restarter.request(request),
    },
    ...(watch ? { ...watch, keep: (snapshot) => keepLastGood(snapshot, paths) } : {}),
  });
}

/** An agent without a credential of its own has that of the default agent. */
function profileKeys({ config, resolved }: ConfigSnapshot, paths: ConfigPaths) {
  const { defaultId } = resolveAgents(config, paths);
  const profiles = resolved?.profiles;
  return (provider: string, agentId = defaultId) =>
    profiles?.get(agentId)?.get(provider) ?? profiles?.get(defaultId)?.get(provider);
}

/** A configuration with what follows from it. */
function configInForce(config: ConfigSnapshot, paths: ConfigPaths) {
  const profiles = profileKeys(config, paths);
  const catalog = new ModelCatalog(config.config.models ?? {}, config.env, { profiles });
  return { config, agents: createAgentsSnapshot(config.config, paths, catalog) };
}
