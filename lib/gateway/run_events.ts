/**
 * Shows runs to WebSocket clients: the `agent` stream as it happens and the `chat` stream at a pace a
 * screen can follow.
 *
 * @module
 */
import type { Run, RunEvent, RunManager, RunOutcome } from "../agents/mod.ts";
import type { AppError, Clock } from "../base/mod.ts";
import { ModelError } from "../models/mod.ts";
import { CHAT_DELTA_INTERVAL_MS, TOOL_EVENTS_CAP } from "../protocol/mod.ts";
import type { Broadcaster } from "./broadcaster.ts";

/** Follows every run and broadcasts its events; the returned function stops. */
export function broadcastRuns(
  runs: RunManager,
  broadcaster: Broadcaster,
  clock: Clock,
): () => void {
  const shown = new Map<Run, RunBroadcast>();
  const stop = runs.follow((event, run) => {
    let broadcast = shown.get(run);
    if (!broadcast) {
      shown.set(run, broadcast = new RunBroadcast(run, broadcaster, clock));
    }
    broadcast.take(event);
    if (event.type === "end") shown.delete(run);
  });
  return () => {
    stop();
    for (const broadcast of shown.values()) broadcast.dispose();
  };
}

/** The events of one run. `seq` counts them from 1, independent of any connection's numbers. */
class RunBroadcast {
  readonly #run: Run;
  readonly #broadcaster: Broadcaster;
  readonly #clock: Clock;
  #seq = 0;
  #thinking = "";
  /** Length of the text that clients of the `chat` stream have. */
  #sentLength = 0;
  #lastDeltaAt = -CHAT_DELTA_INTERVAL_MS;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(run: Run, broadcaster: Broadcaster, clock: Clock) {
    this.#run = run;
    this.#broadcaster = broadcaster;
    this.#clock = clock;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  take(event: RunEvent): void {
    switch (event.type) {
      case "accepted":
        return;
      case "start":
        return this.#agent("lifecycle", {
          phase: "start",
          startedAt: event.startedAt,
        });
      case "text":
        this.#agent("assistant", { text: this.#run.text, delta: event.delta });
        return this.#scheduleDelta();
      case "thinking":
        this.#thinking += event.delta;
        return this.#agent("thinking", {
          text: this.#thinking,
          delta: event.delta,
        });
      case "toolStart":
        this.#flushDelta();
        return this.#tool({
          phase: "start",
          name: event.call.name,
          toolCallId: event.call.id,
          args: event.call.arguments,
        });
      case "toolResult":
        return this.#tool({
          phase: "result",
          name: event.call.name,
          toolCallId: event.call.id,
          isError: event.result.isError,
          result: { content: event.result.content },
        });
      case "toolCallDelta":
      case "toolCall":
        // Who carries it out follows the run itself.
        return;
      case "fallback":
        return this.#agent("lifecycle", {
          phase: "fallback_step",
          from: event.from,
          to: event.to,
          reason: event.reason,
        });
      case "end":
        return this.#end(event.outcome);
    }
  }

  #end(outcome: RunOutcome): void {
    if (outcome.result.isAborted) {
      clearTimeout(this.#timer);
      this.#chat({
        state: "aborted",
        stopReason: outcome.stopReason,
        ...(outcome.result.text
          ? { message: this.#message(outcome.result.text, outcome.endedAt) }
          : {}),
      });
      return this.#agent("lifecycle", {
        phase: "end",
        endedAt: outcome.endedAt,
        aborted: true,
        status: "cancelled",
        stopReason: outcome.stopReason,
      });
    }
    this.#flushDelta();
    if (outcome.error) {
      const errorKind = chatErrorKind(outcome.error);
      const error = outcome.error.message;
      this.#agent("lifecycle", {
        phase: "error",
        error,
        errorKind,
        endedAt: outcome.endedAt,
      });
      return this.#chat({ state: "error", errorMessage: error, errorKind });
    }
    this.#agent("lifecycle", {
      phase: "end",
      endedAt: outcome.endedAt,
      stopReason: outcome.stopReason,
    });
    this.#chat({
      state: "final",
      stopReason: outcome.stopReason,
      usage: usageOf(outcome),
      ...(outcome.result.text
        ? { message: this.#message(outcome.result.text, outcome.endedAt) }
        : {}),
    });
  }

  /** Sends a delta now when the last one is long enough ago, else once it is. */
  #scheduleDelta(): void {
    if (this.#timer !== undefined) return;
    const waitMs = this.#lastDeltaAt + CHAT_DELTA_INTERVAL_MS -
      this.#clock.monotonic();
    if (waitMs <= 0) return this.#flushDelta();
    this.#timer = setTimeout(() => this.#flushDelta(), waitMs);
  }

  #flushDelta(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { text } = this.#run;
    if (text.length === this.#sentLength) return;
    const deltaText = text.slice(this.#sentLength);
    this.#sentLength = text.length;
    this.#lastDeltaAt = this.#clock.monotonic();
    this.#chat({
      state: "delta",
      deltaText,
      message: this.#message(text, this.#clock.now()),
    });
  }

  #message(text: string, timestamp: number) {
    return { role: "assistant", content: [{ type: "text", text }], timestamp };
  }

  #chat(fields: Record<string, unknown>): void {
    const seq = ++this.#seq;
    if (this.#broadcaster.size === 0) return;
    const { runId, sessionKey } = this.#run;
    this.#broadcaster.broadcast("chat", { runId, sessionKey, seq, ...fields });
  }

  #agent(stream: string, data: Record<string, unknown>): void {
    const seq = ++this.#seq;
    if (this.#broadcaster.size === 0) return;
    this.#broadcaster.broadcast("agent", this.#envelope(seq, stream, data));
  }

  /** Tool events go, without a number, only to the connection that started the run and asked for them. */
  #tool(data: Record<string, unknown>): void {
    const seq = ++this.#seq;
    const { connId } = this.#run.request.origin;
    const client = connId === undefined ? undefined : this.#broadcaster.get(connId);
    if (!client?.identity.caps.includes(TOOL_EVENTS_CAP)) return;
    this.#broadcaster.sendTo(client, "agent", this.#envelope(seq, "tool", data));
  }

  #envelope(seq: number, stream: string, data: Record<string, unknown>) {
    const { runId, sessionKey } = this.#run;
    return { runId, seq, stream, ts: this.#clock.now(), data, sessionKey };
  }
}

/** Token counts as clients read them. */
export function usageOf({ result: { usage } }: Pick<RunOutcome, "result">) {
  const total = usage.input + usage.output + usage.cacheRead + usage.cacheWrite;
  return { ...usage, total };
}

/** The few kinds of failure that the `chat` stream tells apart. */
export function chatErrorKind(error: AppError): string {
  const kind = error instanceof ModelError ? error.kind : "unknown";
  return CHAT_ERROR_KINDS.has(kind) ? kind : "unknown";
}

const CHAT_ERROR_KINDS: ReadonlySet<string> = new Set([
  "refusal",
  "timeout",
  "rate_limit",
  "context_length",
]);
