import { assertEquals } from "@std/assert";
import * as z from "zod/mini";
import type { ToolContext } from "../../agents/mod.ts";
import { defineTool, ToolRegistry } from "../../agents/tools/mod.ts";
import { AppError } from "../../base/mod.ts";
import { FakeTime, recordingLogger } from "../_testing.ts";
import type { GatewayState } from "../state.ts";
import { callTool, type OutsideCall } from "./invoke.ts";

type Execute = (args: Record<string, unknown>, context: ToolContext) => Promise<unknown>;

/** A gateway with one tool, named `example`, that does what the test says. */
function scene(time: FakeTime, execute: Execute) {
  const tool = defineTool({
    name: "example",
    label: "Example",
    summary: "An example",
    description: "Does what the test says",
    section: "agents",
    arguments: () => z.looseObject({ action: z.optional(z.string()) }),
    execute: async (args, context) => ({
      content: [],
      details: await execute(args, context),
      isError: false,
    }),
  });
  const { log, lines } = recordingLogger();
  const agent = { id: "main" };
  const state = {
    clock: time,
    log,
    config: () => ({ config: {} }),
    agents: () => ({
      defaultId: "main",
      agents: [agent],
      selectionOf: () => ({}),
      catalog: { defaultModel: () => ({ provider: "fake", model: "one" }) },
    }),
    store: { getSession: () => undefined },
    toolbox: { registry: () => Promise.resolve(new ToolRegistry([tool])) },
  };
  const call = (over: Partial<OutsideCall> = {}) =>
    // The call looks at these and nothing else.
    callTool(state as unknown as GatewayState, {
      name: "example",
      args: {},
      isOwner: true,
      ...over,
    });
  return { call, lines };
}

const NEVER = () => new Promise<never>(() => {});

Deno.test("callTool() ends a call that takes too long, and tells the tool", async () => {
  using time = new FakeTime();
  let signal: AbortSignal | undefined;
  const { promise: begun, resolve } = Promise.withResolvers<void>();
  const { call } = scene(time, (_args, context) => {
    signal = context.signal;
    resolve();
    return NEVER();
  });
  const outcome = call();
  await begun;
  time.advance(15 * 60 * 1000 - 1);
  assertEquals(signal?.aborted, false);
  time.advance(1);
  assertEquals(await outcome, {
    ok: false,
    type: "tool_error",
    status: 504,
    code: "TOOL_TIMEOUT",
    message: "tool execution timed out",
    hint: "Ask for less, or let the tool return before the work is done",
  });
  assertEquals([signal?.aborted, time.pending], [true, 0]);
});

Deno.test("callTool() ends with its caller", async () => {
  using time = new FakeTime();
  for (const isLate of [true, false]) {
    const caller = new AbortController();
    const { promise: begun, resolve } = Promise.withResolvers<void>();
    const { call } = scene(time, () => {
      resolve();
      return NEVER();
    });
    if (!isLate) caller.abort();
    const outcome = call({ signal: caller.signal });
    if (isLate) await begun;
    caller.abort();
    const failed = await outcome;
    assertEquals(failed.ok ? "ok" : failed.code, "CLIENT_CLOSED");
    assertEquals(time.pending, 0);
  }
});

Deno.test("callTool() says what the caller did wrong, and nothing of what went wrong inside", async () => {
  using time = new FakeTime();
  const cases: [error: unknown, outcome: [status: number, code: string, message: string]][] = [
    [new Error("/private/path"), [500, "TOOL_FAILED", "tool execution failed"]],
    ["text", [500, "TOOL_FAILED", "tool execution failed"]],
    [new AppError("IO_ERROR", "/private/path"), [500, "IO_ERROR", "tool execution failed"]],
    [new AppError("TOOL_INPUT_INVALID", "x required"), [400, "TOOL_INPUT_INVALID", "x required"]],
    [new AppError("TOOL_FORBIDDEN", "not you"), [403, "TOOL_FORBIDDEN", "not you"]],
    [new AppError("SESSION_NOT_FOUND", "none"), [400, "SESSION_NOT_FOUND", "none"]],
  ];
  for (const [error, expected] of cases) {
    const { call, lines } = scene(time, () => Promise.reject(error));
    const outcome = await call();
    if (outcome.ok) throw new Error("The call went well");
    assertEquals([outcome.status, outcome.code, outcome.message], expected);
    assertEquals(outcome.type, "tool_error");
    assertEquals(lines.some((line) => line.startsWith("warn:")), expected[0] === 500);
  }
});

Deno.test("callTool() hands over action where args has none, and where the answer goes", async () => {
  using time = new FakeTime();
  const seen: unknown[] = [];
  const { call } = scene(time, (args, { delivery, runId, sessionKey }) => {
    seen.push([args, delivery, runId, sessionKey]);
    return Promise.resolve({});
  });
  const delivery = { channel: "telegram", to: "7" };
  await call({ action: "go", idempotencyKey: "k", delivery });
  await call({ action: "go", args: { action: "stop" }, sessionKey: "Other", idempotencyKey: "k" });
  assertEquals(seen, [
    [{ action: "go" }, delivery, "tool:k", "agent:main:main"],
    [{ action: "stop" }, undefined, "tool:k", "agent:main:other"],
  ]);
});
