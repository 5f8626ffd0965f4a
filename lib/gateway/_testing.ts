/**
 * What the tests of this room share: time by hand, connections that only note what they are sent, and
 * runs that do what the test says.
 *
 * @module
 */
import { ManualClock } from "../base/testing.ts";
export { ManualClock };
import { type AgentsSnapshot, Run, type RunOutcome, type RunRequest } from "../agents/mod.ts";
import { type Clock, type Logger, silentLogger } from "../base/mod.ts";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import type { HandshakePolicy } from "./admission.ts";
import { TailscaleWhois } from "./auth/tailscale.ts";
import { Authenticator, type SharedSecret } from "./authenticator.ts";
import { Client, type ClientIdentity, type FrameSink } from "./client.ts";
import type { ConnectionPeer } from "./handshake.ts";
import { Startup } from "./startup.ts";

interface Timer {
  at: number;
  everyMs: number | undefined;
  run: () => void;
}

const TIMER_FUNCTIONS = ["setTimeout", "setInterval", "clearTimeout", "clearInterval"] as const;

/** A clock whose movement also fires the timers of the program, in order; disposing it ends that. */
export class FakeTime extends ManualClock implements Disposable {
  readonly #real = TIMER_FUNCTIONS.map((name) => [name, globalThis[name]] as const);
  readonly #timers = new Map<number, Timer>();
  #lastId = 0;

  constructor() {
    super();
    const clear = (id?: number) => void this.#timers.delete(id ?? 0);
    Object.assign(globalThis, {
      setTimeout: (run: () => void, ms = 0) => this.#add(run, ms),
      setInterval: (run: () => void, ms = 0) => this.#add(run, ms, ms),
      clearTimeout: clear,
      clearInterval: clear,
    });
  }

  /** Number of timers that have not fired. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves the time ahead, firing what becomes due. */
  override advance(ms: number): number {
    const end = this.ms + ms;
    while (true) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end)
        .sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      const [id, timer] = due;
      this.ms = Math.max(this.ms, timer.at);
      if (timer.everyMs === undefined) this.#timers.delete(id);
      else timer.at += timer.everyMs;
      timer.run();
    }
    return this.ms = end;
  }

  [Symbol.dispose](): void {
    Object.assign(globalThis, Object.fromEntries(this.#real));
  }

  #add(run: () => void, ms: number, everyMs?: number): number {
    this.#timers.set(++this.#lastId, { at: this.ms + ms, everyMs, run });
    return this.#lastId;
  }
}

/** A frame as a test looks at it. */
// deno-lint-ignore no-explicit-any -- tests look into whatever was sent
export type Frame = Record<string, any>;

/** The writing side of a socket that notes everything. */
export class FakeSink implements FrameSink {
  readonly frames: Frame[] = [];
  closed: { code: number; reason: string } | undefined;
  bufferedAmount = 0;

  get isOpen(): boolean {
    return this.closed === undefined;
  }

  send(frame: string): void {
    this.frames.push(JSON.parse(frame));
  }

  close(code: number, reason = ""): void {
    this.closed = { code, reason };
  }
}

/** A connection of an administrator unless told otherwise, and what it is sent. */
export function clientOf(over: Partial<ClientIdentity> = {}): { client: Client; sink: FakeSink } {
  const sink = new FakeSink();
  const client = new Client({
    connId: "conn-1",
    role: "operator",
    scopes: ["operator.admin"],
    caps: [],
    clientId: "cli",
    clientMode: "cli",
    clientVersion: "1",
    platform: "linux",
    address: "127.0.0.1",
    isLocalDirect: true,
    ...over,
  }, sink);
  return { client, sink };
}

/** A logger that keeps what it is given, as `level: message`. */
export function recordingLogger(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const keep = (level: string) => (message: string) => void lines.push(`${level}: ${message}`);
  const log: Logger = {
    ...silentLogger,
    debug: keep("debug"),
    info: keep("info"),
    warn: keep("warn"),
    error: keep("error"),
    child: () => log,
  };
  return { log, lines };
}

/** A run that is under way and does nothing by itself. */
export function runOf(over: Partial<RunRequest> = {}): Run {
  const request: RunRequest = {
    runId: "run-1",
    sessionKey: "agent:main:main",
    agentId: "main",
    message: "hi",
    origin: { kind: "chat" },
    ...over,
  };
  // Nothing here asks for the configuration of a run.
  const run = new Run(request, {} as AgentsSnapshot, 1000, (error) => {
    throw error;
  });
  run.state = "running";
  return run;
}

/** How a run ended: well, unless told otherwise. */
export function outcomeOf(
  run: Run,
  over: Partial<RunOutcome> = {},
  result: Partial<RunOutcome["result"]> = {},
): RunOutcome {
  return {
    runId: run.runId,
    sessionKey: run.sessionKey,
    sessionId: "session-1",
    agentId: "main",
    status: "ok",
    stopReason: "stop",
    result: {
      text: run.text,
      provider: "fake",
      model: "one",
      contextTokens: 1000,
      promptTokens: 11,
      isAborted: false,
      usage: { input: 10, output: 5, cacheRead: 1, cacheWrite: 2 },
      ...result,
    },
    acceptedAt: 1000,
    startedAt: 1100,
    endedAt: 1500,
    messages: [],
    ...over,
  };
}

/** A program of this machine, straight to the gateway. */
export const LOCAL_PEER: ConnectionPeer = {
  address: "127.0.0.1",
  socketAddress: "127.0.0.1",
  isDirect: true,
  isLocalDirect: true,
  origin: undefined,
  host: "127.0.0.1:18789",
};

/** A program of another machine. */
export const REMOTE_PEER: ConnectionPeer = {
  ...LOCAL_PEER,
  address: "192.0.2.1",
  socketAddress: "192.0.2.1",
  isLocalDirect: false,
};

/** Connect parameters of the CLI that asks for everything. */
export function paramsOf(over: Partial<ConnectParams> = {}): ConnectParams {
  return {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: "cli", mode: "cli", version: "1", platform: "linux" },
    scopes: ["operator.admin"],
    auth: { token: "right" },
    ...over,
  };
}

/** What connects are judged by, where Tailscale is not asked and nothing is configured. */
export function policyOf(
  secret: SharedSecret,
  over: Partial<HandshakePolicy> = {},
  clock: Clock = new ManualClock(),
): HandshakePolicy {
  const run = () => Promise.reject(new Error("nobody asks Tailscale"));
  return {
    authenticator: new Authenticator(secret, clock),
    whois: new TailscaleWhois({ clock, log: silentLogger, run }),
    startup: new Startup(),
    log: silentLogger,
    origins: { allowedOrigins: [], allowsHostFallback: false, hearsLocalPages: true },
    devices: { allowsInsecureAuth: false, ignoresDevices: false },
    nodeNetworks: [],
    ...over,
  };
}
