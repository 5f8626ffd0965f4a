/**
 * Measures the session store: opening, a turn alone and in company, lists, with few and many sessions.
 *
 * Usage: `deno run -A scripts/bench/sessions.ts [--sessions 10000] [--dir <folder>]`
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { cpuUsage, systemClock, systemEnv, tempDir } from "../../lib/platform/mod.ts";
import { type AssistantMessage, SessionStore } from "../../lib/sessions/mod.ts";

const WORDS = "the gateway answers every message that a channel brings and keeps what was said"
  .split(" ");
const CONCURRENT_TURNS = 32;

/** Milliseconds, by the wall and by the processor. */
interface Cost {
  wallMs: number;
  cpuMs: number;
}

/** Runs `work` and answers with its cost per round. */
async function measure(rounds: number, work: () => Promise<void> | void): Promise<Cost> {
  const cpu = cpuMs();
  const wall = systemClock.monotonic();
  await work();
  return {
    wallMs: (systemClock.monotonic() - wall) / rounds,
    cpuMs: (cpuMs() - cpu) / rounds,
  };
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

function text(words: number): string {
  return Array.from({ length: words }, (_, i) => WORDS[(i * 7 + words) % WORDS.length]).join(" ");
}

function reply(now: number): AssistantMessage {
  return {
    role: "assistant",
    content: [{ type: "text", text: text(60) }],
    timestamp: now,
    api: "demo",
    provider: "demo",
    model: "demo",
    usage: {
      input: 900,
      output: 80,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 980,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 },
    },
    stopReason: "stop",
  };
}

/** One turn in a session of its own. */
async function turn(store: SessionStore): Promise<void> {
  const runId = crypto.randomUUID();
  const now = systemClock.now();
  await store.beginRun({
    runId,
    key: `agent:main:openai:${runId}`,
    agentId: "main",
    message: { role: "user", content: [{ type: "text", text: text(12) }], timestamp: now },
    now,
  });
  await store.endRun({
    runId,
    status: "ok",
    messages: [reply(now)],
    result: { payloads: [{ text: text(60) }] },
    now,
  });
}

async function turns(store: SessionStore, count: number, concurrency: number): Promise<void> {
  let left = count;
  await Promise.all(Array.from({ length: concurrency }, async () => {
    while (left-- > 0) await turn(store);
  }));
}

function show(name: string, { wallMs, cpuMs }: Cost): void {
  console.log(`${name.padEnd(44)} ${wallMs.toFixed(3)} ms wall  ${cpuMs.toFixed(3)} ms CPU`);
}

async function open(stateDir: string): Promise<[SessionStore, Cost]> {
  let store: SessionStore | undefined;
  const cost = await measure(1, async () => {
    store = await SessionStore.open({ stateDir, clock: systemClock });
  });
  return [store!, cost];
}

async function measureReads(store: SessionStore): Promise<void> {
  const rounds = 500;
  const repeat = (work: () => void) =>
    measure(rounds, () => {
      for (let i = 0; i < rounds; i++) work();
    });
  const { key, sessionId } = store.listSessions({ limit: 1 }).sessions[0]!;
  show("  getSession", await repeat(() => store.getSession(key)));
  show("  listSessions, limit 20", await repeat(() => store.listSessions({ limit: 20 })));
  show(
    "  contextMessages",
    await repeat(() => store.contextMessages(sessionId, { maxBytes: 1e6 })),
  );
}

async function measureAt(store: SessionStore): Promise<void> {
  console.log(`with ${store.countSessions()} sessions`);
  show("  beginRun + endRun, alone", await measure(500, () => turns(store, 500, 1)));
  const company = await measure(960, () => turns(store, 960, CONCURRENT_TURNS));
  show(`  beginRun + endRun, ${CONCURRENT_TURNS} at a time`, company);
  await measureReads(store);
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, { string: ["sessions", "dir"] });
  const target = Number(args.sessions ?? 10_000);
  const stateDir = await Deno.makeTempDir({
    dir: typeof args.dir === "string" ? args.dir : tempDir(systemEnv()),
    prefix: "sessions-bench-",
  });
  let [store, cost] = await open(stateDir);
  try {
    show("open, new", cost);
    // Warms the code: the first turns are not what a running gateway pays.
    await turns(store, Math.min(200, target), 1);
    for (const stored of new Set([Math.min(200, target), Math.ceil(target / 5), target])) {
      await turns(store, Math.max(0, stored - store.countSessions()), CONCURRENT_TURNS);
      await measureAt(store);
    }
    const closing = await measure(1, () => store.close());
    show("close", closing);
    [store, cost] = await open(stateDir);
    show(`open, ${store.countSessions()} sessions`, cost);
    const { sizeBytes } = store.stats();
    console.log(
      `database: ${(sizeBytes / store.countSessions() / 1024).toFixed(2)} KiB per session`,
    );
  } finally {
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

if (import.meta.main) await main();
