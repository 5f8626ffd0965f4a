/**
 * A whole gateway inside the test's process, on a free port, with a state folder of its own.
 *
 * @module
 */
import { envOf, type Logger, silentLogger } from "../../lib/base/mod.ts";
import { type ConfigSnapshot, loadConfig, resolvePaths } from "../../lib/config/mod.ts";
import type { EdgeLimits } from "../../lib/edge/mod.ts";
import { Gateway, liveSecret, type SharedSecret, WsLog } from "../../lib/gateway/mod.ts";
import { ensureServerTls, type ServerTls } from "../../lib/tls/mod.ts";
import { type Network, type RunCommand, systemClock } from "../../lib/platform/mod.ts";

/** Token of every test gateway unless a test chooses another way to authenticate. */
export const TOKEN = "test-token-0123456789";

/** What a test may choose. */
export interface TestGatewayOptions {
  config?: Record<string, unknown>;
  secret?: SharedSecret;
  /** Whether a token that is written to the configuration is in force, as in a real process. */
  hasLiveCredential?: boolean;
  /** Stands in for programs of this machine. */
  runCommand?: RunCommand;
  /** Stands in for the updater. */
  launchUpdater?: (args: readonly string[]) => Promise<void>;
  handshakeTimeoutMs?: number;
  /** Time that HTTP requests under way get when the gateway ends; none unless given. */
  drainMs?: number;
  /** Stands in for the internet. */
  network?: Network;
  /** Puts the gateway behind its guard, with limits of the test's own. */
  guard?: Partial<EdgeLimits>;
  /** Takes changes of the configuration's files over, and looks for them this often. */
  watchMs?: number;
  /** Throws for what a gateway would not start with; with `watchMs` only. */
  assertStartable?: (snapshot: ConfigSnapshot) => void;
  /** Addresses to listen on; `127.0.0.1` alone unless given. */
  hosts?: readonly string[];
  log?: Logger;
  /** Reuses the state of an earlier gateway; the test then removes it itself. */
  stateDir?: string;
}

/** A gateway that answers, and what a client needs to know of it. */
export class TestGateway implements AsyncDisposable {
  readonly gateway: Gateway;
  readonly stateDir: string;
  /** The certificate, where the configuration wants TLS. */
  readonly tls: ServerTls | undefined;
  readonly #ownsState: boolean;

  private constructor(gateway: Gateway, stateDir: string, ownsState: boolean, tls?: ServerTls) {
    this.gateway = gateway;
    this.stateDir = stateDir;
    this.tls = tls;
    this.#ownsState = ownsState;
  }

  static async start(options: TestGatewayOptions = {}): Promise<TestGateway> {
    const stateDir = options.stateDir ?? await Deno.makeTempDir({ prefix: "openclaw-test-" });
    const config = { gateway: { mode: "local" }, ...options.config };
    await Deno.writeTextFile(`${stateDir}/openclaw.json`, JSON.stringify(config));
    const env = envOf({ HOME: stateDir, OPENCLAW_STATE_DIR: stateDir });
    const paths = resolvePaths(env);
    const snapshot = await loadConfig({ env, paths });
    const tlsSettings = snapshot.config.gateway?.tls;
    const tls = tlsSettings?.enabled
      ? await ensureServerTls({
        settings: tlsSettings,
        stateDir,
        clock: systemClock,
        names: ["localhost", "127.0.0.1"],
      })
      : undefined;
    const secret = options.secret ?? { mode: "token", secret: TOKEN };
    const gateway = await Gateway.start({
      clock: systemClock,
      log: options.log ?? silentLogger,
      wsLog: new WsLog(silentLogger, "auto", false),
      paths,
      config: snapshot,
      tls,
      secret,
      resolveSecret: (snapshot) =>
        options.hasLiveCredential ? liveSecret(snapshot, secret.mode, {}, silentLogger) : undefined,
      ...(options.runCommand ? { runCommand: options.runCommand } : {}),
      ...(options.launchUpdater ? { launchUpdater: options.launchUpdater } : {}),
      hosts: options.hosts ?? ["127.0.0.1"],
      port: 0,
      bindAttempts: 1,
      bindRetryDelayMs: 0,
      ...(options.handshakeTimeoutMs ? { handshakeTimeoutMs: options.handshakeTimeoutMs } : {}),
      ...(options.drainMs === undefined ? {} : { drainMs: options.drainMs }),
      ...(options.watchMs === undefined ? {} : {
        watch: {
          intervalMs: options.watchMs,
          ...(options.assertStartable ? { assertStartable: options.assertStartable } : {}),
        },
      }),
      ...(options.network ? { network: options.network } : {}),
      ...(options.guard ? { guard: { isAlways: true, limits: options.guard } } : {}),
      facts: {
        host: "test-host",
        ip: "127.0.0.1",
        platform: "linux test",
        deviceFamily: "Linux",
        modelIdentifier: "x64",
      },
      cpuMicroseconds: () => 0,
      logFile: () => `${stateDir}/gateway.log`,
    });
    return new TestGateway(gateway, stateDir, options.stateDir === undefined, tls);
  }

  get wsUrl(): string {
    return `${this.tls ? "wss" : "ws"}://127.0.0.1:${this.gateway.port}`;
  }

  get httpUrl(): string {
    return `${this.tls ? "https" : "http"}://127.0.0.1:${this.gateway.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.close();
    if (this.#ownsState) await Deno.remove(this.stateDir, { recursive: true });
  }
}
