/**
 * A transcript as the lines of OpenClaw's transcript format 3.
 *
 * @module
 */
import type { Connection } from "../store/mod.ts";
import { linesAfter } from "./import/import_table.ts";
import type { MessageTable, Transcript } from "./message_table.ts";
import { messageText } from "./message_text.ts";
import type { CompactionMessage } from "./types.ts";

const TRANSCRIPT_FORMAT = 3;

/**
 * Renders a transcript line by line, reading it in pages, so that its size does not matter. Entries
 * that came from a file and are no messages stand where they stood.
 *
 * @param cwd Folder the conversation worked in, as the first line names it.
 * @returns JSON texts without line ends.
 * @see OpenClaw docs, concepts/session (format matched)
 */
export function* exportTranscript(
  connection: Connection,
  messages: MessageTable,
  transcript: Transcript,
  cwd: string,
): Generator<string, void, void> {
  yield JSON.stringify({
    type: "session",
    version: TRANSCRIPT_FORMAT,
    id: transcript.sessionId,
    timestamp: isoTime(transcript.startedAt),
    cwd,
  });
  let parentId: string | null = null;
  let lastSeq = 0;
  for (const line of linesAfter(connection, transcript.id, 0)) {
    yield line.text;
    if (line.kind === "path") parentId = line.entryId ?? parentId;
  }
  while (true) {
    const page = messages.pageAfter(transcript.id, lastSeq);
    for (const { id, seq, message } of page) {
      const timestamp = isoTime(message.timestamp);
      const entry = message.role === "compaction"
        ? compactionLine(message, messages.idAt(transcript.sessionId, message.firstKeptSeq))
        : { type: "message", message };
      yield JSON.stringify({ ...entry, id, parentId, timestamp });
      [parentId, lastSeq] = [id, seq];
      for (const line of linesAfter(connection, transcript.id, seq)) {
        yield line.text;
        if (line.kind === "path") parentId = line.entryId ?? parentId;
      }
    }
    if (page.length === 0) return;
  }
}

function compactionLine(message: CompactionMessage, firstKeptEntryId: string) {
  return {
    type: "compaction",
    summary: messageText(message),
    firstKeptEntryId,
    tokensBefore: message.tokensBefore,
    details: { readFiles: [], modifiedFiles: [] },
    fromHook: false,
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
