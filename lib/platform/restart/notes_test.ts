import { assertEquals } from "@std/assert";
import type { Clock } from "../../base/mod.ts";
import { readHandoff, writeHandoff } from "./handoff.ts";
import { restartIntentPath, takeRestartIntent, writeRestartIntent } from "./intent.ts";

async function withFolder(test: (folder: string, at: (now: number) => Clock) => Promise<void>) {
  const folder = await Deno.makeTempDir();
  try {
    await test(folder, (now) => ({ now: () => now, monotonic: () => now }));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("takeRestartIntent() is for one process, for a minute, and once", async () => {
  await withFolder(async (folder, at) => {
    const take = (pid: number, now: number) => takeRestartIntent(folder, pid, at(now));
    assertEquals(await take(7, 0), undefined);
    await writeRestartIntent(folder, 7, at(1000), { force: true });
    assertEquals((await Deno.stat(restartIntentPath(folder))).mode! & 0o777, 0o600);
    assertEquals(await take(8, 1000), undefined, "of another process");
    assertEquals(await take(7, 61_000), { force: true });
    assertEquals(await take(7, 61_000), undefined, "used");
    await writeRestartIntent(folder, 7, at(1000), { waitMs: 5 });
    assertEquals(await take(7, 61_001), undefined, "too old");
    await writeRestartIntent(folder, 7, at(1000), { waitMs: 5 });
    assertEquals(await take(7, 999), undefined, "from the future");
  });
});

Deno.test("writeRestartIntent() leaves another's note to the process it is for", async () => {
  await withFolder(async (folder, at) => {
    await writeRestartIntent(folder, 7, at(1000), { waitMs: 5 });
    let isWritten = false;
    const second = writeRestartIntent(folder, 7, at(1000), { force: true })
      .then(() => isWritten = true);
    await new Promise((resolve) => setTimeout(resolve, 60));
    assertEquals([isWritten, await takeRestartIntent(folder, 7, at(1000))], [false, { waitMs: 5 }]);
    await second;
    assertEquals(await takeRestartIntent(folder, 7, at(1000)), { force: true });
    await writeRestartIntent(folder, 8, at(1000), {});
    await writeRestartIntent(folder, 7, at(1000), {});
    assertEquals(await takeRestartIntent(folder, 7, at(1000)), {}, "a dead one's is written over");
  });
});

Deno.test("takeRestartIntent() takes nothing else for a note, and clears it away", async () => {
  await withFolder(async (folder, at) => {
    const note = { kind: "gateway-restart", pid: 7, createdAt: 1 };
    const texts = ["", "{", "[]", '{"pid":7}', JSON.stringify({ ...note, pad: "x".repeat(1024) })];
    for (const text of texts) {
      await Deno.writeTextFile(restartIntentPath(folder), text);
      assertEquals(await takeRestartIntent(folder, 7, at(1)), undefined, text);
      assertEquals([...Deno.readDirSync(folder)], []);
    }
    await Deno.writeTextFile(restartIntentPath(folder), JSON.stringify(note));
    assertEquals(await takeRestartIntent(folder, 7, at(1)), {});
  });
});

Deno.test("readHandoff() gives back a fresh note only", async () => {
  await withFolder(async (folder, at) => {
    assertEquals(await readHandoff(folder, at(0)), undefined);
    await writeHandoff(folder, at(1000), {
      pid: 7,
      reason: "r".repeat(300),
      source: "gateway-update",
      restartKind: "update-process",
      supervisorMode: "systemd",
    });
    const note = await readHandoff(folder, at(61_000));
    assertEquals([note?.pid, note?.reason?.length, note?.expiresAt], [7, 200, 61_000]);
    assertEquals(await readHandoff(folder, at(61_001)), undefined);
    assertEquals(await readHandoff(folder, at(999)), undefined);
  });
});
