import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { withFolder } from "./_testing.ts";
import type { Connection } from "./connection.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";

const NEXT: Migration = {
  version: MIGRATIONS.length + 1,
  name: "a later step",
  sql: "CREATE TABLE later (id INTEGER PRIMARY KEY); INSERT INTO later VALUES (7);",
};
const COPY_NAME = `${DATABASE_FILE_NAME}.v${MIGRATIONS.length}.bak`;

async function refusal(open: Promise<Connection>): Promise<AppError> {
  return await assertRejects(() => open, AppError);
}

async function fill(folder: string): Promise<void> {
  const connection = await openDatabase(folder);
  connection.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
  connection.close();
}

function kept(connection: Connection): unknown {
  return connection.get<{ value: string }>("SELECT value FROM meta WHERE key = 'kept'")?.value;
}

Deno.test("openDatabase() creates a durable database in a private folder", async () => {
  await withFolder(async (folder) => {
    const stateDir = join(folder, "a", "state");
    const connection = await openDatabase(stateDir);
    try {
      connection.run("INSERT INTO meta (key, value) VALUES ('a', 'b')");
      assertEquals(connection.get("PRAGMA journal_mode"), { ...row("journal_mode", "wal") });
      assertEquals(connection.number("PRAGMA synchronous"), 2);
      assertEquals(connection.number("PRAGMA foreign_keys"), 1);
      assertEquals(connection.number("PRAGMA user_version"), MIGRATIONS.length);
      assertEquals(mode(stateDir), 0o700);
      for (const suffix of ["", "-wal", "-shm"]) {
        assertEquals(mode(join(stateDir, DATABASE_FILE_NAME) + suffix), 0o600, suffix);
      }
    } finally {
      connection.close();
    }
    assertEquals([...Deno.readDirSync(stateDir)].map((entry) => entry.name), [DATABASE_FILE_NAME]);
  });
});

Deno.test("openDatabase() takes an existing file away from other users", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    const path = join(folder, DATABASE_FILE_NAME);
    if (mode(path) === undefined) return;
    Deno.chmodSync(path, 0o644);
    const connection = await openDatabase(folder);
    connection.close();
    assertEquals(mode(path), 0o600);
  });
});

Deno.test("openDatabase() refuses a newer schema and leaves it alone", async () => {
  await withFolder(async (folder) => {
    (await openDatabase(folder, [...MIGRATIONS, NEXT])).close();
    const error = await refusal(openDatabase(folder));
    assertEquals(error.code, "STORE_TOO_NEW");
    assertStringIncludes(error.message, join(folder, DATABASE_FILE_NAME));
    const connection = await openDatabase(folder, [...MIGRATIONS, NEXT]);
    assertEquals(connection.number("SELECT id FROM later"), 7);
    connection.close();
  });
});

Deno.test("openDatabase() keeps a copy before it migrates existing data", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    await Deno.writeTextFile(join(folder, `${COPY_NAME}.tmp`), "left over from a crash");
    const connection = await openDatabase(folder, [...MIGRATIONS, NEXT]);
    assertEquals(kept(connection), "yes");
    assertEquals(connection.number("SELECT id FROM later"), 7);
    connection.close();
    const files = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();
    assertEquals(files, [DATABASE_FILE_NAME, COPY_NAME]);
    assert((mode(join(folder, COPY_NAME)) ?? 0o600) === 0o600);

    const undone = join(folder, "undone");
    await Deno.mkdir(undone);
    await Deno.rename(join(folder, COPY_NAME), join(undone, DATABASE_FILE_NAME));
    const old = await openDatabase(undone);
    assertEquals(kept(old), "yes");
    assertEquals(old.number("PRAGMA user_version"), MIGRATIONS.length);
    old.close();
  });
});

Deno.test("openDatabase() undoes a step that fails half-way", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    const broken = { ...NEXT, sql: `${NEXT.sql} INSERT INTO nowhere VALUES (1);` };
    assertEquals((await refusal(openDatabase(folder, [...MIGRATIONS, broken]))).code, "IO_ERROR");
    const connection = await openDatabase(folder);
    assertEquals(kept(connection), "yes");
    assertEquals(
      connection.number("SELECT count(*) FROM sqlite_schema WHERE name = 'later'"),
      0,
    );
    connection.close();
  });
});

Deno.test("openDatabase() refuses files that are no store", async () => {
  await withFolder(async (folder) => {
    const path = join(folder, DATABASE_FILE_NAME);
    await fill(folder);
    const sound = await Deno.readFile(path);
    const overwritten = sound.slice();
    overwritten.fill(0xa5, 0, 4096);
    const foreign = await foreignDatabase(join(folder, "foreign"));
    const garbage = crypto.getRandomValues(new Uint8Array(20_000));
    for (const bytes of [garbage, overwritten, sound.slice(0, 1500), foreign]) {
      await Deno.writeFile(path, bytes);
      const error = await refusal(openDatabase(folder));
      assertEquals(error.code, "STORE_CORRUPT");
      assertStringIncludes(error.hint ?? "", ".recover");
      assertStringIncludes(error.message, path);
      assertEquals(await Deno.readFile(path), bytes);
    }
    await Deno.writeFile(path, sound);
    (await openDatabase(folder)).close();
  });
});

Deno.test("get() names a database that is damaged inside", async () => {
  await withFolder(async (folder) => {
    await fill(folder);
    const path = join(folder, DATABASE_FILE_NAME);
    const bytes = await Deno.readFile(path);
    bytes.fill(0xa5, 4096 * 2);
    await Deno.writeFile(path, bytes);
    const error = await assertRejects(async () => {
      const connection = await openDatabase(folder);
      try {
        for (const table of ["meta", "sessions", "messages", "runs"]) {
          connection.all(`SELECT * FROM ${table}`);
        }
      } finally {
        connection.close();
      }
    }, AppError);
    assertEquals(error.code, "STORE_CORRUPT");
    assertStringIncludes(error.hint ?? "", ".recover");
  });
});

Deno.test("openDatabase() lets a second process read and write", async () => {
  await withFolder(async (folder) => {
    const one = await openDatabase(folder);
    const two = await openDatabase(folder);
    one.run("INSERT INTO meta (key, value) VALUES ('kept', 'one')");
    assertEquals(kept(two), "one");
    two.run("UPDATE meta SET value = 'two'");
    assertEquals(kept(one), "two");
    two.close();
    one.close();
  });
});

/** Permission bits, where the system has them. */
function mode(path: string): number | undefined {
  const bits = Deno.statSync(path).mode;
  return bits === null ? undefined : bits & 0o777;
}

function row(name: string, value: unknown): Record<string, unknown> {
  return Object.assign(Object.create(null), { [name]: value });
}

async function foreignDatabase(folder: string): Promise<Uint8Array> {
  const connection = await openDatabase(folder, [{
    version: 1,
    name: "foreign",
    sql: "CREATE TABLE theirs (a)",
  }]);
  connection.execute("PRAGMA user_version = 0; PRAGMA journal_mode = DELETE");
  connection.close();
  return await Deno.readFile(join(folder, DATABASE_FILE_NAME));
}
