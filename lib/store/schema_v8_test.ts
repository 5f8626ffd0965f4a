import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

for (const from of [6, 7]) {
  Deno.test(`schema 8 adds responses to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 8));
      assertEquals(connection.number("PRAGMA user_version"), 8);
      assertEquals(connection.number("SELECT count(*) FROM meta WHERE key = 'kept'"), 1);
      assertEquals(connection.number("SELECT count(*) FROM responses"), 0);
      const sizes = "SELECT sum(bytes) FROM responses WHERE created_at > 1";
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sizes}`);
      assert(plan.some(({ detail }) => detail.includes("COVERING INDEX responses_by_time")));
      connection.close();

      assert((await Deno.stat(join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`))).isFile);
    });
  });
}
