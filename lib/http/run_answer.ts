/**
 * A run answered as an event stream, whatever the dialect that words it.
 *
 * @module
 */
import { runError } from "./errors.ts";
import { STREAM_HOLD_MS } from "./limits.ts";
import { CLIENT_CLOSED, isFinal, type RunStream } from "./run_stream.ts";
import { SSE_HEADERS, sseStream } from "./sse_stream.ts";
import type { HttpRunEvent } from "./types.ts";

/** Words the events of one run as frames of a dialect. */
export interface RunStreamWriter {
  /** The frames that open the stream; `""` for none. */
  open(): string;
  /**
   * The frames of an event, the last ones with the final event; `""` for what clients do not see.
   * They wait for what must be on disk before a client reads them.
   */
  write(event: HttpRunEvent): string | Promise<string>;
}

/** What an agent that said nothing is quoted with. */
export const NO_REPLY_TEXT = "No response from OpenClaw.";

/**
 * Answers with the events of a run as they come.
 *
 * @param holdMs How long the answer waits for the run's first event, so that a refusal gets a real
 * status.
 * @throws {HttpError} When the run fails within that time.
 */
export async function streamAnswer(
  run: RunStream,
  writer: RunStreamWriter,
  now: () => number,
  holdMs: number = STREAM_HOLD_MS,
): Promise<Response> {
  const isEarly = await run.peek(holdMs) !== undefined;
  const first = isEarly ? await run.next() : undefined;
  if (first?.type === "error") throw runError(first);
  if (run.isAborted) {
    run.close();
    throw runError(CLIENT_CLOSED);
  }
  run.detach();
  let opening = await openingOf(run, writer, first);
  let isOver = first !== undefined && isFinal(first);
  const next = async () => {
    if (opening !== "") {
      const frames = opening;
      opening = "";
      return frames;
    }
    if (isOver) return undefined;
    const event = await run.next();
    isOver = isFinal(event);
    return await writer.write(event);
  };
  const body = sseStream({ next, onCancel: (reason) => run.close(reason), now });
  return new Response(body, { headers: SSE_HEADERS });
}

/** The opening frame travels with the first event when that is there, alone otherwise. */
async function openingOf(
  run: RunStream,
  writer: RunStreamWriter,
  first: HttpRunEvent | undefined,
): Promise<string> {
  try {
    const opening = writer.open();
    return first === undefined ? opening : opening + await writer.write(first);
  } catch (error) {
    run.close(error);
    throw error;
  }
}
