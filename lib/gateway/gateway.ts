/**
 * A running gateway: composes the rooms, answers on one port, and ends in order.
 *
 * Knows nothing of the process it runs in (signals, lock, exit status): that is `run.ts`.
 *
 * @module
 */
import { join } from "@std/path";
import { type AgentTool, createAgentsSnapshot, RunManager } from "../agents/mod.ts";
import { type Clock, type Logger, VERSION } from "../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../config/mod.ts";
import { createHttpHandler } from "../http/mod.ts";
import { ModelCatalog } from "../models/mod.ts";
import { type RunCommand, runCommand } from "../platform/mod.ts";
import {
  announcedEvents,
  CLOSE,
  CLOSE_REASON,
  HANDSHAKE_TIMEOUT_MS,
  hasScope,
  type HelloOk,
  MAX_BUFFERED_BYTES,
  MAX_FRAME_BYTES,
  PROTOCOL_VERSION,
  TICK_INTERVAL_MS,
} from "../protocol/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import { type Network, systemNetwork } from "../platform/mod.ts";
import { mainSessionKey, SessionStore } from "../sessions/mod.ts";
import { admitConnect } from "./admission.ts";
import { isLoopback } from "./address.ts";
import { isInNetworks } from "./auth/network.ts";
import { resolveIdentity, resolvePeer } from "./auth/peer.ts";
import { handshakePolicy, identityPolicy } from "./auth/policy.ts";
import { attemptLimits, type BoundTo, originPolicy } from "./auth/settings.ts";
import { cutOffStale, isStale } from "./auth/stale.ts";
import { Authenticator, type SharedSecret } from "./authenticator.ts";
import { Broadcaster } from "./broadcaster.ts";
import type { Client } from "./client.ts";
import { CronAccess } from "./cron/access.ts";
import { EventLoopMonitor } from "./event_loop.ts";
import type { Grant } from "./handshake.ts";
import { HealthMonitor } from "./health.ts";
import { Heartbeats } from "./heartbeat/heartbeats.ts";
import { createHttpDeps } from "./http_bridge.ts";
import { type GuardOptions, listen, type Listeners, type RequestHandler } from "./listener.ts";
import { StabilityLog } from "./methods/events/stability_log.ts";
import { noteClient, noteRefusal, noteRunEnd } from "./methods/events/stability_notes.ts";
import { openApprovals, runApprovalsOf } from "./methods/approvals/open.ts";
import { gatewayMethods } from "./methods/mod.ts";
import { admitNode, nodeConnected, nodeGone } from "./nodes/connecting.ts";
import { openNodes } from "./nodes/gateway_nodes.ts";
import { isAllowedHost } from "./origin.ts";
import { type HostFacts, Presence } from "./presence.ts";
import { DEFAULT_DEFERRAL_MS, Restarter, type RestartHost } from "./restart/restarter.ts";
import { RpcServer } from "./rpc.ts";
import { broadcastRuns } from "./run_events.ts";
import type { GatewayState } from "./state.ts";
import { endRevoked, openDevices, takeOverDevices } from "./device_events.ts";
import { SessionEvents } from "./session_events.ts";
import { SocketServer } from "./socket_server.ts";
import { Startup } from "./startup.ts";
import { WriteLimiter } from "./write_limiter.ts";
import type { WsLog } from "./ws_log.ts";

/** Time after which clients may expect a restarted gateway to answer. */
const RESTART_EXPECTED_MS = 1500;
/** Time that requests under way get to end by themselves. */
const CLOSE_GRACE_MS = 2000;

/** What a gateway is made of. */
export interface GatewayOptions {
  clock: Clock;
  log: Logger;
  wsLog: WsLog;
  paths: ConfigPaths;
  config: ConfigSnapshot;
  secret: SharedSecret;
  /**
   * The credential that another configuration puts in force; `undefined` when the one in force stays.
   * Without it no configuration changes the credential.
   */
  resolveSecret?(config: ConfigSnapshot): SharedSecret | undefined;
  /** Runs helper programs; those of this machine unless given. */
  runCommand?: RunCommand;
  hosts: readonly string[];
  /** 0 takes any free port. */
  port: number;
  bindAttempts: number;
  bindRetryDelayMs: number;
  /** How the guard of non-loopback addresses differs from its own settings. */
  guard?: Partial<GuardOptions>;
  /** `gateway.handshakeTimeoutMs` or its variable; the protocol's default when absent. */
  handshakeTimeoutMs?: number;
  facts: HostFacts;
  /** The internet, unless a test stands in for it. */
  network?: Network;
  /** Processor time that the process has used. */
  cpuMicroseconds(): number;
  logFile(): string | undefined;
  /** Who can start the gateway again, once it has ended. */
  restartHost?: RestartHost;
  /** Is told of every configuration that comes into force after the start. */
  onConfigReplaced?(snapshot: ConfigSnapshot): void;
}

/** A gateway that answers; end it with {@linkcode Gateway.close}. */
export class Gateway {
  readonly state: GatewayState;
  /** Runs that the last process left unfinished and that are now marked as failed. */
  readonly interruptedRuns: number;
  readonly #listeners: Listeners;
  readonly #sockets: SocketServer;
  readonly #stopBroadcast: () => void;
  readonly #tick: ReturnType<typeof setInterval>;

  private constructor(
    state: GatewayState,
    interruptedRuns: number,
    listeners: Listeners,
    sockets: SocketServer,
  ) {
    this.state = state;
    this.interruptedRuns = interruptedRuns;
    this.#listeners = listeners;
    this.#sockets = sockets;
    this.#stopBroadcast = broadcastRuns(state.runs, state.broadcaster, state.clock);
    this.#tick = setInterval(() => tick(state), TICK_INTERVAL_MS);
    state.health.start();
    state.eventLoop.start();
    state.heartbeats.reload();
    state.cron.start();
  }

  /**
   * Opens the store, takes back what a crash left, and listens.
   *
   * @throws {AppError} `PORT_IN_USE`, `BIND_FAILED`, or what the store refuses with.
   */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const { clock, paths } = options;
    const store = await SessionStore.open({ stateDir: paths.stateDir, clock });
    let opened: GatewayState | undefined;
    try {
      const bound: { current: BoundTo } = { current: options };
      const state = opened = createState(options, store, () => bound.current);
      const release = state.startup.hold("store");
      const limiter = new WriteLimiter(clock);
      const rpc = new RpcServer(
        gatewayMethods(state),
        options.log.child("ws"),
        (client, method, ok, error) => {
          if (!ok) noteRefusal(state.stability, client, method, error?.code ?? "");
        },
        {
          isStale: (client) => isStale(client, state.authenticator),
          refuseEarly: (method) => state.startup.refuseCall(method),
          refuseTooMany: (method, client) => limiter.refuse(method, client.identity),
        },
      );
      const policy = handshakePolicy(state, options.runCommand ?? runCommand);
      const sockets = new SocketServer({
        clock,
        log: options.log.child("ws"),
        wsLog: options.wsLog,
        rpc,
        handshakeTimeoutMs: options.handshakeTimeoutMs ?? HANDSHAKE_TIMEOUT_MS,
        admit: async (attempt) => {
          const verdict = await admitConnect(attempt, policy(), state.devices);
          return verdict.ok ? await admitNode(state, attempt, verdict) : verdict;
        },
        hello: (client, params, grant) => hello(state, rpc, client, params, grant),
        onReady: (client, grant) => onReady(state, client, grant),
        onGone: (client) => onGone(state, client),
      });
      const listeners = await listen({
        hosts: options.hosts,
        port: options.port,
        attempts: options.bindAttempts,
        retryDelayMs: options.bindRetryDelayMs,
        handler: requestHandler(state, sockets),
        guard: guardOptions(options, state.config),
        clock,
        log: options.log,
      });
      bound.current = listeners;
      // What an earlier process left is looked at only by the one that has the port.
      try {
        await takeOverDevices(paths.stateDir, store.database, clock, options.log.child("devices"));
        const interrupted = await store.recoverInterruptedRuns(clock.now());
        return new Gateway(state, interrupted.length, listeners, sockets);
      } catch (error) {
        await listeners.close(0);
        throw error;
      } finally {
        release();
      }
    } catch (error) {
      opened?.approvals.close();
      store.close();
      throw error;
    }
  }

  get port(): number {
    return this.#listeners.port;
  }

  /** Addresses it listens on. */
  get hosts(): readonly string[] {
    return this.#listeners.hosts;
  }

  /**
   * Ends in order: no new runs, ends of runs stored, clients told, sockets closed, store closed.
   *
   * @param willRestart Whether clients may expect it back.
   */
  async close(willRestart = false): Promise<void> {
    const { runs, broadcaster, health, eventLoop, store } = this.state;
    clearInterval(this.#tick);
    this.state.restarter.close();
    // Both wait for what they began, which ends with the runs.
    const background = Promise.all([this.state.cron.close(), this.state.heartbeats.close()]);
    await runs.close();
    await background;
    broadcaster.broadcast(
      "shutdown",
      willRestart
        ? { reason: "gateway restarting", restartExpectedMs: RESTART_EXPECTED_MS }
        : { reason: "gateway stopping" },
    );
    this.state.approvals.close();
    await this.#sockets.closeAll(CLOSE.RESTART, CLOSE_REASON.RESTART);
    this.#stopBroadcast();
    this.state.sessionEvents.dispose();
    health.stop();
    eventLoop.stop();
    await this.#listeners.close(CLOSE_GRACE_MS);
    store.close();
  }
}

/** The opening request of a WebSocket counts as part of its handshake. */
function guardOptions(options: GatewayOptions, config: () => ConfigSnapshot): GuardOptions {
  const { paths, guard, handshakeTimeoutMs } = options;
  const headMs = Math.min(handshakeTimeoutMs ?? Infinity, HANDSHAKE_TIMEOUT_MS);
  const limits = handshakeTimeoutMs ? { headMs } : {};
  return {
    isProxy: (address) => isInNetworks(address, config().config.gateway?.trustedProxies ?? []),
    socketDir: join(paths.stateDir, "runtime"),
    ...guard,
    limits: { ...limits, ...guard?.limits },
  };
}

function createState(
  options: GatewayOptions,
  store: SessionStore,
  bound: () => BoundTo,
): GatewayState {
  const { clock, log, paths } = options;
  let current = configInForce(options.config, paths);
  const agents = () => current.agents;
  const tools: readonly AgentTool[] = [];
  const stability = new StabilityLog(clock);
  const broadcaster = new Broadcaster();
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
      deferralTimeoutMs: () =>
        current.config.config.gateway?.reload?.deferralTimeoutMs ?? DEFAULT_DEFERRAL_MS,
    }),
    heartbeats: new Heartbeats(() => state),
    cron: new CronAccess(() => state),
    stability,
    tools,
    config: () => current.config,
    agents,
    origins: () => originPolicy(gateway(), bound()),
    replaceConfig: (config) => {
      current = configInForce(config, paths);
      const secret = options.resolveSecret?.(config);
      if (secret && authenticator.replace(secret)) {
        log.warn("the gateway's credential has changed: whoever used the old one is disconnected");
        cutOffStale(broadcaster, authenticator);
      }
      stability.record("config.changed", { hash: config.hash });
      options.onConfigReplaced?.(config);
      state.heartbeats.reload();
      state.cron.reload();
    },
    logFile: options.logFile,
  };
  return state;
}

/** A configuration with what follows from it. */
function configInForce(config: ConfigSnapshot, paths: ConfigPaths) {
  const catalog = new ModelCatalog(config.config.models ?? {}, config.env);
  return { config, agents: createAgentsSnapshot(config.config, paths, catalog) };
}

function requestHandler(state: GatewayState, sockets: SocketServer): RequestHandler {
  const handleHttp = createHttpHandler(createHttpDeps(state));
  return (request, { remoteAddr }, line) => {
    const { headers } = request;
    const { gateway } = state.config().config;
    const peer = resolvePeer(headers, remoteAddr.hostname, gateway);
    const isFromHere = peer.isDirect && isLoopback(peer.socketAddress);
    if (isFromHere && !isAllowedHost(headers.get("host"), gateway?.controlUi?.allowedOrigins)) {
      return refuseHost();
    }
    const upgrades = headers.get("upgrade")?.toLowerCase().split(/\s*,\s*/);
    if (upgrades?.includes("websocket")) {
      return sockets.upgrade(request, {
        ...peer,
        ...resolveIdentity(headers, peer, identityPolicy(state)),
        line,
      });
    }
    if (upgrades) return new Response("Unknown upgrade", { status: 400 });
    return handleHttp(request, peer);
  };
}

/** The answer to a request under a name that is not this gateway's. */
function refuseHost(): Response {
  const message = "Host not allowed: add its origin to gateway.controlUi.allowedOrigins";
  return Response.json({ error: { message, type: "forbidden", code: "HOST_NOT_ALLOWED" } }, {
    status: 403,
  });
}

function hello(
  state: GatewayState,
  rpc: RpcServer,
  client: Client,
  params: ConnectParams,
  grant: Grant,
): HelloOk {
  const { presence, health, paths, clock } = state;
  const { presenceKey } = client.identity;
  if (presenceKey !== undefined) {
    presence.upsert(presenceKey, presenceOf(client, params));
  }
  const { defaultId } = state.agents();
  const isAdmin = hasScope(grant.scopes, "operator.admin");
  return {
    type: "hello-ok",
    protocol: PROTOCOL_VERSION,
    server: { version: VERSION, connId: client.connId },
    features: { methods: rpc.methods, events: announcedEvents() },
    snapshot: {
      presence: presence.list(),
      health: health.snapshot(),
      stateVersion: { presence: presence.version, health: health.version },
      uptimeMs: clock.now() - state.startedAt,
      sessionDefaults: {
        defaultAgentId: defaultId,
        mainKey: "main",
        mainSessionKey: mainSessionKey(defaultId),
        scope: state.config().config.session?.scope ?? "per-sender",
      },
      ...(isAdmin
        ? {
          configPath: paths.configPath,
          stateDir: paths.stateDir,
          authMode: state.authenticator.mode,
        }
        : {}),
    },
    auth: { role: grant.role, scopes: [...grant.scopes], ...grant.tokens },
    policy: {
      maxPayload: MAX_FRAME_BYTES,
      maxBufferedBytes: MAX_BUFFERED_BYTES,
      tickIntervalMs: TICK_INTERVAL_MS,
    },
  };
}

function presenceOf(client: Client, { client: said }: ConnectParams) {
  const { identity } = client;
  return {
    host: said.displayName ?? said.id,
    ip: identity.address,
    version: said.version,
    platform: said.platform,
    ...(said.deviceFamily === undefined ? {} : { deviceFamily: said.deviceFamily }),
    ...(said.modelIdentifier === undefined ? {} : { modelIdentifier: said.modelIdentifier }),
    ...(said.instanceId === undefined ? {} : { instanceId: said.instanceId }),
    mode: said.mode,
    reason: "connect",
    roles: [identity.role],
    scopes: [...identity.scopes],
  };
}

function onReady(state: GatewayState, client: Client, { node }: Grant): void {
  state.broadcaster.add(client);
  noteClient(state.stability, "client.connected", client);
  if (node) nodeConnected(state, client, node);
  if (isStale(client, state.authenticator)) cutOffStale(state.broadcaster, state.authenticator);
  state.health.announceSoon();
}

function onGone(state: GatewayState, client: Client): void {
  const { broadcaster, presence, health } = state;
  broadcaster.remove(client);
  state.sessionEvents.forget(client);
  nodeGone(state, client);
  noteClient(state.stability, "client.disconnected", client);
  const { presenceKey } = client.identity;
  const isStillHere = [...broadcaster.clients()]
    .some(({ identity }) => identity.presenceKey === presenceKey);
  if (presenceKey === undefined || isStillHere || !presence.disconnect(presenceKey)) return;
  broadcaster.broadcast("presence", { presence: presence.list() }, {
    presence: presence.version,
    health: health.version,
  });
}

function tick({ broadcaster, presence, clock }: GatewayState): void {
  const here: string[] = [];
  for (const { identity } of broadcaster.clients()) {
    if (identity.presenceKey !== undefined) here.push(identity.presenceKey);
  }
  presence.touch(here);
  broadcaster.broadcast("tick", { ts: clock.now() });
}
