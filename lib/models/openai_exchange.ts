/**
 * One request of a chat completion and the reading of its answer; never retried in here.
 *
 * @module
 */
import { errorMessage, isObject, parseJsonOrUndefined, withTimeout } from "../base/mod.ts";
import { HttpRefusal, NetworkFault, StreamFault, StreamRefusal } from "./faults.ts";
import { type ConnectorCall, type ModelConnector, readStart } from "./openai_connector.ts";
import { CompletionAssembler } from "./openai_stream.ts";
import { SseParser } from "./sse.ts";
import type { ModelEvent } from "./types.ts";
import { Watchdog } from "./watchdog.ts";

/** How long usage may come after the model has finished. */
const AFTER_FINISH_MS = 5000;

/** How long the end of the body may take after the last event, so that the connection is kept. */
const DRAIN_MS = 50;

/** What one exchange needs besides its signal. */
export interface ExchangeOptions {
  readonly connector: ModelConnector;
  readonly call: Omit<ConnectorCall, "signal">;
  /** Longest silence, before the first byte and between any two. */
  readonly idleTimeoutMs: number;
  /** Names of the tools whose calls are handed out in pieces. */
  readonly shownTools?: ReadonlySet<string> | undefined;
}

/** What one read gave. */
interface Batch {
  events: ModelEvent[];
  /** Whether more may come. */
  isOpen: boolean;
  /** What ended the answer after these events. */
  fault: unknown;
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

/** One exchange with a provider. */
export class Exchange {
  readonly #options: ExchangeOptions;
  #hasSpoken = false;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  /** Whether an event was handed out; from then on a retry would repeat it. */
  get hasSpoken(): boolean {
    return this.#hasSpoken;
  }

  /** Makes the request and hands out what is answered, ending with the `end` event. */
  async *run(signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
    signal.throwIfAborted();
    const watchdog = new Watchdog(signal, this.#options.idleTimeoutMs);
    let reader: Reader | undefined;
    try {
      const { connector, call, shownTools } = this.#options;
      const response = await watchdog.guard(
        connector.post({ ...call, signal: watchdog.signal }).catch(toFault),
      );
      reader = await openStream(response, watchdog);
      const assembler = new CompletionAssembler(shownTools);
      let isOpen = true;
      for await (const batch of readAnswer(reader, assembler, watchdog)) {
        isOpen = batch.isOpen;
        for (const event of batch.events) {
          this.#hasSpoken = true;
          yield event;
        }
      }
      for (const event of assembler.end()) {
        this.#hasSpoken = true;
        yield event;
      }
      if (isOpen) await drain(reader);
    } finally {
      watchdog.close();
      // Ending an answer nobody reads any more; that it fails means that it has ended already.
      await reader?.cancel().catch(() => {});
    }
  }
}

function toFault(thrown: unknown): never {
  throw thrown instanceof HttpRefusal ? thrown : new NetworkFault(thrown);
}

/** Checks that a stream was sent, and takes hold of it. */
async function openStream(response: Response, watchdog: Watchdog): Promise<Reader> {
  const type = response.headers.get("content-type") ?? "";
  if (/text\/html|application\/(json|xml)/i.test(type)) {
    const start = await watchdog.guard(readStart(response));
    const body = parseJsonOrUndefined(start);
    if (isObject(body) && body.error) throw new StreamRefusal(body);
    const plainType = type.split(";")[0]?.trim() ?? type;
    throw new StreamFault("garbage", `answered with "${plainType}" instead of an event stream`);
  }
  if (!response.body) {
    throw new StreamFault("cut", "answered with an empty body");
  }
  const reader = response.body.getReader();
  watchdog.signal.addEventListener("abort", () => {
    // The guard that waits for the reader reports why.
    reader.cancel().catch(() => {});
  }, { once: true });
  return reader;
}

/** Reads until the answer is whole or the stream ends; one batch for what came together. */
async function* readAnswer(
  reader: Reader,
  assembler: CompletionAssembler,
  watchdog: Watchdog,
): AsyncGenerator<Batch, void, void> {
  const parser = new SseParser();
  for (;;) {
    const bytes = await readNext(reader, assembler, watchdog);
    const batch = accept(parser, assembler, bytes);
    yield batch;
    if (batch.fault !== undefined) throw batch.fault;
    if (!batch.isOpen || assembler.isDone) return;
    if (assembler.isFinished) watchdog.limitWait(AFTER_FINISH_MS);
  }
}

/** The next bytes, or `undefined` at the end; once the model has finished, a break is the end. */
async function readNext(
  reader: Reader,
  assembler: CompletionAssembler,
  watchdog: Watchdog,
): Promise<Uint8Array | undefined> {
  try {
    return (await watchdog.guard(reader.read())).value;
  } catch (thrown) {
    if (watchdog.signal.aborted && !watchdog.isSilent) throw thrown;
    if (assembler.isFinished) return undefined;
    if (thrown instanceof StreamFault) throw thrown;
    throw new StreamFault("cut", `broke the connection (${errorMessage(thrown)})`, thrown);
  }
}

/** Takes what was read; what came before a fault is not lost. */
function accept(
  parser: SseParser,
  assembler: CompletionAssembler,
  bytes: Uint8Array | undefined,
): Batch {
  const batch: Batch = { events: [], isOpen: bytes !== undefined, fault: undefined };
  try {
    for (
      const data of bytes === undefined ? parser.end() : parser.push(bytes)
    ) {
      if (assembler.isDone) break;
      // Half a chunk at the end of the stream means that the rest was lost.
      if (
        !bytes && data !== "[DONE]" && parseJsonOrUndefined(data) === undefined
      ) break;
      for (const event of assembler.accept(data)) addEvent(batch.events, event);
    }
  } catch (thrown) {
    batch.fault = thrown;
  }
  return batch;
}

/** Appends an event; pieces of one text that came together are one event. */
function addEvent(events: ModelEvent[], event: ModelEvent): void {
  const last = events.at(-1);
  const isMore = last !== undefined && last.type === event.type && placeOf(last) === placeOf(event);
  if (isMore && "delta" in last && "delta" in event) last.delta += event.delta;
  else events.push(event);
}

/** Which of several texts of its kind a piece belongs to. */
function placeOf(event: ModelEvent): number {
  return event.type === "toolCallDelta" ? event.index : 0;
}

async function drain(reader: Reader): Promise<void> {
  const rest = async () => {
    while (!(await reader.read()).done);
  };
  // What comes after the end does not matter, nor how it fails.
  await withTimeout(rest().catch(() => {}), DRAIN_MS, () => {});
}
