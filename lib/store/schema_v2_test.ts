import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

const V1 = MIGRATIONS.slice(0, 1);
const V2 = MIGRATIONS.slice(0, 2);
const TABLES = [
  "devices",
  "device_tokens",
  "device_requests",
  "setup_tokens",
  "nodes",
  "node_requests",
];

Deno.test("schema 2 adds the tables of devices to a store of version 1 and keeps a copy", async () => {
  await withFolder(async (folder) => {
    const old = await openDatabase(folder, V1);
    old.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
    old.run(
      `INSERT INTO transcripts (session_id, session_key, started_at) VALUES ('s', 'agent:main:main', 1)`,
    );
    old.close();

    const connection = await openDatabase(folder, V2);
    assertEquals(connection.number("PRAGMA user_version"), 2);
    for (const table of TABLES) {
      assertEquals(connection.number(`SELECT count(*) FROM ${table}`), 0, table);
    }
    assertEquals(connection.number("SELECT count(*) FROM transcripts"), 1);
    assertEquals(connection.number("SELECT count(*) FROM meta WHERE value = 'yes'"), 1);
    connection.run(
      `INSERT INTO devices (device_id, public_key, facts, role, roles, scopes, created_at, approved_at)
       VALUES ('d', 'k', '{}', 'node', '["node"]', '[]', 1, 1)`,
    );
    connection.run(
      "INSERT INTO device_tokens (device_id, role, scopes, created_at) VALUES ('d', 'node', '[]', 1)",
    );
    connection.run("DELETE FROM devices WHERE device_id = 'd'");
    assertEquals(connection.number("SELECT count(*) FROM device_tokens"), 0);
    connection.close();

    const undone = join(folder, "undone");
    await Deno.mkdir(undone);
    const copy = join(folder, `${DATABASE_FILE_NAME}.v1.bak`);
    await Deno.rename(copy, join(undone, DATABASE_FILE_NAME));
    const before = await openDatabase(undone, V1);
    assertEquals(before.number("SELECT count(*) FROM transcripts"), 1);
    before.close();
  });
});
