/**
 * The node host: a machine that runs commands for a gateway.
 *
 * @module
 */
import { delay, errorMessage, type Logger, VERSION, withTimeout } from "../base/mod.ts";
import { ensureIdentity } from "../devices/client.ts";
import type { GatewayClient, GatewayClientOptions, RouteOpener } from "../protocol/client/mod.ts";
import type { EventFrame } from "../protocol/mod.ts";
import { createCommands, type Machine } from "./command_table.ts";
import { InvokeDesk, type NodeInvoke, parseInvoke } from "./invokes.ts";
import { MAX_UNSENT_EVENTS, PRESENCE_INTERVAL_MS, STOP_BUDGET_MS } from "./limits.ts";
import { keepLinked } from "./link.ts";

/** Everything a node host is given. */
export interface NodeHostOptions extends Machine {
  /** `ws://` or `wss://` address of the gateway. */
  readonly url: string;
  /** Opens the way there for each connection; without one the address is dialled. */
  readonly route?: RouteOpener;
  readonly token?: string;
  readonly password?: string;
  /** Name for people. */
  readonly displayName: string;
  /** Tells this installation apart; not what proves it. */
  readonly instanceId: string;
  /** What kind of machine this is, for people. */
  readonly deviceFamily: string;
  /** Ends the host. */
  readonly signal: AbortSignal;
  /** Waits between two tries to connect; tests give their own. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Runs until the signal ends it; programs that run then are killed and answered for.
 *
 * @throws {AppError} When the gateway refuses the credential for good, and when the identity of the
 * machine cannot be read or made.
 */
export async function runNodeHost(options: NodeHostOptions): Promise<void> {
  const { stateDir, clock, log, signal, wait } = options;
  const identity = await ensureIdentity(stateDir, clock);
  const host = new NodeHost(identity.deviceId, options);
  // The link outlives the signal for as long as the last answers take.
  const link = new AbortController();
  const onStop = () => host.stop().finally(() => link.abort());
  signal.addEventListener("abort", onStop, { once: true });
  if (signal.aborted) link.abort();
  try {
    await keepLinked({
      client: { ...host.describe(), signal: link.signal },
      identity,
      stateDir,
      clock,
      log,
      onConnect: (client) => host.attach(client),
      ...(wait === undefined ? {} : { wait }),
    });
  } finally {
    signal.removeEventListener("abort", onStop);
    await host.stop();
  }
}

/** Answers the invokes of whatever connection there is. */
class NodeHost {
  readonly #nodeId: string;
  readonly #options: NodeHostOptions;
  readonly #log: Logger;
  readonly #stopping = new AbortController();
  readonly #commands: ReturnType<typeof createCommands>;
  readonly #desk: InvokeDesk;
  /** Frames that the gateway has not acknowledged. */
  readonly #sending = new Set<Promise<void>>();
  /** Events that happened while no gateway was connected. */
  readonly #unsent: Record<string, unknown>[] = [];
  #client: GatewayClient | undefined;

  constructor(nodeId: string, options: NodeHostOptions) {
    this.#nodeId = nodeId;
    this.#options = options;
    this.#log = options.log;
    this.#commands = createCommands(options);
    this.#desk = new InvokeDesk({
      commands: this.#commands,
      call: {
        signal: this.#stopping.signal,
        emit: (event, payload) => this.#emit(event, payload),
      },
      clock: options.clock,
      log: options.log,
    });
  }

  /** How the node presents itself. */
  describe(): GatewayClientOptions {
    const { url, route, token, password, os, deviceFamily, displayName, instanceId, env } =
      this.#options;
    const path = env.PATH ?? env.Path;
    return {
      url,
      ...(route === undefined ? {} : { route }),
      ...(token === undefined ? {} : { token }),
      ...(password === undefined ? {} : { password }),
      client: {
        id: "node-host",
        mode: "node",
        version: VERSION,
        platform: os,
        deviceFamily,
        displayName,
        instanceId,
      },
      role: "node",
      scopes: [],
      caps: ["system"],
      commands: [...this.#commands.keys()],
      ...(path === undefined ? {} : { pathEnv: path }),
      onEvent: (event) => this.#receive(event),
    };
  }

  /** Serves a new connection until it ends. */
  attach(client: GatewayClient): void {
    const { displayName, url } = this.#options;
    this.#client = client;
    this.#log.info(`Connected to ${url} as node "${displayName}" (${this.#nodeId})`);
    client.closed.then(() => {
      if (this.#client === client) this.#client = undefined;
    });
    for (const event of this.#unsent.splice(0)) this.#send("node.event", event);
    this.#showPresence(client).catch((error) => {
      this.#log.error(`Cannot go on with signs of life: ${errorMessage(error)}`);
    });
  }

  /** Kills what runs and waits, not long, until it has been answered for; may be called twice. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await withTimeout(this.#settled(), STOP_BUDGET_MS, () => {
      this.#log.warn("Programs did not end in time");
    });
  }

  async #settled(): Promise<void> {
    await this.#desk.idle();
    await Promise.all(this.#sending);
  }

  #receive({ event, payload }: EventFrame): void {
    if (event !== "node.invoke.request") return;
    const invoke = parseInvoke(payload, this.#nodeId);
    if (invoke === undefined) return this.#log.warn("Ignored a malformed invoke");
    this.#log.debug(`Invoke ${invoke.command}`, { id: invoke.id });
    this.#answer(invoke);
  }

  async #answer(invoke: NodeInvoke): Promise<void> {
    const answer = await this.#desk.answer(invoke);
    // The gateway gives up its invokes with the connection; the answer stays for a repeat of the key.
    this.#send("node.invoke.result", { id: invoke.id, nodeId: this.#nodeId, ...answer });
  }

  #emit(event: string, payload: Record<string, unknown>): void {
    const frame = { event, payloadJSON: JSON.stringify(payload) };
    if (this.#client !== undefined) return this.#send("node.event", frame);
    this.#unsent.push(frame);
    if (this.#unsent.length > MAX_UNSENT_EVENTS) this.#unsent.shift();
  }

  /** Sends to the connection there is. */
  #send(method: string, params: Record<string, unknown>): void {
    const client = this.#client;
    if (client === undefined) return;
    const sent = client.request(method, params).then(() => {}, (error) => {
      this.#log.warn(`The gateway did not take ${method}: ${errorMessage(error)}`);
    });
    this.#sending.add(sent);
    sent.then(() => this.#sending.delete(sent));
  }

  async #showPresence(client: GatewayClient): Promise<void> {
    const over = new AbortController();
    client.closed.then(() => over.abort());
    for (let trigger = "connect"; !over.signal.aborted; trigger = "background") {
      this.#emit("node.presence.alive", { trigger, sentAtMs: this.#options.clock.now() });
      await delay(PRESENCE_INTERVAL_MS, over.signal).catch(() => {});
    }
  }
}
