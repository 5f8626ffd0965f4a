/**
 * Kills `doctor --fix`, and its undo, at random moments: every file is the old one or the new one, and
 * taking back what was begun leaves the old ones.
 *
 * `CRASH_ROUNDS` sets the number of kills, `CRASH_SEED` repeats a printed seed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { listRecords, undoRepair } from "../../lib/doctor/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import { killAfter } from "./_killing.ts";

const CHILD = fromFileUrl(new URL("./_doctor_child.ts", import.meta.url));
const ROUNDS = Number(Deno.env.get("CRASH_ROUNDS") ?? 12);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? Math.floor(Math.random() * 2 ** 31));
const MAX_LIFE_MS = 150;
const OLD = '// mine\n{\n  gateway: { mode: "local" },\n}\n';
const NEW = '// mine\n{\n  gateway: { mode: "local", port: 18800 },\n}\n';

/** Numbers in [0, 1) that a seed repeats. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function prepare(stateDir: string): Promise<void> {
  await Deno.mkdir(stateDir);
  await Deno.chmod(stateDir, 0o755);
  for (const [name, text] of [["openclaw.json", OLD], ["notes.txt", "n"], ["leftover", "half"]]) {
    await Deno.writeTextFile(join(stateDir, name!), text!);
    await Deno.chmod(join(stateDir, name!), 0o644);
  }
}

/** What the user has: modes and contents, in one line each. */
async function picture(stateDir: string): Promise<string[]> {
  const lines = [`. ${((await Deno.stat(stateDir)).mode! & 0o777).toString(8)}`];
  for await (const { name } of Deno.readDir(stateDir)) {
    if (["doctor", "config-history"].includes(name) || name.endsWith(".tmp")) continue;
    const info = await Deno.stat(join(stateDir, name));
    const text = info.isFile ? await Deno.readTextFile(join(stateDir, name)) : "";
    lines.push(`${name} ${(info.mode! & 0o777).toString(8)} ${text}`);
  }
  return lines.sort();
}

Deno.test("doctor --fix and --undo survive kill -9 at any moment", async () => {
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  const random = randomNumbers(SEED);
  const tally = { repaired: 0, halfway: 0, untouched: 0 };
  for (let round = 0; round < ROUNDS; round++) {
    const home = await Deno.makeTempDir({ prefix: "doctor-kill-" });
    const stateDir = join(home, ".openclaw");
    try {
      await prepare(stateDir);
      const before = await picture(stateDir);
      await killAfter<{ begun: true }>([CHILD, home], random() * MAX_LIFE_MS);
      const config = await Deno.readTextFile(join(stateDir, "openclaw.json"));
      assert(config === OLD || config === NEW, `the config is neither old nor new:\n${config}`);
      const open = (await listRecords(stateDir)).filter(({ state }) => state !== "undone");
      assert(open.length <= 1, "at most one repair is under way");
      const now = await picture(stateDir);
      if (open.length === 0) assertEquals(now, before, "without a record nothing may be changed");
      tally[open.length === 0 ? "untouched" : config === NEW ? "repaired" : "halfway"]++;
      for (const { id } of open) {
        await undoRepair({ stateDir, id, clock: systemClock, isForced: false });
      }
      assertEquals(await picture(stateDir), before);
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  }
  console.log(JSON.stringify(tally));
});
