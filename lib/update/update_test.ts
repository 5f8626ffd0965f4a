import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError } from "../base/mod.ts";
import {
  createUpdateWorld,
  OLD,
  SCHEMA,
  schemaOf,
  servedVersion,
  type UpdateWorld,
} from "./testing/world_test.ts";
import { previousPath } from "./files.ts";
import { readJournal, readOutcome, writeJournal } from "./journal.ts";
import { askVersion } from "./program.ts";
import { resumeAtStart, resumeUpdate } from "./resume.ts";
import { sha256OfFile } from "./sha256.ts";
import { runUpdate } from "./update.ts";
import { runCommand } from "../platform/mod.ts";

const NEW = "2026.6.1";

async function versionInPlace({ program }: UpdateWorld): Promise<string> {
  return await askVersion(program, runCommand);
}

/** Everything below `bin`, which must hold no leftovers. */
function programs({ dir }: UpdateWorld): string[] {
  return [...Deno.readDirSync(`${dir}/bin`)].map(({ name }) => name).sort();
}

async function assertUntouched(world: UpdateWorld): Promise<void> {
  assertEquals(await versionInPlace(world), OLD.version);
  assertEquals(await servedVersion(world.dir), OLD.version);
  assertEquals(programs(world), ["openclaw"]);
  assertEquals(await readJournal(world.stateDir), undefined);
}

async function refusal(work: Promise<unknown>): Promise<AppError> {
  return await assertRejects(() => work, AppError);
}

Deno.test("runUpdate() replaces the program, keeps the old one and restarts the service", async () => {
  await using world = await createUpdateWorld();
  const release = await world.release({ version: NEW });
  const steps: string[] = [];
  const host = world.host({ onStep: (step) => void steps.push(step) });
  const outcome = await runUpdate(host, { release });
  assertEquals([outcome.status, outcome.from, outcome.to], ["ok", OLD.version, NEW]);
  assertEquals(await versionInPlace(world), NEW);
  assertEquals(await servedVersion(world.dir), NEW);
  assertEquals(programs(world), ["openclaw", "openclaw.previous"]);
  assertEquals(await askVersion(previousPath(world.program), runCommand), OLD.version);
  assertEquals((await Deno.stat(world.program)).mode! & 0o777, 0o755);
  assertEquals(await readJournal(world.stateDir), undefined);
  assertEquals((await readOutcome(world.stateDir))?.status, "ok");
  assertEquals(steps, [
    "fetching",
    "checking",
    "swapping",
    "files exchanged",
    "restarting",
    "proven",
    "old file kept",
  ]);
});

Deno.test("runUpdate() changes nothing for a file that is damaged or cut off", async () => {
  for (const edit of [(text: string) => `${text}#`, (text: string) => text.slice(0, 20)]) {
    await using world = await createUpdateWorld();
    const release = await world.release({ version: NEW });
    await Deno.writeTextFile(release.from, edit(await Deno.readTextFile(release.from)));
    const error = await refusal(runUpdate(world.host(), { release }));
    assertEquals(error.code, "UPDATE_CHECKSUM_MISMATCH");
    await assertUntouched(world);
    assertEquals((await readOutcome(world.stateDir))?.status, "failed");
  }
});

Deno.test("runUpdate() changes nothing for a program that is not the promised one", async () => {
  const cases: [answer: string | undefined, version: string | undefined, why: string][] = [
    [undefined, "2026.7.1", "it is version 2026.6.1, not 2026.7.1"],
    ["echo hello", undefined, 'it is no OpenClaw: it answers "hello"'],
    ["echo broken >&2; false", undefined, "ended with 1: broken"],
  ];
  for (const [answer, version, why] of cases) {
    await using world = await createUpdateWorld();
    const release = await world.release({ version: NEW, ...(answer ? { answer } : {}) });
    const promised = version === undefined ? release : { ...release, version };
    const error = await refusal(runUpdate(world.host(), { release: promised }));
    assertEquals(error.code, "UPDATE_PROGRAM_INVALID");
    assertStringIncludes(error.message, why);
    await assertUntouched(world);
  }
});

Deno.test("runUpdate() runs nothing that is for another machine, or no program", async () => {
  const elf = [0x7f, 0x45, 0x4c, 0x46, ...Array(14).fill(0)];
  const cases: [head: number[], why: string][] = [
    [[0xcf, 0xfa, 0xed, 0xfe], "it is a program for macos, this machine is"],
    [[0x4d, 0x5a, 0x90], "it is a program for windows, this machine is"],
    [[...elf, 0xb7, 0], "it is a program for linux-arm64, this machine is linux-x64"],
    [[1, 2, 3], "it is no program"],
  ];
  for (const [head, why] of cases) {
    if (head[0] === 0x7f && Deno.build.arch !== "x86_64") continue;
    await using world = await createUpdateWorld();
    const from = `${world.dir}/releases/other`;
    await Deno.writeFile(from, new Uint8Array([...head, 1, 2, 3, 4]));
    const release = { from, kind: "file" as const, sha256: await sha256OfFile(from) ?? "" };
    const error = await refusal(runUpdate(world.host(), { release }));
    assertEquals(error.code, "UPDATE_PROGRAM_INVALID");
    assertStringIncludes(error.message, why);
    await assertUntouched(world);
  }
});

Deno.test("runUpdate() changes nothing when the trial fails", async () => {
  await using world = await createUpdateWorld();
  const release = await world.release({ version: NEW });
  const probe = () => Promise.reject(new AppError("UPDATE_PROBE_FAILED", "it ended with 1"));
  const error = await refusal(runUpdate(world.host({ probe }), { release }));
  assertEquals(error.code, "UPDATE_PROBE_FAILED");
  await assertUntouched(world);
});

Deno.test("runUpdate() goes back by itself when the new version does not serve", async () => {
  await using world = await createUpdateWorld();
  const release = await world.release({ version: NEW, serves: false });
  const error = await refusal(runUpdate(world.host(), { release }));
  assertEquals(error.code, "UPDATE_ROLLED_BACK");
  assertStringIncludes(error.message, `Version ${OLD.version} is back in place`);
  await assertUntouched(world);
  const outcome = await readOutcome(world.stateDir);
  assertEquals(outcome?.status, "rolled-back");
  assertStringIncludes(outcome?.reason ?? "", "it does not answer");
});

Deno.test("going back brings the database back that the old version can read", async () => {
  await using world = await createUpdateWorld();
  const release = await world.release({ version: NEW, serves: false, schema: SCHEMA + 1 });
  await refusal(runUpdate(world.host(), { release }));
  await assertUntouched(world);
  assertEquals(await schemaOf(world.stateDir), SCHEMA);
  const [note] = (await readOutcome(world.stateDir))?.notes ?? [];
  assertStringIncludes(note ?? "", "openclaw.sqlite.aside-");
});

Deno.test("an older version gets the kept database, and the newer one back when it fails", async () => {
  await using world = await createUpdateWorld();
  const newer = await world.release({ version: NEW, schema: SCHEMA + 1 });
  await runUpdate(world.host(), { release: newer });
  assertEquals(await schemaOf(world.stateDir), SCHEMA + 1);
  const host = world.host({ version: NEW });

  const broken = await world.release({ version: OLD.version, serves: false }, "broken");
  const error = await refusal(runUpdate(host, { release: broken, schemaWanted: SCHEMA }));
  assertEquals(error.code, "UPDATE_ROLLED_BACK");
  assertEquals(await schemaOf(world.stateDir), SCHEMA + 1);
  assertEquals(await servedVersion(world.dir), NEW);

  const older = await world.release(OLD, "older");
  await runUpdate(host, { release: older, schemaWanted: SCHEMA });
  assertEquals([await schemaOf(world.stateDir), await servedVersion(world.dir)], [
    SCHEMA,
    OLD.version,
  ]);
});

Deno.test("resumeUpdate() leaves a program alone that somebody has replaced", async () => {
  await using world = await createUpdateWorld();
  await writeJournal(world.stateDir, {
    id: "0a0b0c0d",
    step: "restarting",
    program: world.program,
    oldVersion: "2026.1.1",
    oldSha256: "0".repeat(64),
    newSha256: "1".repeat(64),
    startedAtMs: 0,
    starts: 0,
    notes: [],
  });
  const outcome = await resumeUpdate(world.host());
  assertEquals(outcome?.status, "failed");
  assertStringIncludes(outcome?.reason ?? "", "somebody else has replaced the program");
  await assertUntouched(world);
});

/** A world whose updater died right after the files were exchanged. */
async function cutOffWorld(facts: { serves?: boolean; schema?: number } = {}) {
  const world = await createUpdateWorld();
  const release = await world.release({ version: NEW, ...facts });
  const cut = new Error("cut off");
  const onStep = (step: string) => {
    if (step === "restarting" || step === "rolling-back") throw cut;
  };
  await assertRejects(() => runUpdate(world.host({ onStep }), { release }), Error, "cut off");
  // The cut-off went on to go back, which was cut off in its turn: that is not what is meant here.
  const journal = await readJournal(world.stateDir);
  assert(journal !== undefined);
  const { reason: _reason, ...rest } = journal;
  await writeJournal(world.stateDir, { ...rest, step: "restarting" });
  return world;
}

Deno.test("resumeAtStart() confirms a new version that serves on its own", async () => {
  await using world = await cutOffWorld();
  const { service: _service, ...host } = world.host({ version: NEW });
  const verdict = await resumeAtStart(host);
  assertEquals(verdict.mustEnd, false);
  assertEquals((await readJournal(world.stateDir))?.starts, 1);
  const outcome = await verdict.confirm?.();
  assertEquals([outcome?.status, outcome?.to], ["ok", NEW]);
  assertEquals(await readJournal(world.stateDir), undefined);
});

Deno.test("resumeAtStart() puts the old version back after two starts that came to nothing", async () => {
  await using world = await cutOffWorld({ schema: SCHEMA + 1 });
  const { service: _service, ...host } = world.host({ version: NEW });
  await resumeAtStart(host);
  await world.host().service?.restart(NEW);
  await resumeAtStart(host);
  const verdict = await resumeAtStart(host);
  assertEquals([verdict.mustEnd, verdict.outcome?.status], [true, "rolled-back"]);
  assertStringIncludes(verdict.outcome?.reason ?? "", "it was started 2 times");
  assertEquals(await versionInPlace(world), OLD.version);
  assertEquals(await schemaOf(world.stateDir), SCHEMA);
  // The old version finds nothing left to do.
  assertEquals((await resumeAtStart(world.host())).mustEnd, false);
});

Deno.test("resumeAtStart() judges nothing for another program of the same state", async () => {
  await using world = await cutOffWorld();
  const { service: _service, ...host } = world.host({ program: "/elsewhere/deno", version: NEW });
  const verdict = await resumeAtStart(host);
  assertEquals([verdict.mustEnd, verdict.confirm], [false, undefined]);
  assertEquals((await readJournal(world.stateDir))?.starts, 0);
});
