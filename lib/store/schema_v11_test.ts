import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

for (const from of [9, 10]) {
  Deno.test(`schema 11 adds an index to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 11));
      assertEquals(connection.number("PRAGMA user_version"), 11);
      assertEquals(connection.number("SELECT count(*) FROM meta WHERE key = 'kept'"), 1);
      const begun = "SELECT key FROM sessions " +
        "WHERE coalesce(extra ->> '$.spawnedBy', extra ->> '$.parentSessionKey') = 'k'";
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${begun}`);
      assert(plan.some(({ detail }) => detail.includes("sessions_by_parent")), plan[0]?.detail);
      connection.close();

      assert((await Deno.stat(join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`))).isFile);
    });
  });
}
