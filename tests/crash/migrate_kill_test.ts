/**
 * Kills a migration at random moments and lets it run again: in the end everything is there once, and
 * the source is as it was.
 *
 * `CRASH_ROUNDS` sets the number of migrations, `CRASH_SEED` repeats a printed seed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { systemClock as clock } from "../../lib/platform/mod.ts";
import { SessionStore } from "../../lib/sessions/mod.ts";

const ROOT = fromFileUrl(new URL("../../", import.meta.url));
const ROUNDS = Number(Deno.env.get("CRASH_ROUNDS") ?? 3);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? Math.floor(Math.random() * 2 ** 31));
const SESSIONS = 5;
const MESSAGES = 3000;
const FILES = 40;
/** Kills of one migration before it may end. */
const KILLS = 4;
/** A migration begins to write after some 150 ms and takes a second. */
const [MIN_LIFE_MS, MAX_LIFE_MS] = [120, 800];

function idOf(number: number): string {
  return `${number.toString(16).padStart(8, "0")}-0000-4000-8000-000000000000`;
}

function transcript(number: number): string {
  const lines: unknown[] = [{ type: "session", version: 3, id: idOf(number) }];
  for (let at = 0; at < MESSAGES; at++) {
    const id = (0xa0000000 + at).toString(16);
    const parentId = at === 0 ? null : (0xa0000000 + at - 1).toString(16);
    const content = [{
      type: "text",
      text: `message ${at} of ${number} ${"and more ".repeat(20)}`,
    }];
    lines.push({
      type: "message",
      id,
      parentId,
      message: { role: "user", content, timestamp: at },
    });
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join("");
}

/** An earlier gateway's home. */
async function makeSource(home: string): Promise<void> {
  const sessions = join(home, ".openclaw/agents/main/sessions");
  await Deno.mkdir(sessions, { recursive: true });
  await Deno.mkdir(join(home, ".openclaw/workspace"));
  await Deno.writeTextFile(
    join(home, ".openclaw/openclaw.json"),
    '{ gateway: { mode: "local" } } // mine\n',
  );
  const entries: Record<string, unknown> = {};
  for (let number = 1; number <= SESSIONS; number++) {
    entries[`agent:main:s${number}`] = { sessionId: idOf(number), updatedAt: number };
    await Deno.writeTextFile(join(sessions, `${idOf(number)}.jsonl`), transcript(number));
  }
  await Deno.writeTextFile(join(sessions, "sessions.json"), JSON.stringify(entries));
  for (let number = 0; number < FILES; number++) {
    await Deno.writeTextFile(join(home, `.openclaw/workspace/${number}.md`), `file ${number}\n`);
  }
}

/** Every file below a folder with its content. */
async function contents(dir: string, below = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(dir)) {
    if (isDirectory) Object.assign(found, await contents(join(dir, name), `${below}${name}/`));
    else found[below + name] = await Deno.readTextFile(join(dir, name));
  }
  return found;
}

/** Runs a migration; kills it after `lifeMs`, if it still runs then. */
async function run(source: string, home: string, lifeMs?: number): Promise<number> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "main.ts", "migrate", "--from", source, "--yes", "--json"],
    cwd: ROOT,
    env: { HOME: home, TMPDIR: home, DENO_DIR: Deno.env.get("DENO_DIR") ?? await denoDir() },
    stdout: "null",
    stderr: lifeMs === undefined ? "inherit" : "null",
  }).spawn();
  let hasEnded = false;
  const killer = lifeMs === undefined ? undefined : setTimeout(() => {
    if (!hasEnded) child.kill("SIGKILL");
  }, lifeMs);
  const { code } = await child.status;
  hasEnded = true;
  clearTimeout(killer);
  return code;
}

/** The cache of this process: a home of its own would have none. */
async function denoDir(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

Deno.test("a migration that is killed again and again ends with everything once", async () => {
  console.log(`seed ${SEED}`);
  let state = SEED;
  const random = () => (state = Math.imul(state, 1103515245) + 12345 >>> 0) / 2 ** 32;
  const source = await Deno.makeTempDir({ prefix: "migrate-kill-" });
  try {
    await makeSource(source);
    const before = await contents(source);
    let killed = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const home = await Deno.makeTempDir({ prefix: "migrate-kill-" });
      try {
        for (let kill = 0; kill < KILLS; kill++) {
          const life = MIN_LIFE_MS + random() * (MAX_LIFE_MS - MIN_LIFE_MS);
          if (await run(source, home, life) !== 0) killed++;
        }
        assertEquals(await run(source, home), 0);
        await check(join(home, ".openclaw"), before);
      } finally {
        await Deno.remove(home, { recursive: true });
      }
    }
    assert(killed > 0, "every migration was faster than its kill");
    assertEquals(await contents(source), before);
  } finally {
    await Deno.remove(source, { recursive: true });
  }
});

async function check(stateDir: string, source: Record<string, string>): Promise<void> {
  assertEquals(
    await Deno.readTextFile(join(stateDir, "openclaw.json")),
    source[".openclaw/openclaw.json"],
  );
  const workspace = await contents(join(stateDir, "workspace"));
  const expected = Object.entries(source)
    .filter(([name]) => name.startsWith(".openclaw/workspace/"))
    .map(([name, text]) => [name.slice(".openclaw/workspace/".length), text]);
  assertEquals(workspace, Object.fromEntries(expected));
  const store = await SessionStore.open({ stateDir, clock });
  try {
    assertEquals(store.findProblems(), []);
    assertEquals(store.countSessions(), SESSIONS);
    const { connection } = store.database;
    assertEquals(connection.number("SELECT count(*) FROM transcripts"), SESSIONS);
    assertEquals(connection.number("SELECT count(*) FROM messages"), SESSIONS * MESSAGES);
  } finally {
    store.close();
  }
}
