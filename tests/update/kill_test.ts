/**
 * `kill -9` at every step of an update and at random moments between, again and again while others try
 * to finish it: in the end one whole version is in place, it is the one that serves, and the database
 * is one that it can read.
 *
 * `CRASH_ROUNDS` sets the number of kills, `CRASH_SEED` repeats a printed seed.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { runCommand } from "../../lib/platform/mod.ts";
import {
  createUpdateWorld,
  OLD,
  SCHEMA,
  schemaOf,
  servedVersion,
  type StandIn,
  type UpdateWorld,
} from "../../lib/update/testing/world_test.ts";
import { askVersion, readJournal, readOutcome, runUpdate } from "../../lib/update/mod.ts";
import type { Job } from "./_update_child.ts";

const CHILD = fromFileUrl(new URL("./_update_child.ts", import.meta.url));
const ROUNDS = Number(Deno.env.get("CRASH_ROUNDS") ?? 16);
const SEED = Number(Deno.env.get("CRASH_SEED") ?? Math.floor(Math.random() * 2 ** 31));
const NEW = "2026.6.1";
/** Steps of the longest way: there and back. */
const MOST_STEPS = 12;
const MAX_LIFE_MS = 400;

/** One way an update may go. */
interface Scenario {
  readonly name: string;
  readonly next: StandIn;
  /** Begins with the newer version, and wants the older database back. */
  readonly isDowngrade?: boolean;
}

const SCENARIOS: readonly Scenario[] = [
  { name: "good", next: { version: NEW } },
  { name: "good, migrates", next: { version: NEW, schema: SCHEMA + 1 } },
  { name: "unhealthy", next: { version: NEW, serves: false } },
  { name: "unhealthy, migrates", next: { version: NEW, serves: false, schema: SCHEMA + 1 } },
  { name: "downgrade", next: OLD, isDowngrade: true },
  { name: "unhealthy downgrade", next: { ...OLD, serves: false }, isDowngrade: true },
];

function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Runs a child; answers whether it was killed. */
async function run(dir: string, job: Job): Promise<boolean> {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", CHILD, dir, JSON.stringify(job)],
    stdout: "null",
  }).output();
  const isKilled = code === 137;
  assert(isKilled || code === 0, new TextDecoder().decode(stderr));
  return isKilled;
}

async function prepare(scenario: Scenario) {
  const world = await createUpdateWorld();
  if (!scenario.isDowngrade) return { world, first: OLD, schemaWanted: undefined };
  const newer = { version: NEW, schema: SCHEMA + 1 };
  await runUpdate(world.host(), { release: await world.release(newer, "newer") });
  return { world, first: newer, schemaWanted: SCHEMA };
}

async function assertWhole(world: UpdateWorld, scenario: Scenario, first: StandIn): Promise<void> {
  const where = `${scenario.name}, ${world.dir}`;
  assertEquals(await readJournal(world.stateDir), undefined, where);
  const version = await askVersion(world.program, runCommand);
  const served = await servedVersion(world.dir);
  assertEquals(served, version, `${where}: what serves is what is in place`);
  const isNew = version === scenario.next.version;
  assert(isNew || version === first.version, where);
  if (isNew) assert(scenario.next.serves !== false, `${where}: what does not serve stayed`);
  const schema = isNew ? scenario.next.schema ?? SCHEMA : first.schema ?? SCHEMA;
  assertEquals(await schemaOf(world.stateDir), schema, where);
  const left = [...Deno.readDirSync(`${world.dir}/bin`)].map(({ name }) => name)
    .filter((name) => name !== "openclaw" && name !== "openclaw.previous");
  // A link that was being made is all that a kill may leave.
  assertEquals(left.filter((name) => !name.endsWith(".tmp")), [], where);
  const status = (await readOutcome(world.stateDir))?.status;
  if (status === "ok" && !scenario.isDowngrade) assert(isNew, `${where}: ${status}`);
  if (status === "rolled-back") assert(!isNew, `${where}: ${status}`);
}

Deno.test("an update survives kill -9 at every step, and so does what finishes it", async () => {
  console.log(`seed ${SEED}, ${ROUNDS} kills`);
  const random = randomNumbers(SEED);
  const tally: Record<string, number> = {};
  let kills = 0;
  for (let round = 0; kills < ROUNDS; round++) {
    const scenario = SCENARIOS[round % SCENARIOS.length]!;
    const { world, first, schemaWanted } = await prepare(scenario);
    await using _world = world;
    const release = await world.release(scenario.next);
    const death = (): Partial<Job> =>
      random() < 0.7
        ? { dieAtStep: 1 + Math.floor(random() * MOST_STEPS) }
        : { dieAfterMs: Math.floor(random() * MAX_LIFE_MS) };
    const update: Job = {
      kind: "update",
      version: first.version,
      release,
      ...(schemaWanted === undefined ? {} : { schemaWanted }),
      ...death(),
    };
    if (await run(world.dir, update)) kills++;
    while (random() < 0.5) {
      const version = await askVersion(world.program, runCommand);
      const kind = random() < 0.5 ? "resume" : "start";
      if (await run(world.dir, { kind, version, ...death() })) kills++;
    }
    const journal = await readJournal(world.stateDir);
    if (journal !== undefined) tally[journal.step] = (tally[journal.step] ?? 0) + 1;
    const version = await askVersion(world.program, runCommand);
    await run(world.dir, { kind: "resume", version });
    // A gateway that put the old version back by itself is started again by its supervisor.
    if (await servedVersion(world.dir) === undefined) {
      await run(world.dir, { kind: "start", version: await askVersion(world.program, runCommand) });
    }
    await assertWhole(world, scenario, first);
    const status = (await readOutcome(world.stateDir))?.status ?? "none";
    tally[status] = (tally[status] ?? 0) + 1;
  }
  console.log(JSON.stringify({ kills, ...tally }));
});
