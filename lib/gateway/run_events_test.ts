import { assertEquals } from "@std/assert";
import type { Run, RunEvent, RunListener, RunManager } from "../agents/mod.ts";
import { AppError } from "../base/mod.ts";
import { ModelError } from "../models/mod.ts";
import { clientOf, FakeTime, type Frame, outcomeOf, runOf } from "./_testing.ts";
import { Broadcaster } from "./broadcaster.ts";
import { broadcastRuns, chatErrorKind, usageOf } from "./run_events.ts";

/** Shows a run to one client, and a second one where the test brings it. */
class Scene implements Disposable {
  readonly time = new FakeTime();
  readonly broadcaster = new Broadcaster();
  readonly run: Run;
  readonly sink;
  readonly stop: () => void;
  #listener: RunListener | undefined;

  constructor(run = runOf(), identity: Parameters<typeof clientOf>[0] = {}) {
    this.run = run;
    const { client, sink } = clientOf(identity);
    this.sink = sink;
    this.broadcaster.add(client);
    const runs = {
      follow: (listener: RunListener) => {
        this.#listener = listener;
        return () => this.#listener = undefined;
      },
    };
    // Of all runs only what they tell is of interest here.
    this.stop = broadcastRuns(runs as unknown as RunManager, this.broadcaster, this.time);
    run.follow((event, run) => this.#listener?.(event, run));
  }

  text(delta: string): void {
    this.run.emit({ type: "text", delta });
  }

  end(...over: Parameters<typeof outcomeOf> extends [Run, ...infer Rest] ? Rest : never): void {
    this.run.end(outcomeOf(this.run, ...over));
  }

  payloads(event: "chat" | "agent"): Frame[] {
    return this.sink.frames.filter((frame) => frame.event === event).map(({ payload }) => payload);
  }

  /** Texts of the `chat` deltas so far. */
  get deltas(): string[] {
    return this.payloads("chat").filter(({ state }) => state === "delta")
      .map(({ deltaText }) => deltaText);
  }

  /** All events so far, in short. */
  get story(): string[] {
    return this.sink.frames.map(({ event, payload }) =>
      event === "chat"
        ? `chat ${payload.state}`
        : `${payload.stream} ${payload.data.phase ?? ""}`.trim()
    );
  }

  [Symbol.dispose](): void {
    this.time[Symbol.dispose]();
  }
}

Deno.test("broadcastRuns() sends the first chat delta at once, then one each 150 ms", () => {
  using scene = new Scene();
  const { time } = scene;
  scene.text("a");
  assertEquals(scene.deltas, ["a"]);
  scene.text("b");
  time.advance(100);
  scene.text("c");
  time.advance(49);
  assertEquals(scene.deltas, ["a"]);
  time.advance(1);
  assertEquals(scene.deltas, ["a", "bc"]);
  time.advance(1000);
  assertEquals(scene.deltas, ["a", "bc"]);
  scene.text("d");
  assertEquals([scene.deltas, time.pending], [["a", "bc", "d"], 0]);
});

Deno.test("broadcastRuns() sends agent text as it comes, with all that was said before", () => {
  using scene = new Scene();
  for (const delta of ["a", "b", "c"]) scene.text(delta);
  assertEquals(scene.payloads("agent").map(({ data }) => data), [
    { text: "a", delta: "a" },
    { text: "ab", delta: "b" },
    { text: "abc", delta: "c" },
  ]);
  const [first] = scene.payloads("agent");
  assertEquals([first?.runId, first?.sessionKey, first?.ts], [
    "run-1",
    "agent:main:main",
    scene.time.ms,
  ]);
});

Deno.test("broadcastRuns() sends what is still to be said before the end, then lifecycle, then final", () => {
  using scene = new Scene();
  scene.run.emit({ type: "start", startedAt: 1100 });
  scene.text("hel");
  scene.text("lo");
  scene.end();
  assertEquals(scene.story, [
    "lifecycle start",
    "assistant",
    "chat delta",
    "assistant",
    "chat delta",
    "lifecycle end",
    "chat final",
  ]);
  const final = scene.payloads("chat").at(-1)!;
  assertEquals(final.message, {
    role: "assistant",
    content: [{ type: "text", text: "hello" }],
    timestamp: 1500,
  });
  assertEquals(final.usage, { input: 10, output: 5, cacheRead: 1, cacheWrite: 2, total: 18 });
  const numbers = scene.sink.frames.map(({ payload }) => payload.seq);
  assertEquals([numbers, scene.time.pending], [[1, 2, 3, 4, 5, 6, 7], 0]);
});

Deno.test("broadcastRuns() ends a silent run without a message", () => {
  using scene = new Scene();
  scene.end();
  const [final] = scene.payloads("chat");
  assertEquals([final?.state, final?.stopReason, "message" in final!], ["final", "stop", false]);
});

Deno.test("broadcastRuns() tells of an abort first in chat, whole, then in lifecycle", () => {
  using scene = new Scene();
  scene.text("hel");
  scene.text("lo");
  scene.end({ status: "timeout", stopReason: "rpc" }, { isAborted: true });
  assertEquals(scene.story.slice(-2), ["chat aborted", "lifecycle end"]);
  const aborted = scene.payloads("chat").at(-1)!;
  assertEquals([aborted.stopReason, aborted.message.content[0].text], ["rpc", "hello"]);
  assertEquals(scene.payloads("agent").at(-1)!.data, {
    phase: "end",
    endedAt: 1500,
    aborted: true,
    status: "cancelled",
    stopReason: "rpc",
  });
  scene.time.advance(1000);
  assertEquals([scene.deltas, scene.time.pending], [["hel"], 0]);
});

Deno.test("broadcastRuns() tells of a failure after what was said: lifecycle, then chat", () => {
  using scene = new Scene();
  scene.text("hel");
  scene.text("lo");
  const error = new ModelError("PROVIDER_RATE_LIMITED", "rate_limit", "Too many calls");
  scene.end({ status: "error", stopReason: "error", error });
  assertEquals(scene.story.slice(-3), ["chat delta", "lifecycle error", "chat error"]);
  assertEquals(scene.deltas, ["hel", "lo"]);
  const { seq: _, ...failed } = scene.payloads("chat").at(-1)!;
  assertEquals(failed, {
    runId: "run-1",
    sessionKey: "agent:main:main",
    state: "error",
    errorMessage: "Too many calls",
    errorKind: "rate_limit",
  });
});

Deno.test("broadcastRuns() tells of thinking and of a change of model", () => {
  using scene = new Scene();
  scene.run.emit({ type: "thinking", delta: "h" });
  scene.run.emit({ type: "thinking", delta: "m" });
  scene.run.emit({ type: "fallback", from: "fake/a", to: "fake/b", reason: "timeout" });
  assertEquals(scene.payloads("agent").map(({ data }) => data), [
    { text: "h", delta: "h" },
    { text: "hm", delta: "m" },
    { phase: "fallback_step", from: "fake/a", to: "fake/b", reason: "timeout" },
  ]);
  assertEquals(scene.payloads("chat"), []);
});

function toolEvents(): RunEvent[] {
  const call = { id: "c1", name: "read", arguments: { path: "a" } };
  const content = [{ type: "text" as const, text: "text of a" }];
  const result = {
    role: "toolResult" as const,
    toolCallId: "c1",
    toolName: "read",
    content,
    isError: false,
    timestamp: 0,
  };
  return [{ type: "toolStart", call }, { type: "toolResult", call, result }];
}

Deno.test("broadcastRuns() tells of tools whoever began the run and asked for it, without a number", () => {
  using scene = new Scene(runOf({ origin: { kind: "chat", connId: "conn-1" } }), {
    caps: ["tool-events"],
  });
  const { client: other, sink } = clientOf({ connId: "conn-2", caps: ["tool-events"] });
  scene.broadcaster.add(other);
  scene.text("a");
  scene.text("b");
  for (const event of toolEvents()) scene.run.emit(event);
  assertEquals(scene.story.slice(-3), ["chat delta", "tool start", "tool result"]);
  assertEquals(scene.payloads("agent").slice(-2).map(({ data }) => data), [
    { phase: "start", name: "read", toolCallId: "c1", args: { path: "a" } },
    {
      phase: "result",
      name: "read",
      toolCallId: "c1",
      isError: false,
      result: { content: [{ type: "text", text: "text of a" }] },
    },
  ]);
  assertEquals(scene.sink.frames.slice(-2).map((frame) => "seq" in frame), [false, false]);
  assertEquals(sink.frames.some(({ payload }) => payload.stream === "tool"), false);
  assertEquals(sink.frames.map(({ seq }) => seq), [1, 2, 3, 4]);
});

Deno.test("broadcastRuns() keeps tools from clients that did not ask for them", () => {
  using scene = new Scene(runOf({ origin: { kind: "chat", connId: "conn-1" } }));
  for (const event of toolEvents()) scene.run.emit(event);
  assertEquals(scene.sink.frames, []);
});

Deno.test("broadcastRuns() counts on while nobody listens", () => {
  using scene = new Scene();
  scene.broadcaster.remove(scene.broadcaster.get("conn-1")!);
  scene.text("a");
  const { client, sink } = clientOf({ connId: "conn-2" });
  scene.broadcaster.add(client);
  scene.end();
  assertEquals(sink.frames.map(({ payload }) => payload.seq), [3, 4]);
});

Deno.test("broadcastRuns() leaves no timer behind when it is stopped", () => {
  using scene = new Scene();
  scene.text("a");
  scene.text("b");
  assertEquals(scene.time.pending, 1);
  scene.stop();
  scene.text("c");
  assertEquals([scene.time.pending, scene.deltas], [0, ["a"]]);
});

Deno.test("chatErrorKind() knows the kinds that clients tell apart", () => {
  const kinds = ["refusal", "timeout", "rate_limit", "context_length", "auth", "cut"] as const;
  const told = kinds.map((kind) => chatErrorKind(new ModelError("INTERNAL", kind, "x")));
  assertEquals(told, ["refusal", "timeout", "rate_limit", "context_length", "unknown", "unknown"]);
  assertEquals(chatErrorKind(new AppError("RUN_TIMEOUT", "x")), "unknown");
});

Deno.test("usageOf() sums all kinds of tokens", () => {
  assertEquals(usageOf(outcomeOf(runOf())).total, 18);
});
