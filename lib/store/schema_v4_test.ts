import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

const TABLES = ["node_actions", "node_work", "node_revisions"];

for (const from of [2, 3]) {
  Deno.test(`schema 4 adds the queues of nodes to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run(
        `INSERT INTO nodes (node_id, facts, commands, token_hash, created_at, approved_at)
          VALUES ('n', '{}', '[]', 'h', 1, 1)`,
      );
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 4));
      assertEquals(connection.number("PRAGMA user_version"), 4);
      assertEquals(connection.number("SELECT count(*) FROM nodes"), 1);
      for (const table of TABLES) {
        assertEquals(connection.number(`SELECT count(*) FROM ${table}`), 0);
      }
      connection.close();
      const copy = join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`);
      assert((await Deno.stat(copy)).isFile);
    });
  });
}
