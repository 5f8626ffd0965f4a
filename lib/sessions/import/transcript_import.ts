/**
 * Takes over one transcript file: as a whole, or what it has grown by.
 *
 * @module
 */
import { randomId } from "../../base/mod.ts";
import type { Store } from "../../store/mod.ts";
import { COPYING_KEY } from "../long_transcripts.ts";
import { mayBecomeId, messageId, type Transcript } from "../message_table.ts";
import type { Tables } from "../turns.ts";
import type { StoredMessage, TranscriptMessage } from "../types.ts";
import { messageOf, momentOf, repeats, summaryOf } from "./entries.ts";
import type { ImportedTranscript, ImportTable, LineKind } from "./import_table.ts";
import { type FileLine, readLines } from "./lines.ts";
import { isBroken, parseLine, type TranscriptScan } from "./scan.ts";

/** Lines and bytes of one transaction: some ten milliseconds. */
const SLICE_LINES = 256;
const SLICE_BYTES = 2 * 1024 * 1024;

/** What writing needs. */
export interface ImportTables {
  readonly database: Store;
  readonly tables: Tables;
  readonly imports: ImportTable;
}

/** A file and what is known of it. */
export interface FoundTranscript {
  readonly path: string;
  /** Agent and name; the same wherever the file lies. */
  readonly source: string;
  readonly sessionId: string;
  readonly scan: TranscriptScan;
  /** When it began and, for one that has ended, when that was. */
  readonly startedAt: number;
}

/** A message or another line, ready to be written. */
type Ready =
  | { message: StoredMessage }
  | { line: number; kind: LineKind; entryId: string | undefined; text: string; afterSeq: number };

/**
 * Writes a whole file into a transcript that belongs to no session yet, a slice at a time.
 *
 * @param place Decides, in the transaction of the last slice, whose transcript it is.
 * @returns How many messages there are.
 * @throws {AppError} `STORE_WRITE_FAILED`, or what reading fails with; nothing is left of it then.
 */
export async function importTranscript(
  { database, tables, imports }: ImportTables,
  found: FoundTranscript,
  now: number,
  place: (transcript: Transcript) => void,
  signal?: AbortSignal,
): Promise<number> {
  const { sessionId, startedAt } = found;
  const transcript = await database.transact(() =>
    tables.messages.begin(COPYING_KEY, startedAt, sessionId)
  );
  return await tables.long.orRemove(transcript, async () => {
    const reader = new EntryReader(found);
    for await (const slice of reader.slices(0, 1)) {
      signal?.throwIfAborted();
      await database.transact(() => write(tables, imports, transcript.id, slice));
    }
    await database.transact(() => {
      place(transcript);
      imports.save(progress(found, transcript.id, reader.lastSeq), now);
    });
    return reader.lastSeq;
  });
}

/**
 * Adds what a file has grown by since it was read, in one transaction.
 *
 * @param place Called in the same transaction.
 * @returns How many messages were added.
 */
export async function appendTranscript(
  { database, tables, imports }: ImportTables,
  found: FoundTranscript,
  known: ImportedTranscript,
  now: number,
  place: () => void,
): Promise<number> {
  const reader = new EntryReader(found, {
    lastSeq: known.lastSeq,
    ids: imports.messageIds(known.transcriptId),
    last: tables.messages.page(known.transcriptId, 1).at(-1)?.message,
  });
  const ready: Ready[] = [];
  for await (const slice of reader.slices(known.bytes, known.lines)) ready.push(...slice);
  await database.transact(() => {
    write(tables, imports, known.transcriptId, ready);
    place();
    imports.save(progress(found, known.transcriptId, reader.lastSeq), now);
  });
  return reader.lastSeq - known.lastSeq;
}

/** How many messages a file has behind a position; nothing is written. */
export async function countMessages(
  found: FoundTranscript,
  known?: ImportedTranscript,
): Promise<number> {
  const reader = new EntryReader(found, { lastSeq: known?.lastSeq ?? 0 });
  for await (const _ of reader.slices(known?.bytes ?? 0, known?.lines ?? 1));
  return reader.lastSeq - (known?.lastSeq ?? 0);
}

/**
 * Gives a transcript another id, so that its file can be read anew under its own; belongs inside a
 * transaction. Its session, if it has one, keeps it until there is the other one.
 */
export function setAside({ messages, sessions }: Tables, transcriptId: number, now: number): void {
  const sessionId = randomId();
  messages.rename(transcriptId, sessionId);
  const row = sessions.findByTranscript(transcriptId);
  if (row === undefined) messages.finish(transcriptId, "replaced", now);
  else sessions.update({ ...row, entry: { ...row.entry, sessionId } });
}

function write(
  { messages }: Tables,
  imports: ImportTable,
  transcriptId: number,
  slice: readonly Ready[],
): void {
  for (const one of slice) {
    if ("message" in one) {
      messages.restore(transcriptId, [resolved(one.message, imports, transcriptId)]);
    } else imports.keep(transcriptId, one);
  }
}

/** Which messages a summary leaves in place is known once they are written. */
function resolved(
  stored: StoredMessage,
  imports: ImportTable,
  transcriptId: number,
): StoredMessage {
  const { message, seq } = stored;
  if (message.role !== "compaction") return stored;
  const { firstKeptEntryId, ...rest } = message as typeof message & { firstKeptEntryId?: string };
  const firstKept = firstKeptEntryId === undefined
    ? undefined
    : imports.seqFrom(transcriptId, firstKeptEntryId);
  // Where that entry is lost, nothing but the summary stands for what was before.
  return { ...stored, message: { ...rest, firstKeptSeq: Math.min(firstKept ?? seq, seq) } };
}

function progress(
  { source, scan }: FoundTranscript,
  transcriptId: number,
  lastSeq: number,
): ImportedTranscript {
  const { bytes, sha256, lines, leafId } = scan;
  return { source, transcriptId, bytes, sha256, lines, leafId, lastSeq };
}

/** What is there already of a file that has grown. */
interface Continued {
  lastSeq: number;
  ids?: Set<string>;
  last?: TranscriptMessage | undefined;
}

/** Turns the lines of a file into messages with ids and positions, and into lines to keep. */
class EntryReader {
  lastSeq: number;
  readonly #found: FoundTranscript;
  readonly #ids: Set<string>;
  #before: TranscriptMessage | undefined;

  constructor(found: FoundTranscript, { lastSeq, ids, last }: Continued = { lastSeq: 0 }) {
    this.#found = found;
    this.#ids = ids ?? new Set();
    this.lastSeq = lastSeq;
    this.#before = last;
  }

  async *slices(from: number, firstNumber: number): AsyncGenerator<Ready[], void, void> {
    const { path, scan } = this.#found;
    let slice: Ready[] = [];
    let bytes = 0;
    for await (const lines of readLines(path, from, firstNumber)) {
      for (const line of lines) {
        // What was written since the file was looked through is left for the next time.
        if (line.end > scan.bytes) break;
        const ready = this.#read(line);
        if (ready === undefined) continue;
        slice.push(ready);
        bytes += line.bytes.length;
        if (slice.length < SLICE_LINES && bytes < SLICE_BYTES) continue;
        yield slice;
        [slice, bytes] = [[], 0];
      }
    }
    if (slice.length > 0) yield slice;
  }

  #read(line: FileLine): Ready | undefined {
    const entry = parseLine(line);
    if (entry === undefined) return undefined;
    if (isBroken(entry)) return this.#keep(line, "damaged", undefined);
    const entryId = typeof entry.id === "string" ? entry.id : undefined;
    if (entry.type === "session") {
      return line.number === 1 ? undefined : this.#keep(line, "side", undefined);
    }
    if (!this.#found.scan.path.has(line.number)) return this.#keep(line, "side", entryId);
    const message = messageOf(entry) ?? compactionOf(entry);
    if (message === undefined || repeats(entry, message, this.#before)) {
      return this.#keep(line, "path", entryId);
    }
    this.#before = message;
    const seq = ++this.lastSeq;
    return { message: { id: this.#idFor(entryId, seq), seq, message } };
  }

  #keep(line: FileLine, kind: LineKind, entryId: string | undefined): Ready {
    const text = (line.text ?? new TextDecoder().decode(line.bytes)).replace(/[\r\n]+$/, "");
    return { line: line.number, kind, entryId, text, afterSeq: this.lastSeq };
  }

  /** The id of the file, unless a message that is still to come would get the same. */
  #idFor(entryId: string | undefined, seq: number): string {
    const { sessionId } = this.#found;
    const isFree = entryId !== undefined && !this.#ids.has(entryId) &&
      !mayBecomeId(sessionId, entryId);
    const id = isFree ? entryId : messageId(sessionId, seq);
    this.#ids.add(id);
    return id;
  }
}

/** A summary whose place is still named by an entry of the file. */
function compactionOf(
  entry: Record<string, unknown>,
): (TranscriptMessage & { firstKeptEntryId?: unknown }) | undefined {
  const summary = summaryOf(entry);
  if (summary === undefined) return undefined;
  return {
    role: "compaction",
    content: [{ type: "text", text: summary.text }],
    timestamp: momentOf(entry.timestamp) ?? 0,
    firstKeptSeq: 1,
    tokensBefore: summary.tokensBefore,
    ...(typeof entry.firstKeptEntryId === "string"
      ? { firstKeptEntryId: entry.firstKeptEntryId }
      : {}),
  };
}
