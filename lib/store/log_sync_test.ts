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

Deno.test("sync() hands the wait back to SQLite when the disk fails", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/gone.sqlite`;
    const connection = new Connection(path, new DatabaseSync(":memory:"));
    connection.execute("PRAGMA synchronous = NORMAL");
    const real = connection.get.bind(connection);
    connection.get = <Row>(sql: string) =>
      (sql === "PRAGMA journal_mode" ? { journal_mode: "wal" } : real(sql)) as Row;
    const log = WriteAheadLog.takeOver(connection);
    await assertRejects(() => log!.sync(), Deno.errors.NotFound);
    assertEquals(connection.number("PRAGMA synchronous"), FULL);
    assertThrows(() => log!.syncNow(), Deno.errors.NotFound);
    connection.close();
  });
});
