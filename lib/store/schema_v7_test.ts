import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

for (const from of [5, 6]) {
  Deno.test(`schema 7 adds jobs, runs and events to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 7));
      assertEquals(connection.number("PRAGMA user_version"), 7);
      assertEquals(connection.number("SELECT count(*) FROM meta WHERE key = 'kept'"), 1);
      for (const table of ["cron_jobs", "cron_runs", "system_events"]) {
        assertEquals(connection.number(`SELECT count(*) FROM ${table}`), 0);
      }
      const newest = "SELECT entry FROM cron_runs WHERE job_id = 'j' ORDER BY ts DESC LIMIT 1";
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${newest}`);
      assert(plan.some(({ detail }) => detail.includes("cron_runs_by_job")));
      connection.close();

      assert((await Deno.stat(join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`))).isFile);
    });
  });
}
