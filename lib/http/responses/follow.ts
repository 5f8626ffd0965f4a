/**
 * The stream of a response for who comes later, or comes back: one that is made in the background is
 * followed, one that has ended is told again. Leaving ends nothing but the stream.
 *
 * @module
 */
import type { RequestContext } from "../context.ts";
import { invalidRequest } from "../errors.ts";
import type { HttpResponseJournal } from "../response_types.ts";
import { DONE_FRAME, SSE_HEADERS, sseStream } from "../sse_stream.ts";
import type { ResponseEvent } from "./item_events.ts";
import { replay } from "./replay.ts";
import { eventFrame } from "./stream.ts";

/** Most events of a response that has ended that go out at a time. */
const BATCH_EVENTS = 256;

/**
 * Reads `starting_after`, the number of the last event that a client has.
 *
 * @returns The number of the first event to send.
 * @throws {HttpError} `INVALID_REQUEST` for what is no such number.
 */
export function firstEventOf(query: URLSearchParams): number {
  const text = query.get("starting_after");
  if (text === null) return 0;
  if (/^\d{1,15}$/.test(text)) return Number(text) + 1;
  throw invalidRequest(
    "starting_after: Invalid input: expected the sequence_number of an event",
    "Send the sequence_number of the last event that arrived, or leave it out",
  );
}

/** Streams a response as it is made. */
export function followJournal(
  context: RequestContext,
  journal: HttpResponseJournal,
  from: number,
): Response {
  let next = from;
  return streamOf(context, async () => {
    const events = await journal.read(next);
    if (events === undefined) return undefined;
    const frames = events.map((event, index) => eventFrame(event as ResponseEvent, next + index));
    next += events.length;
    return frames.join("");
  });
}

/** What is told of a response that has ended. */
export interface EndedResponse {
  response: Record<string, unknown>;
  pieces?: readonly number[] | undefined;
  /** Whether its end is not the one that its stream would have had. */
  isInterrupted: boolean;
}

/** Streams a response that has ended. */
export function followEnded(
  context: RequestContext,
  { response, pieces, isInterrupted }: EndedResponse,
  from: number,
): Response {
  const events = replay(response, pieces);
  let number = 0;
  return streamOf(context, () => {
    let frames = "";
    for (let sent = 0; sent < BATCH_EVENTS;) {
      const step = events.next();
      if (step.done) return Promise.resolve(frames === "" ? undefined : frames);
      const isEnd = step.value.response !== undefined && number > 1;
      // What a lost response had told is lost with it: its end is news wherever its reader was.
      if (isInterrupted && isEnd) number = Math.max(number, from);
      if (number >= from) {
        frames += eventFrame(step.value, number);
        sent++;
      }
      number++;
    }
    return Promise.resolve(frames);
  });
}

function streamOf(
  { deps }: RequestContext,
  read: () => Promise<string | undefined>,
): Response {
  const generation = deps.credentialGeneration();
  let isOver = false;
  const next = async () => {
    if (isOver) return undefined;
    const frames = await read();
    isOver = frames === undefined;
    return frames ?? DONE_FRAME;
  };
  const body = sseStream({
    next,
    // The response goes on, or has ended anyway.
    onCancel() {},
    now: () => deps.now(),
    mayWrite: () => deps.credentialGeneration() === generation,
  });
  return new Response(body, { headers: SSE_HEADERS });
}
