/**
 * A transcript as the lines of OpenClaw's transcript format 3.
 *
 * @module
 */
import { messageId, type MessageTable, type Transcript } from "./message_table.ts";
import { messageText } from "./message_text.ts";
import type { CompactionMessage } from "./types.ts";

const TRANSCRIPT_FORMAT = 3;

/**
 * Renders a transcript line by line, reading it in pages, so that its size does not matter.
 *
 * @param cwd Folder the conversation worked in, as the first line names it.
 * @returns JSON texts without line ends.
 * @see OpenClaw docs, concepts/session (format matched)
 */
export function* exportTranscript(
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
  while (true) {
    const page = messages.pageAfter(transcript.id, lastSeq);
    for (const { id, seq, message } of page) {
      const timestamp = isoTime(message.timestamp);
      const entry = message.role === "compaction"
        ? compactionLine(message, transcript.sessionId)
        : { type: "message", message };
      yield JSON.stringify({ ...entry, id, parentId, timestamp });
      [parentId, lastSeq] = [id, seq];
    }
    if (page.length === 0) return;
  }
}

function compactionLine(message: CompactionMessage, sessionId: string) {
  return {
    type: "compaction",
    summary: messageText(message),
    firstKeptEntryId: messageId(sessionId, message.firstKeptSeq),
    tokensBefore: message.tokensBefore,
    details: { readFiles: [], modifiedFiles: [] },
    fromHook: false,
  };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
