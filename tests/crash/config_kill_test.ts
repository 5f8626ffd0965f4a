/**
 * Kills a process that changes the configuration at random moments: the file must always be a whole
 * version, the acknowledged one or the one that was being written.
 *
 * `CRASH_ROUNDS` sets the number of kills, `CRASH_SEED` repeats a printed seed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { sha256Hex } from "../../lib/base/mod.ts";
import {
  historyFolder,
  type ListedVersion,
  listVersions,
  parseConfigText,
  readVersion,
} from "../../lib/config/mod.ts";
import type { Line } from "./_config_child.ts";
import { killAfter } from "./_killing.ts";

const CHILD = fromFileUrl(new URL("./_config_child.ts", import.meta.url));
const ROUNDS = Number(Deno.env.get("CRASH_ROUNDS") ?? 12);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? Math.floor(Math.random() * 2 ** 31));
/** Longest time between the first acknowledgement and the kill. */
const MAX_LIFE_MS = 120;
/** Rounds after which a new folder is begun, so that histories stay short. */
const ROUNDS_PER_FOLDER = 50;
const FIRST = '// mine\n{\n  gateway: { mode: "local" },\n}\n';

/** Numbers in [0, 1) that a seed repeats. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The last kill of a folder, and what it left. */
interface Seen {
  lines: Line[];
  /** Whether the file is newer than what was acknowledged. */
  isAhead: boolean;
}

async function check(stateDir: string, lines: Line[]): Promise<Seen> {
  const path = join(stateDir, "openclaw.json");
  const bytes = await Deno.readFile(path);
  const parsed = await parseConfigText(new TextDecoder().decode(bytes));
  assert(parsed.ok, "the file does not parse");
  assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
  const hash = await sha256Hex(bytes);
  const folder = historyFolder(stateDir);
  const versions = await listVersions(folder, hash);
  const acknowledged = lines.at(-1)!.hash;
  const newest = versions.at(-1)!;
  const isAhead = hash !== acknowledged;
  if (isAhead) assertEquals([newest.hash, newest.parent], [hash, acknowledged]);
  for (const { hash: kept } of lines) await checkKept(folder, versions, kept);
  return { lines, isAhead };
}

async function checkKept(folder: string, versions: ListedVersion[], hash: string): Promise<void> {
  assert(versions.some((version) => version.hash === hash && version.taken), hash);
  const text = new TextDecoder().decode(await readVersion(folder, hash));
  assert((await parseConfigText(text)).ok, hash);
}

async function checkAll(stateDir: string): Promise<number> {
  const folder = historyFolder(stateDir);
  const versions = await listVersions(folder, "");
  for (const { hash } of versions) await readVersion(folder, hash);
  return versions.length;
}

Deno.test("config set, patch, apply and restore survive kill -9 at any moment", async () => {
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  const random = randomNumbers(SEED);
  const tally: Record<string, number> = { ahead: 0, acknowledged: 0, versions: 0 };
  for (let begun = 0; begun < ROUNDS; begun += ROUNDS_PER_FOLDER) {
    const stateDir = await Deno.makeTempDir({ prefix: "config-kill-" });
    try {
      await Deno.writeTextFile(join(stateDir, "openclaw.json"), FIRST);
      const rounds = Math.min(ROUNDS_PER_FOLDER, ROUNDS - begun);
      for (let round = 0; round < rounds; round++) {
        const seed = Math.floor(random() * 2 ** 31);
        const lines = await killAfter<Line>(
          [CHILD, stateDir, String(seed)],
          random() * MAX_LIFE_MS,
        );
        assert(lines.length > 0, "nothing was acknowledged");
        const { isAhead } = await check(stateDir, lines);
        tally.acknowledged! += lines.length;
        if (isAhead) tally.ahead!++;
        for (const { command } of lines) tally[command] = (tally[command] ?? 0) + 1;
      }
      tally.versions! += await checkAll(stateDir);
    } finally {
      await Deno.remove(stateDir, { recursive: true });
    }
  }
  console.log(JSON.stringify(tally));
});
