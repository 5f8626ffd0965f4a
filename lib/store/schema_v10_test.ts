import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

for (const from of [8, 9]) {
  Deno.test(`schema 10 adds what was imported to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 10));
      assertEquals(connection.number("PRAGMA user_version"), 10);
      assertEquals(connection.number("SELECT count(*) FROM meta WHERE key = 'kept'"), 1);
      for (const table of ["transcript_lines", "imported_transcripts"]) {
        assertEquals(connection.number(`SELECT count(*) FROM ${table}`), 0);
      }
      const lines = "SELECT text FROM transcript_lines WHERE transcript_id = 1 AND after_seq = 2";
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${lines}`);
      assert(plan.some(({ detail }) => detail.includes("after_seq=?")), JSON.stringify(plan));
      connection.close();

      assert((await Deno.stat(join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`))).isFile);
    });
  });
}
