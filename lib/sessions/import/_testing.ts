/**
 * What the tests of imports share: folders of conversations as an earlier gateway writes them.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { START } from "../../base/testing.ts";

/** An entry of a transcript file. */
export type Line = Record<string, unknown>;

/** The id that stands for a number in the files of the tests. */
export function sessionIdOf(number: number): string {
  return `${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
}

/** The first line of a transcript. */
export function headerLine(sessionId: string): Line {
  return {
    type: "session",
    version: 3,
    id: sessionId,
    timestamp: new Date(START).toISOString(),
    cwd: "/home/user",
  };
}

/** Lines that follow each other, each the child of the one before. */
export class Conversation {
  readonly lines: Line[];
  #last: string | null = null;
  #count = 0;

  constructor(sessionId: string) {
    this.lines = [headerLine(sessionId)];
  }

  /** Adds an entry; `parentId` among the fields makes it the child of another one. */
  add(type: string, fields: Line = {}): string {
    const ms = START + 1000 * ++this.#count;
    const id = typeof fields.id === "string"
      ? fields.id
      : `f${this.#count.toString(16)}`.padEnd(8, "0");
    this.lines.push({
      type,
      parentId: this.#last,
      timestamp: new Date(ms).toISOString(),
      ...fields,
      id,
    });
    this.#last = id;
    return id;
  }

  user(text: string, fields: Line = {}): string {
    const message = { role: "user", content: [{ type: "text", text }], timestamp: START };
    return this.add("message", { message, ...fields });
  }

  assistant(text: string, fields: Line = {}): string {
    return this.add("message", { message: answer(text), ...fields });
  }

  get text(): string {
    return this.lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  }
}

/** What a model said, as files have it. */
export function answer(text: string, fields: Line = {}): Line {
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    api: "openai-completions",
    provider: "fake",
    model: "m",
    usage: {
      input: 10,
      output: 5,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 15,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0.5 },
    },
    stopReason: "stop",
    timestamp: START,
    ...fields,
  };
}

/** A conversation with everything a file may hold: settings, tools, a branch, a summary, an answer twice. */
export function richConversation(sessionId: string): Conversation {
  const talk = new Conversation(sessionId);
  talk.add("model_change", { provider: "fake", modelId: "m" });
  const first = talk.user("first");
  talk.assistant("wrong turn");
  talk.user("second", { parentId: first });
  const call = { type: "toolCall", id: "call1", name: "read", arguments: { path: "SOUL.md" } };
  talk.add("message", { message: answer("", { content: [call], stopReason: "toolUse" }) });
  talk.add("message", {
    message: {
      role: "toolResult",
      toolCallId: "call1",
      toolName: "read",
      content: [{ type: "text", text: "soul" }],
      isError: false,
      timestamp: START,
      details: { size: 4 },
    },
  });
  const kept = talk.assistant("done");
  const custom = { customType: "openclaw:bootstrap-context:full", data: { runId: "r" } };
  talk.add("custom", custom);
  talk.assistant(" done\n", { id: "de21fcc6-d64a-4b54-a729-50da99892fa6" });
  talk.add("compaction", {
    summary: "they spoke",
    firstKeptEntryId: kept,
    tokensBefore: 900,
    details: { readFiles: [], modifiedFiles: [] },
    fromHook: false,
  });
  talk.user("third");
  talk.assistant("partial", { message: answer("partial", { stopReason: "aborted" }) });
  return talk;
}

/** What `sessions.json` says of a session. */
export function sessionEntry(sessionId: string, updatedAt: number, fields: Line = {}): Line {
  return {
    sessionId,
    sessionFile: `/somewhere/else/${sessionId}.jsonl`,
    updatedAt,
    sessionStartedAt: START,
    lastInteractionAt: updatedAt,
    status: "done",
    inputTokens: 10,
    outputTokens: 5,
    totalTokens: 10,
    skillsSnapshot: { prompt: "long" },
    ...fields,
  };
}

/** Writes the files of a state folder. */
export async function writeState(
  stateDir: string,
  files: Record<string, string | Line>,
): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(stateDir, ...name.split("/"));
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, typeof content === "string" ? content : JSON.stringify(content));
  }
}
