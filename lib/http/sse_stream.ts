/**
 * Server-sent events as a response body: pulled by the client's reading, kept alive in silence.
 *
 * @module
 */
import { KEEPALIVE_MS } from "./limits.ts";

/** Where the frames of an event stream come from. */
export interface SseSource {
  /** The next frames, ready to send; `""` when there is nothing to send yet, `undefined` at the end. */
  next(): Promise<string | undefined>;
  /** Called when the stream is over before its end: the client went away, or may not read on. */
  onCancel(reason: unknown): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Asked before everything that is sent, signs of life included; `false` ends the stream. */
  mayWrite?(): boolean;
}

/** The last frame of a stream in the dialects of OpenAI. */
export const DONE_FRAME = "data: [DONE]\n\n";

/** The headers of an event stream. */
export const SSE_HEADERS: Readonly<Record<string, string>> = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache",
  "connection": "keep-alive",
  "x-accel-buffering": "no",
};

/**
 * Makes a response body of a source.
 *
 * Frames are taken one at a time and only while the client keeps up, so that nothing piles up here.
 *
 * @param keepaliveMs Longest silence before a comment is sent.
 */
export function sseStream(
  source: SseSource,
  keepaliveMs = KEEPALIVE_MS,
): ReadableStream<Uint8Array> {
  const keepalive = new Keepalive(source, keepaliveMs);
  return new ReadableStream<Uint8Array>({
    start: (controller) => keepalive.start(controller),
    async pull(controller) {
      let frames: string | undefined;
      try {
        do frames = await source.next(); while (frames === "");
      } catch (error) {
        keepalive.stop();
        source.onCancel(error);
        throw error;
      }
      if (!keepalive.isRunning) return;
      if (frames === undefined) {
        keepalive.stop();
        return controller.close();
      }
      if (source.mayWrite?.() === false) return keepalive.cutOff(controller);
      keepalive.touch();
      controller.enqueue(encoder.encode(frames));
    },
    cancel(reason) {
      keepalive.stop();
      source.onCancel(reason);
    },
  });
}

const encoder = new TextEncoder();
const COMMENT = encoder.encode(": keepalive\n\n");

/** Sends a comment when nothing else was sent for a while; one timer for the whole stream. */
class Keepalive {
  readonly #source: SseSource;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastSentAt = 0;

  constructor(source: SseSource, intervalMs: number) {
    this.#source = source;
    this.#intervalMs = intervalMs;
  }

  get isRunning(): boolean {
    return this.#timer !== undefined;
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.touch();
    this.#wait(controller, this.#intervalMs);
  }

  touch(): void {
    this.#lastSentAt = this.#source.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Ends a stream that nothing may be sent on any more. */
  cutOff(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.stop();
    controller.close();
    this.#source.onCancel("no longer allowed");
  }

  #wait(controller: ReadableStreamDefaultController<Uint8Array>, ms: number): void {
    this.#timer = setTimeout(() => {
      const silentMs = this.#source.now() - this.#lastSentAt;
      const isSilent = silentMs >= this.#intervalMs || silentMs < 0;
      if (isSilent) {
        if (this.#source.mayWrite?.() === false) return this.cutOff(controller);
        // A client that does not read needs no sign of life.
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(COMMENT);
        this.touch();
      }
      this.#wait(controller, isSilent ? this.#intervalMs : this.#intervalMs - silentMs);
    }, ms);
  }
}
