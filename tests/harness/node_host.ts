/**
 * A node host in the test's process, and a gateway that plays its other side.
 *
 * @module
 */
import { type Logger, silentLogger } from "../../lib/base/mod.ts";
import { type NodeHostOptions, runNodeHost } from "../../lib/nodehost/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import {
  type FakeConnection,
  type FakeGateway,
  fakeHello,
  startFakeGateway,
} from "../../lib/protocol/client/_fake_gateway.ts";
import { encodeEvent, encodeResponse } from "../../lib/protocol/frames.ts";
import type { Frame } from "./socket.ts";

const WAIT_MS = 10_000;

/** Waits until `find` finds something. */
export async function eventually<T>(find: () => T | undefined | false, what: string): Promise<T> {
  for (const end = Date.now() + WAIT_MS; Date.now() < end;) {
    const found = find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`No ${what} within ${WAIT_MS} ms`);
}

/** The other side of a node: lets it in, asks it, and keeps what it says. */
export class NodeSide implements AsyncDisposable {
  readonly fake: FakeGateway;
  /** Parameters of every `node.invoke.result`, in order. */
  readonly results: Frame[] = [];
  /** Parameters of every `node.event`, their payloads parsed, in order. */
  readonly events: Frame[] = [];
  /** Refuses or answers a connect; lets the node in unless given. */
  onConnect: ((connection: FakeConnection, id: string) => void) | undefined;
  /** Part of the hello, such as a device token. */
  auth: Frame = { role: "node", scopes: [] };
  #lastId = 0;

  constructor() {
    this.fake = startFakeGateway({
      onConnect: (connection, id) => {
        if (this.onConnect) return this.onConnect(connection, id);
        connection.socket.send(encodeResponse(id, { ...fakeHello(), auth: this.auth }));
      },
      onCall: ({ socket }, { id, method, params }) => {
        const frame = params as Frame;
        if (method === "node.invoke.result") this.results.push(frame);
        if (method === "node.event") {
          this.events.push({ event: frame.event, ...JSON.parse(frame.payloadJSON) });
        }
        socket.send(encodeResponse(id, { ok: true }));
      },
    });
  }

  /** The newest connection whose node has said who it is. */
  get connection(): FakeConnection | undefined {
    return this.fake.connections.findLast(({ connect, socket }) =>
      connect.device !== undefined && socket.readyState === WebSocket.OPEN
    );
  }

  /** Waits for the `count`-th connect and answers with its parameters. */
  async connected(count = 1): Promise<Frame> {
    const connects = () =>
      this.fake.connections.filter(({ connect }) => connect.device !== undefined);
    await eventually(() => connects().length >= count, `connect ${count}`);
    return connects()[count - 1]!.connect;
  }

  /** Sends an invoke as a gateway does and answers with its id. */
  send(command: string, params: unknown, over: Frame = {}): string {
    const id = over.id ?? `inv-${++this.#lastId}`;
    const { socket, connect } = this.connection!;
    socket.send(encodeEvent("node.invoke.request", {
      id,
      nodeId: (connect.device as Frame).id,
      command,
      paramsJSON: JSON.stringify(params),
      timeoutMs: 30_000,
      idempotencyKey: `key-${id}`,
      ...over,
    }));
    return id;
  }

  /** The answer to an invoke, its payload parsed. */
  async result(id: string): Promise<Frame> {
    const frame = await eventually(() => this.results.find((each) => each.id === id), id);
    return frame.ok ? { ...frame, payload: JSON.parse(frame.payloadJSON) } : frame;
  }

  /** Sends an invoke and waits for its answer. */
  async invoke(command: string, params: unknown, over: Frame = {}): Promise<Frame> {
    return await this.result(this.send(command, params, over));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fake[Symbol.asyncDispose]();
  }
}

/** A running node host with a state folder of its own. */
export class TestNodeHost implements AsyncDisposable {
  readonly stop = new AbortController();
  /** Settles when the host has ended. */
  readonly ended: Promise<void>;
  /** What was logged above debug. */
  readonly lines: string[] = [];
  readonly dir: string;
  readonly #ownsDir: boolean;

  private constructor(dir: string, ownsDir: boolean, over: Partial<NodeHostOptions>) {
    this.dir = dir;
    this.#ownsDir = ownsDir;
    const note = (text: string) => void this.lines.push(text);
    const log: Logger = { ...silentLogger, info: note, warn: note, error: note };
    this.ended = runNodeHost({
      url: "ws://127.0.0.1:1",
      displayName: "test node",
      instanceId: "instance-1",
      stateDir: dir,
      home: dir,
      folder: dir,
      env: { PATH: "/usr/bin:/bin" },
      os: "linux",
      deviceFamily: "Linux",
      clock: systemClock,
      log,
      signal: this.stop.signal,
      // Tries come one after the other; how long the pauses are is not what is tested.
      wait: () => new Promise((resolve) => setTimeout(resolve, 5)),
      ...over,
    });
    this.ended.catch(() => {});
  }

  /** @param over `stateDir` reuses the state of an earlier host; the test then removes it. */
  static async start(over: Partial<NodeHostOptions>): Promise<TestNodeHost> {
    const dir = over.stateDir ?? await Deno.makeTempDir({ prefix: "openclaw-node-host-" });
    return new TestNodeHost(await Deno.realPath(dir), over.stateDir === undefined, over);
  }

  /** Lets everything run on this machine. */
  async allowAll(): Promise<void> {
    const policy = { version: 1, defaults: { security: "full", ask: "off" } };
    await Deno.writeTextFile(`${this.dir}/exec-approvals.json`, JSON.stringify(policy));
  }

  /** Waits for a file in the folder of the host and answers with its text. */
  async file(name: string): Promise<string> {
    return await eventually(() => {
      try {
        const text = Deno.readTextFileSync(`${this.dir}/${name}`);
        return text.endsWith("\n") && text;
      } catch {
        return undefined;
      }
    }, `file ${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop.abort();
    await this.ended.catch(() => {});
    if (this.#ownsDir) await Deno.remove(this.dir, { recursive: true });
  }
}
