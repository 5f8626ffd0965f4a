/**
 * A running gateway: composes the rooms, answers on one port, and ends in order.
 *
 * Knows nothing of the process it runs in (signals, lock, exit status): that is `run.ts`.
 *
 * @module
 */
import { join } from "@std/path";
import type { ConfigSnapshot } from "../config/mod.ts";
import { memoryUsage, runCommand } from "../platform/mod.ts";
import { CLOSE, CLOSE_REASON, HANDSHAKE_TIMEOUT_MS, TICK_INTERVAL_MS } from "../protocol/mod.ts";
import { SessionStore } from "../sessions/mod.ts";
import { admitConnect } from "./admission.ts";
import { isInNetworks } from "./auth/network.ts";
import { handshakePolicy } from "./auth/policy.ts";
import type { BoundTo } from "./auth/settings.ts";
import { isStale } from "./auth/stale.ts";
import { clientGone, clientReady, tick } from "./client_life.ts";
import { createState } from "./compose.ts";
import { takeOverDevices } from "./device_events.ts";
import type { GatewayOptions } from "./gateway_options.ts";
import { hello } from "./hello.ts";
import { type GuardOptions, listen, type Listeners } from "./listener.ts";
import { noteRefusal } from "./methods/events/stability_notes.ts";
import { gatewayMethods } from "./methods/mod.ts";
import { admitNode } from "./nodes/connecting.ts";
import type { FileWatch } from "./reload/file_watch.ts";
import { requestHandler } from "./requests.ts";
import { takeSentinel } from "./restart/sentinel.ts";
import { RpcServer } from "./rpc.ts";
import { broadcastRuns } from "./run_events.ts";
import { GatewaySecrets } from "./secrets/gateway_secrets.ts";
import { SocketServer } from "./socket_server.ts";
import { startSampling } from "./stability/sampler.ts";
import type { GatewayState } from "./state.ts";
import { type SessionTakeover, takeOverSessions } from "./takeover/sessions.ts";
import { WriteLimiter } from "./write_limiter.ts";

/** Time after which clients may expect a restarted gateway to answer. */
const RESTART_EXPECTED_MS = 1500;
/** Time that requests under way get to end by themselves. */
const CLOSE_GRACE_MS = 2000;

/** A gateway that answers; end it with {@linkcode Gateway.close}. */
export class Gateway {
  readonly state: GatewayState;
  /** Runs that the last process left unfinished and that are now marked as failed. */
  readonly interruptedRuns: number;
  readonly #listeners: Listeners;
  readonly #sockets: SocketServer;
  readonly #takeover: SessionTakeover;
  readonly #stopBroadcast: () => void;
  readonly #stopSampling: () => void;
  readonly #tick: ReturnType<typeof setInterval>;
  readonly #drainMs: number;
  #certificateWatch: FileWatch | undefined;

  private constructor(
    state: GatewayState,
    interruptedRuns: number,
    listeners: Listeners,
    sockets: SocketServer,
    takeover: SessionTakeover,
    drainMs: number,
  ) {
    this.state = state;
    this.#drainMs = drainMs;
    this.interruptedRuns = interruptedRuns;
    this.#listeners = listeners;
    this.#sockets = sockets;
    this.#takeover = takeover;
    this.#stopBroadcast = broadcastRuns(state.runs, state.broadcaster, state.clock);
    this.#tick = setInterval(() => tick(state), TICK_INTERVAL_MS);
    state.health.start();
    state.eventLoop.start();
    this.#stopSampling = startSampling({ ...state, memory: memoryUsage });
    state.stability.record("gateway.started", { interruptedRuns });
    state.heartbeats.reload();
    state.cron.start();
    state.hooks.start();
  }

  /**
   * Looks up secrets, opens the store, takes back what a crash left, and listens.
   *
   * @throws {AppError} `SECRET_UNRESOLVED`, `PORT_IN_USE`, `BIND_FAILED`, or what the store refuses with.
   */
  static async start(options: GatewayOptions): Promise<Gateway> {
    const { clock, paths } = options;
    let opened: GatewayState | undefined;
    const secrets = new GatewaySecrets({
      log: options.log.child("secrets"),
      flags: options.credentialFlags,
      redaction: options.redaction,
      paths,
      state: () => opened!,
    });
    const config = await secrets.start(options.config);
    const store = await SessionStore.open({ stateDir: paths.stateDir, clock });
    try {
      const bound: { current: BoundTo } = { current: options };
      const parts = { store, secrets, bound: () => bound.current };
      const state = opened = createState({ ...options, config }, parts);
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
          redaction: secrets.redaction,
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
        onReady: (client, grant) => clientReady(state, client, grant),
        onGone: (client) => clientGone(state, client),
      });
      const listeners = await listen({
        hosts: options.hosts,
        port: options.port,
        attempts: options.bindAttempts,
        retryDelayMs: options.bindRetryDelayMs,
        handler: requestHandler(state, sockets),
        guard: guardOptions(options, state.config),
        tls: options.tls,
        clock,
        log: options.log,
      });
      bound.current = listeners;
      // What an earlier process left is looked at only by the one that has the port.
      try {
        await takeOverDevices(paths.stateDir, store.database, clock, options.log.child("devices"));
        const interrupted = await store.recoverInterruptedRuns(clock.now());
        const takeover = await takeOverSessions({
          stateDir: paths.stateDir,
          store: store.database,
          clock,
          log: options.log.child("sessions"),
          startup: state.startup,
        });
        const gateway = new Gateway(
          state,
          interrupted.length,
          listeners,
          sockets,
          takeover,
          options.drainMs ?? 0,
        );
        await takeSentinel(state);
        state.updates.start();
        if (options.watch) state.reloader.start(options.watch.intervalMs);
        await gateway.#watchTls(options);
        return gateway;
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

  /** A certificate that is replaced on disk is served without a restart. */
  async #watchTls({ tls, config, paths, clock, log, watch }: GatewayOptions): Promise<void> {
    if (!tls || !watch) return;
    const { watchCertificate } = await import("./tls/renewal.ts");
    this.#certificateWatch = watchCertificate({
      tls,
      settings: config.config.gateway?.tls ?? {},
      stateDir: paths.stateDir,
      clock,
      log: log.child("tls"),
      apply: (next) => this.#listeners.renewTls(next),
      ...(watch.intervalMs === undefined
        ? {}
        : { intervalMs: watch.intervalMs, quietMs: watch.intervalMs }),
    });
  }

  get port(): number {
    return this.#listeners.port;
  }

  /** Addresses it listens on. */
  get hosts(): readonly string[] {
    return this.#listeners.hosts;
  }

  /**
   * Ends in order: no new requests, those under way answered, no new runs, ends of runs stored, clients told, sockets closed, store closed.
   *
   * @param willRestart Whether clients may expect it back.
   */
  async close(willRestart = false): Promise<void> {
    const { runs, broadcaster, health, eventLoop, store, traffic, stability } = this.state;
    stability.record(willRestart ? "gateway.restarting" : "gateway.stopping");
    traffic.stop();
    clearInterval(this.#tick);
    this.state.restarter.close();
    await this.state.updates.close();
    await this.state.reloader.close();
    await this.#certificateWatch?.close();
    await this.#takeover.stop();
    // All wait for what they began, which ends with the runs.
    const { cron, heartbeats, hooks } = this.state;
    const background = Promise.all([cron.close(), heartbeats.close(), hooks.close()]);
    await traffic.idle(this.#drainMs);
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
    this.state.nodes.invocations.close();
    this.#stopBroadcast();
    this.state.sessionEvents.dispose();
    health.stop();
    eventLoop.stop();
    this.#stopSampling();
    await this.#listeners.close(CLOSE_GRACE_MS);
    await store.database.idle();
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
