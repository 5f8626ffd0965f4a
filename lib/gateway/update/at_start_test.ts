import { assertEquals } from "@std/assert";
import { silentLogger, VERSION } from "../../base/mod.ts";
import { executablePath } from "../../platform/mod.ts";
import { journalPath, updateFolder } from "../../update/files.ts";
import { readOutcome, sha256OfFile, tryUpdateLock } from "../../update/mod.ts";
import { settleUpdate } from "./at_start.ts";

/** A state folder with the journal of an update to this very program. */
async function withJournal(
  changes: Record<string, unknown>,
  test: (stateDir: string) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-update-" });
  try {
    await Deno.mkdir(updateFolder(stateDir));
    const journal = {
      format: 1,
      id: "0a0b0c0d",
      step: "restarting",
      program: executablePath(),
      oldVersion: "2020.1.1",
      oldSha256: "0".repeat(64),
      newVersion: VERSION,
      newSha256: await sha256OfFile(executablePath()),
      startedAtMs: 1,
      starts: 0,
      notes: [],
      ...changes,
    };
    await Deno.writeTextFile(journalPath(stateDir), JSON.stringify(journal));
    await test(stateDir);
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
}

Deno.test("settleUpdate() confirms the new version when the gateway serves", async () => {
  await withJournal({}, async (stateDir) => {
    const confirm = await settleUpdate(stateDir, silentLogger);
    assertEquals(await tryUpdateLock(stateDir), undefined);
    await confirm?.();
    assertEquals((await readOutcome(stateDir))?.status, "ok");
    (await tryUpdateLock(stateDir))?.release();
    assertEquals(await settleUpdate(stateDir, silentLogger), undefined);
  });
});

Deno.test("settleUpdate() leaves an update alone that somebody looks after", async () => {
  await withJournal({}, async (stateDir) => {
    const lock = await tryUpdateLock(stateDir);
    assertEquals(await settleUpdate(stateDir, silentLogger), undefined);
    lock?.release();
    assertEquals(JSON.parse(await Deno.readTextFile(journalPath(stateDir))).starts, 0);
  });
});

Deno.test("settleUpdate() lets a gateway serve when there is no way back", async () => {
  await withJournal({ starts: 2 }, async (stateDir) => {
    assertEquals(await settleUpdate(stateDir, silentLogger), undefined);
    const outcome = await readOutcome(stateDir);
    assertEquals(outcome?.status, "failed");
  });
});

Deno.test("settleUpdate() puts the old program back after starts that came to nothing", async () => {
  const dir = await Deno.makeTempDir({ prefix: "openclaw-program-" });
  try {
    const program = `${dir}/openclaw`;
    await Deno.symlink(executablePath(), program);
    await Deno.writeTextFile(`${dir}/.openclaw.0a0b0c0d.old`, "old");
    const oldSha256 = await sha256OfFile(`${dir}/.openclaw.0a0b0c0d.old`);
    // Another path is another program: this process is not the one to judge, the starts are.
    await withJournal({ program, oldSha256, starts: 2 }, async (stateDir) => {
      assertEquals(await settleUpdate(stateDir, silentLogger), undefined);
      assertEquals(await Deno.readTextFile(program), "old");
      assertEquals((await readOutcome(stateDir))?.status, "rolled-back");
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});
