import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { withFolder } from "./_testing.ts";
import { Connection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { WriteAheadLog } from "./log_sync.ts";

const FULL = 2;
const NORMAL = 1;

/** A clock on which everything takes `ms` milliseconds. */
function slowedBy(ms: number) {
  let time = 0;
  return { now: () => 0, monotonic: () => time += ms };
}

function write(connection: Connection, key: string): void {
  connection.run("INSERT INTO meta (key, value) VALUES (?, ?)", key, "x");
}

Deno.test("takeOver() tells SQLite not to wait for the disk, and waits itself", async () => {
  await withFolder(async (folder) => {
    const connection = await openDatabase(folder);
    assertEquals(connection.number("PRAGMA synchronous"), FULL);
    const log = WriteAheadLog.takeOver(connection);
    assertEquals(connection.number("PRAGMA synchronous"), NORMAL);
    write(connection, "a");
    await log?.sync();
    write(connection, "b");
    log?.syncNow();
    log?.close();
    connection.close();
  });
});

Deno.test("takeOver() leaves a database without such a log to SQLite", async () => {
  await withFolder((folder) => {
    const path = `${folder}/other.sqlite`;
    const connection = new Connection(path, new DatabaseSync(path));
    connection.execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = FULL");
    assertEquals(WriteAheadLog.takeOver(connection), undefined);
    assertEquals(connection.number("PRAGMA synchronous"), FULL);
    connection.close();
  });
});

Deno.test("sync() keeps the event loop out of the wait for a disk that takes its time", async () => {
  for (const { ms, isQuick } of [{ ms: 0.1, isQuick: true }, { ms: 20, isQuick: false }]) {
    await withFolder(async (folder) => {
      const connection = await openDatabase(folder);
      const log = WriteAheadLog.takeOver(connection, slowedBy(ms));
      assert(log !== undefined);
      assertEquals(log.isQuick, false, "nothing is known yet");
      for (let i = 0; i < 4; i++) {
        write(connection, `k${i}`);
        await log.sync();
      }
      assertEquals(log.isQuick, isQuick);
      log.close();
      connection.close();
    });
  }
});

Deno.test("takeOver() finds the log of a database behind a link", async () => {
  await withFolder(async (folder) => {
    Deno.mkdirSync(`${folder}/elsewhere`);
    (await openDatabase(`${folder}/elsewhere`)).close();
    Deno.symlinkSync(`${folder}/elsewhere/openclaw.sqlite`, `${folder}/openclaw.sqlite`);
    const connection = await openDatabase(folder);
    const log = WriteAheadLog.takeOver(connection);
    assert(log !== undefined);
    write(connection, "a");
    await log.sync();
    log.syncNow();
    log.close();
    connection.close();
  });
});

/** Lets the disk refuse to keep things, as a broken one does, while `work` runs. */
async function refusing(work: () => Promise<unknown>): Promise<void> {
  const { prototype } = Deno.FsFile;
  const { syncData, syncDataSync } = prototype;
  prototype.syncData = () => Promise.reject(new Error("Input/output error"));
  prototype.syncDataSync = () => {
    throw new Error("Input/output error");
  };
  try {
    await work();
  } finally {
    Object.assign(prototype, { syncData, syncDataSync });
  }
}

Deno.test("takeOver() leaves the wait to SQLite where the log cannot be synced", async () => {
  await withFolder(async (folder) => {
    const connection = await openDatabase(folder);
    await refusing(() =>
      Promise.resolve(assertEquals(WriteAheadLog.takeOver(connection), undefined))
    );
    assertEquals(connection.number("PRAGMA synchronous"), FULL);
    connection.close();
  });
});

Deno.test("sync() builds nothing on commits that the disk has refused", async () => {
  await withFolder(async (folder) => {
    const connection = await openDatabase(folder);
    const log = WriteAheadLog.takeOver(connection)!;
    const logBytes = () => Deno.statSync(`${connection.path}-wal`).size;
    write(connection, "a");
    await refusing(() => assertRejects(() => log.sync(), Error, "Input/output error"));
    assert(logBytes() > 0);

    const reader = await openDatabase(folder);
    reader.execute("BEGIN");
    reader.number("SELECT count(*) FROM meta");
    write(connection, "b");
    connection.execute("PRAGMA busy_timeout = 1");
    await assertRejects(() => log.sync(), Error, "in use");
    assertThrows(() => log.syncNow(), Error, "in use");
    reader.execute("COMMIT");
    reader.close();

    await log.sync();
    assertEquals(logBytes(), 0, "the log is begun anew");
    write(connection, "c");
    await log.sync();
    assert(logBytes() > 0);
    log.close();
    connection.close();
  });
});
