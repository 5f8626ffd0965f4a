/**
 * A process that uses the session store until it is killed or the disk is full, and says on stdout
 * what was acknowledged, one JSON line each.
 *
 * Usage: `_store_child.ts <write|fill|open> <stateDir> [<round>]`
 *
 * @module
 */
import { AppError } from "../../lib/base/mod.ts";
import { systemClock as clock } from "../../lib/platform/mod.ts";
import { type AssistantMessage, SessionStore } from "../../lib/sessions/mod.ts";

const SESSIONS = 6;

/** What the parent reads. */
export type Line =
  | {
    kind: "begun";
    round: number;
    runId: string;
    key: string;
    seq: number;
    id: string;
  }
  | {
    kind: "ended";
    round: number;
    runId: string;
    key: string;
    seq: number;
    id: string;
  }
  | {
    kind: "appended";
    round: number;
    token: string;
    key: string;
    seq: number;
    id: string;
  }
  | { kind: "remembered"; round: number; token: string }
  | { kind: "failed"; code: string; message: string; hint: string | undefined }
  | { kind: "done"; messages: number };

/** The text a message with this token has. */
export function textOf(token: string): string {
  return `said ${token} ${"and more ".repeat(token.length * 7)}`;
}

/** The end of a message's text, different for each position of each run. */
export function replyToken(runId: string): string {
  return `${runId}reply`;
}

function tell(line: Line): void {
  const bytes = new TextEncoder().encode(JSON.stringify(line) + "\n");
  for (let sent = 0; sent < bytes.length;) {
    sent += Deno.stdout.writeSync(bytes.subarray(sent));
  }
}

function assistant(token: string): AssistantMessage {
  return {
    role: "assistant",
    content: [{ type: "text", text: textOf(token) }],
    timestamp: clock.now(),
    api: "demo",
    provider: "demo",
    model: "demo",
    usage: {
      input: 1,
      output: 1,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 2,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason: "stop",
  };
}

/** Turns in one session, one after another, without end. */
async function converse(store: SessionStore, key: string, round: number): Promise<void> {
  for (let count = 0;; count++) {
    const runId = `r${round}x${count}x${key.split(":").at(-1)}`;
    const now = clock.now();
    const begun = await store.beginRun({
      runId,
      key,
      agentId: "main",
      message: {
        role: "user",
        content: [{ type: "text", text: textOf(runId) }],
        timestamp: now,
      },
      now,
    });
    tell({
      kind: "begun",
      round,
      runId,
      key,
      seq: begun.message.seq,
      id: begun.message.id,
    });
    const token = `${runId}extra`;
    const extra = await store.appendMessage(key, assistant(token));
    tell({ kind: "appended", round, token, key, seq: extra.seq, id: extra.id });
    const messages = [assistant(replyToken(runId))];
    const ended = await store.endRun({
      runId,
      status: "ok",
      messages,
      result: runId,
      now,
    });
    const { seq, id } = ended.messages[0]!;
    tell({ kind: "ended", round, runId, key, seq, id });
    await store.rememberResult("test", token, token, { ttlMs: 1e9, now });
    tell({ kind: "remembered", round, token });
  }
}

async function write(stateDir: string, round: number): Promise<void> {
  const store = await SessionStore.open({ stateDir, clock });
  await store.recoverInterruptedRuns(clock.now());
  const keys = Array.from({ length: SESSIONS }, (_, i) => `agent:main:s${i}`);
  await Promise.all(keys.map((key) => converse(store, key, round)));
}

/** Writes until the disk is full, makes room, and writes again. */
async function fill(stateDir: string): Promise<void> {
  const store = await SessionStore.open({ stateDir, clock });
  const key = "agent:main:main";
  await store.resetSession(key, "new", { agentId: "main" });
  await Deno.writeFile(`${stateDir}/ballast`, new Uint8Array(1_000_000));
  let messages = 0;
  const add = async () => {
    await store.appendMessage(key, assistant("z".repeat(300)));
    messages++;
  };
  try {
    for (let round = 0; round < 5000; round++) await add();
  } catch (error) {
    tellFailure(error);
  }
  await Deno.remove(`${stateDir}/ballast`);
  for (let round = 0; round < 10; round++) await add();
  store.close();
  const again = await SessionStore.open({ stateDir, clock });
  const stored = again.history(key, { limit: 10_000 }).length;
  const problems = again.findProblems();
  again.close();
  if (problems.length > 0 || stored !== messages) {
    throw new Error(`${problems} ${stored}`);
  }
  tell({ kind: "done", messages });
}

async function open(stateDir: string): Promise<void> {
  try {
    (await SessionStore.open({ stateDir, clock })).close();
    tell({ kind: "done", messages: 0 });
  } catch (error) {
    tellFailure(error);
  }
}

function tellFailure(error: unknown): void {
  if (!(error instanceof AppError)) throw error;
  tell({
    kind: "failed",
    code: error.code,
    message: error.message,
    hint: error.hint,
  });
}

if (import.meta.main) {
  const [mode, stateDir = "", round] = Deno.args;
  if (mode === "write") await write(stateDir, Number(round));
  else if (mode === "fill") await fill(stateDir);
  else await open(stateDir);
}
