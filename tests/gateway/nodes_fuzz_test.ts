/**
 * Thousands of random calls about nodes, as nodes and as operators, over real sockets: whatever they
 * say, each is answered, nothing breaks, and nothing is held once they are gone.
 *
 * `OPENCLAW_FUZZ_SEED` repeats a run.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { TestDevice } from "../harness/device.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectDevice, TestNode } from "../harness/node.ts";
import { eventually } from "../harness/node_host.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const CALLS = 5000;
/** Calls under way at the same time, on each socket. */
const BATCH = 25;
const CODES = new Set([
  "NOT_LINKED",
  "NOT_PAIRED",
  "AGENT_TIMEOUT",
  "INVALID_REQUEST",
  "APPROVAL_NOT_FOUND",
  "UNAVAILABLE",
]);
const NODE_METHODS = [
  "node.event",
  "node.invoke.result",
  "node.invoke.result",
  "node.pending.ack",
  "node.pending.drain",
  "node.pending.pull",
  "node.pluginSurface.refresh",
];
const OPERATOR_METHODS = [
  "node.list",
  "node.describe",
  "node.invoke",
  "node.invoke",
  "node.invoke",
  "node.rename",
  "node.pair.request",
  "node.pair.list",
  "node.pair.approve",
  "node.pair.reject",
  "node.pair.verify",
  "node.pending.enqueue",
  "exec.approval.request",
  "exec.approval.resolve",
  "exec.approval.get",
  "gateway.restart.preflight",
];
const EVENTS = [
  "chat.subscribe",
  "chat.unsubscribe",
  "exec.started",
  "exec.finished",
  "exec.denied",
  "notifications.changed",
  "node.presence.alive",
  "push.apns.register",
  "voice.transcript",
  "toString",
  "__proto__",
];
const COMMANDS = [
  "system.run",
  "system.which",
  "system.run ",
  "system.which",
  "system.execApprovals.set",
  "camera.snap",
  "constructor",
];
const TEXTS = [
  "",
  " ",
  "main",
  "agent:main:main",
  "a\0b",
  "\u202ex",
  "\ud800",
  "__proto__",
  "9".repeat(400),
  "x".repeat(5000),
  "'; DROP TABLE nodes; --",
  "[".repeat(20_000),
  "[".repeat(20_000) + "]".repeat(20_000),
  '{"sessionKey":"agent:main:x","command":"ls","runId":"r"}',
];

/** Random choices that a seed repeats. */
class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed % 2147483646 + 1;
  }

  below(count: number): number {
    this.#state = this.#state * 48271 % 2147483647;
    return this.#state % count;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Anything that JSON can say, not too deep. */
  value(depth = 2): unknown {
    const kind = this.below(depth > 0 ? 7 : 5);
    if (kind === 0) return null;
    if (kind === 1) return this.below(2) === 0;
    if (kind === 2) return this.pick([0, -1, 1.5, 1e300, 2 ** 53, 50]);
    if (kind < 5) return this.pick(TEXTS);
    if (kind === 5) return Array.from({ length: this.below(4) }, () => this.value(depth - 1));
    const names = ["id", "command", "sessionKey", "text", "argv", "__proto__", "runId"];
    return Object.fromEntries(
      Array.from({ length: this.below(4) }, () => [this.pick(names), this.value(depth - 1)]),
    );
  }

  /** `usual`, with now and then a field that is missing, or something else, or one too many. */
  spoil(usual: Frame): Frame {
    const frame = { ...usual };
    const name = this.pick(Object.keys(usual).concat("more"));
    const kind = this.below(4);
    if (kind === 0) delete frame[name];
    if (kind === 1) frame[name] = this.value();
    return frame;
  }
}

function nodeParams(dice: Dice, method: string, nodeId: string, askedIds: string[]): Frame {
  const id = askedIds.length > 0 ? dice.pick(askedIds) : "none";
  const usual: Record<string, Frame> = {
    "node.event": {
      event: dice.pick(EVENTS),
      payloadJSON: JSON.stringify({
        sessionKey: `agent:main:${dice.below(100)}`,
        command: dice.pick(TEXTS),
        change: "posted",
        key: dice.pick(TEXTS),
        ...dice.value() as Frame,
      }),
    },
    "node.invoke.result": {
      id,
      nodeId: dice.below(5) === 0 ? "other" : nodeId,
      ok: dice.below(2) === 0,
      payload: dice.value(),
      payloadJSON: dice.pick([null, ...TEXTS]),
    },
    "node.pending.ack": { ids: [id, dice.pick(TEXTS)] },
    "node.pending.drain": { maxItems: dice.below(12) },
    "node.pluginSurface.refresh": { surface: dice.pick(TEXTS) },
  };
  return dice.spoil(usual[method] ?? {});
}

function operatorParams(dice: Dice, nodeId: string): Frame {
  return {
    "node.describe": { nodeId: dice.pick([nodeId, ...TEXTS]) },
    "node.invoke": {
      nodeId,
      command: dice.pick(COMMANDS),
      params: dice.below(3) === 0
        ? { command: ["ls"], approved: true, runId: dice.pick(["r1", ...TEXTS]), env: dice.value() }
        : dice.value(),
      timeoutMs: 1 + dice.below(40),
      idempotencyKey: `k${dice.below(200)}`,
    },
    "node.rename": { nodeId, displayName: dice.pick(TEXTS) },
    "node.pair.request": { nodeId: dice.pick(TEXTS), commands: [dice.pick(COMMANDS)] },
    "node.pair.approve": { requestId: dice.pick(TEXTS) },
    "node.pair.reject": { requestId: dice.pick(TEXTS) },
    "node.pair.verify": { nodeId, token: dice.pick(TEXTS) },
    "node.pending.enqueue": { nodeId, type: "status.request", expiresInMs: 1 + dice.below(50) },
    "exec.approval.request": {
      id: dice.pick(["r1", `r${dice.below(1000)}`, ...TEXTS]),
      host: "node",
      nodeId,
      systemRunPlan: { argv: ["ls"], cwd: dice.value() },
      env: dice.pick([{}, { A: "1" }, dice.value()]),
      timeoutMs: 1 + dice.below(40),
    },
    "exec.approval.resolve": {
      id: dice.pick(["r1", ...TEXTS]),
      decision: dice.pick(["allow-once", "allow-always", "deny", "maybe"]),
    },
    "exec.approval.get": { id: dice.pick(["r", ...TEXTS]) },
  };
}

function operatorCall(dice: Dice, nodeId: string): readonly [method: string, params: Frame] {
  const method = dice.pick(OPERATOR_METHODS);
  const usual = operatorParams(dice, nodeId)[method] ?? {};
  const params = dice.spoil(usual);
  // Without a time of its own, a command would be waited for half a minute.
  if (usual.timeoutMs !== undefined) params.timeoutMs = usual.timeoutMs;
  return [method, params];
}

function checkAnswer(method: string, answer: Frame): void {
  if (answer.ok) return;
  assert(CODES.has(answer.error.code), `${method}: ${JSON.stringify(answer.error)}`);
  const text = JSON.stringify(answer.error);
  assert(!text.includes(TOKEN), `${method} tells a secret`);
  assert(!/Maximum call stack|is not a function|Cannot read prop|SQLITE/.test(text), text);
}

async function callAll(
  socket: TestSocket,
  calls: readonly (readonly [method: string, params: Frame])[],
): Promise<void> {
  await Promise.all(calls.map(async ([method, params]) => {
    checkAnswer(method, await socket.call(method, params));
  }));
}

Deno.test("nodes: thousands of random calls break nothing and leave nothing behind", async () => {
  const given = Deno.env.get("OPENCLAW_FUZZ_SEED");
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0]! : Number(given);
  console.log(`OPENCLAW_FUZZ_SEED=${seed}`);
  const dice = new Dice(seed);
  await using gateway = await TestGateway.start();
  const device = await TestDevice.create();
  const over = { commands: ["system.run", "system.which", "camera.snap"] };
  const { nodes } = gateway.gateway.state;
  const rounds = CALLS / (2 * BATCH);
  for (let round = 0; round < rounds; round += 10) {
    // Each ten rounds all of them come anew, the node twice: the later one takes its place.
    await using earlier = await TestNode.connect(gateway.wsUrl, over, device);
    await using node = await TestNode.connect(gateway.wsUrl, over, device);
    await using admin = await TestSocket.connect(gateway.wsUrl, TOKEN);
    const { socket: other } = await connectDevice(gateway.wsUrl, await TestDevice.create(), {
      scopes: ["operator.read", "operator.write", "operator.approvals", "operator.pairing"],
    });
    await earlier.socket.ended();
    for (let step = 0; step < 10; step++) {
      const operator = dice.below(2) === 0 ? admin : other;
      const answers = callAll(
        operator,
        Array.from({ length: BATCH }, () => operatorCall(dice, node.id)),
      );
      await operator.call("health");
      // What the node was asked by now can still be answered.
      const asked = node.socket.events("node.invoke.request").slice(-8)
        .map(({ payload }) => payload.id);
      const said = Array.from({ length: BATCH }, () => {
        const method = dice.pick(NODE_METHODS);
        return [method, nodeParams(dice, method, node.id, asked)] as const;
      });
      await Promise.all([answers, callAll(node.socket, said)]);
    }
    assert((await admin.call("health")).ok);
    await other[Symbol.asyncDispose]();
  }
  await eventually(() => [...nodes.connected.all()].length === 0, "no connected node");
  assertEquals([nodes.invocations.size, nodes.underWay.size, nodes.chats.size], [0, 0, 0]);
  assert(nodes.registry.list().pending.length <= 200);
});
