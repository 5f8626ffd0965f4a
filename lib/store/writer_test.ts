import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { withFolder } from "./_testing.ts";
import type { Connection } from "./connection.ts";
import { openDatabase } from "./database.ts";
import { GroupWriter } from "./writer.ts";

async function withWriter(
  test: (connection: Connection, writer: GroupWriter) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const connection = await openDatabase(folder);
    try {
      await test(connection, new GroupWriter(connection));
    } finally {
      connection.close();
    }
  });
}

function put(connection: Connection, key: string, value = "x"): string {
  connection.run("INSERT INTO meta (key, value) VALUES (?, ?)", key, value);
  return key;
}

function keys(connection: Connection): string[] {
  return connection.all<{ key: string }>("SELECT key FROM meta ORDER BY key").map((row) => row.key);
}

/** Leaves room for about `pages` more pages, as a disk that is nearly full does. */
function limitPages(connection: Connection, pages: number): void {
  const now = connection.number("PRAGMA page_count");
  connection.execute(`PRAGMA max_page_count = ${now + pages}`);
}

Deno.test("transact() commits what was asked for together in one transaction", async () => {
  await withWriter(async (connection, writer) => {
    const names = Array.from({ length: 20 }, (_, i) => `k${i + 10}`);
    const values = await Promise.all(
      names.map((name) => writer.transact(() => put(connection, name))),
    );
    assertEquals(values, names);
    assertEquals(keys(connection), names);
    assertEquals(writer.counters, { commits: 1, writes: 20, failedCommits: 0 });
  });
});

Deno.test("transact() splits a long queue and keeps its order", async () => {
  await withWriter(async (connection, writer) => {
    const order: number[] = [];
    await Promise.all(
      Array.from(
        { length: 300 },
        (_, i) => writer.transact(() => put(connection, `k${i}`)).then(() => order.push(i)),
      ),
    );
    assertEquals(order, Array.from({ length: 300 }, (_, i) => i));
    assertEquals(writer.counters.commits, 3);
  });
});

Deno.test("transact() undoes only the write that throws", async () => {
  await withWriter(async (connection, writer) => {
    const results = await Promise.allSettled([
      writer.transact(() => put(connection, "a")),
      writer.transact(() => {
        put(connection, "b");
        throw new AppError("RUN_EXISTS", "No");
      }),
      writer.transact(() => {
        put(connection, "c");
        return put(connection, "a");
      }),
      writer.transact(() => put(connection, "d")),
    ]);
    assertEquals(results.map((each) => each.status === "fulfilled"), [true, false, false, true]);
    const codes = results.flatMap((each) => each.status === "rejected" ? [each.reason.code] : []);
    assertEquals(codes, ["RUN_EXISTS", "STORE_WRITE_FAILED"]);
    assertEquals(keys(connection), ["a", "d"]);
  });
});

Deno.test("transact() resolves only after the commit", async () => {
  await withWriter(async (connection, writer) => {
    const reader = await openDatabase(connection.path.slice(0, connection.path.lastIndexOf("/")));
    try {
      const seen = writer.transact(() => put(connection, "a")).then(() => keys(reader));
      assertEquals(keys(reader), []);
      assertEquals(await seen, ["a"]);
    } finally {
      reader.close();
    }
  });
});

Deno.test("transact() reports a full disk, keeps nothing of it and works again", async () => {
  await withWriter(async (connection, writer) => {
    await writer.transact(() => put(connection, "before"));
    limitPages(connection, 2);
    const results = await Promise.allSettled(
      ["a", "b", "c"].map((key) =>
        writer.transact(() => put(connection, key, "v".repeat(200_000)))
      ),
    );
    for (const result of results) {
      const error = result.status === "rejected" ? result.reason : undefined;
      assertEquals([error?.code, error?.retryable], ["STORE_WRITE_FAILED", true]);
      assertStringIncludes(error.message, "the disk is full");
    }
    assertEquals(keys(connection), ["before"]);
    limitPages(connection, 1000);
    await writer.transact(() => put(connection, "after", "v".repeat(200_000)));
    assertEquals(keys(connection), ["after", "before"]);
  });
});

Deno.test("transact() rejects the whole batch when the commit fails", async () => {
  await withWriter(async (connection, writer) => {
    connection.execute(
      "CREATE TABLE child (id INTEGER REFERENCES runs (row) DEFERRABLE INITIALLY DEFERRED)",
    );
    const results = await Promise.allSettled([
      writer.transact(() => put(connection, "a")),
      writer.transact(() => connection.run("INSERT INTO child (id) VALUES (77)")),
    ]);
    for (const result of results) {
      assertEquals(result.status === "rejected" && result.reason.code, "STORE_WRITE_FAILED");
    }
    assertEquals(keys(connection), []);
    await writer.transact(() => put(connection, "after"));
    assertEquals(keys(connection), ["after"]);
    assertEquals(writer.counters, { commits: 1, writes: 1, failedCommits: 1 });
  });
});

Deno.test("transact() rejects the batch when a write loses the whole transaction", async () => {
  await withWriter(async (connection, writer) => {
    const results = await Promise.allSettled([
      writer.transact(() => put(connection, "a")),
      writer.transact(() => {
        connection.run("ROLLBACK");
        throw new Error("lost");
      }),
      writer.transact(() => put(connection, "b")),
    ]);
    assertEquals(results.map((each) => each.status), ["rejected", "rejected", "rejected"]);
    assertEquals(keys(connection), []);
    await writer.transact(() => put(connection, "after"));
  });
});

Deno.test("transact() names another process that keeps the file locked", async () => {
  await withWriter(async (connection, writer) => {
    const other = await openDatabase(connection.path.slice(0, connection.path.lastIndexOf("/")));
    try {
      connection.execute("PRAGMA busy_timeout = 1");
      other.execute("BEGIN IMMEDIATE");
      const error = await assertRejects(
        () => writer.transact(() => put(connection, "a")),
        AppError,
        "another process is writing to it",
      );
      assertEquals([error.code, error.retryable], ["STORE_WRITE_FAILED", true]);
      other.execute("ROLLBACK");
      await writer.transact(() => put(connection, "a"));
    } finally {
      other.close();
    }
  });
});

/** A disk that answers when it is told to. */
class HeldDisk {
  /** Waits that were asked for, oldest first. */
  readonly waits: PromiseWithResolvers<void>[] = [];
  syncedNow = 0;

  sync(): Promise<void> {
    const wait = Promise.withResolvers<void>();
    this.waits.push(wait);
    return wait.promise;
  }

  syncNow(): void {
    this.syncedNow++;
  }
}

async function withDisk(
  test: (writer: GroupWriter, disk: HeldDisk, connection: Connection) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const connection = await openDatabase(folder);
    const disk = new HeldDisk();
    try {
      await test(new GroupWriter(connection, disk), disk, connection);
    } finally {
      connection.close();
    }
  });
}

/** What the commits that were asked for have done by now. */
const committed = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

Deno.test("transact() answers when the disk has it, and later commits share the next wait", async () => {
  await withDisk(async (writer, disk, connection) => {
    const told: string[] = [];
    const write = (key: string) =>
      writer.transact(() => put(connection, key)).then(() => told.push(key));
    const first = write("a");
    await committed();
    let isIdle = false;
    const idle = writer.idle().then(() => isIdle = true);
    const others = [write("b"), write("c")];
    await committed();
    assertEquals([keys(connection), told, disk.waits.length], [["a", "b", "c"], [], 1]);
    assertEquals(writer.pending, 3);
    disk.waits[0]!.resolve();
    await first;
    assertEquals([told, disk.waits.length, isIdle], [["a"], 2, false]);
    disk.waits[1]!.resolve();
    await Promise.all(others);
    assertEquals([told, writer.pending], [["a", "b", "c"], 0]);
    await idle;
    await writer.idle();
  });
});

Deno.test("transact() acknowledges nothing that the disk has refused, and goes on", async () => {
  await withDisk(async (writer, disk, connection) => {
    const refused = writer.transact(() => put(connection, "a"));
    await committed();
    disk.waits[0]!.reject(new Error("Input/output error"));
    const error = await assertRejects(() => refused, AppError);
    assertEquals(error.code, "STORE_WRITE_FAILED");
    assertEquals(writer.counters.failedCommits, 1);
    const next = writer.transact(() => put(connection, "b"));
    await committed();
    disk.waits[1]!.resolve();
    assertEquals(await next, "b");
  });
});

Deno.test("close() waits for the disk in place, for what nobody has waited for", async () => {
  await withDisk(async (writer, disk, connection) => {
    const first = writer.transact(() => put(connection, "a"));
    await committed();
    const second = writer.transact(() => put(connection, "b"));
    writer.close();
    assertEquals([await second, disk.syncedNow], ["b", 1]);
    disk.waits[0]!.resolve();
    assertEquals(await first, "a");
  });
});
