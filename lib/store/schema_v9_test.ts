import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

const HOOKS_VERSION = 9;

for (const from of [HOOKS_VERSION - 2, HOOKS_VERSION - 1]) {
  Deno.test(`schema ${HOOKS_VERSION} adds runs of webhooks to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run("INSERT INTO meta (key, value) VALUES ('kept', 'yes')");
      if (from >= 7) {
        old.run("INSERT INTO system_events (session_key, ts, text) VALUES ('k', 1, 'waits')");
      }
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, HOOKS_VERSION));
      assertEquals(connection.number("PRAGMA user_version"), HOOKS_VERSION);
      assertEquals(connection.number("SELECT count(*) FROM meta WHERE key = 'kept'"), 1);
      assertEquals(connection.number("SELECT count(*) FROM hook_runs"), 0);
      const untrusted = "SELECT count(*) FROM system_events WHERE is_untrusted = 1";
      assertEquals(connection.number(untrusted), 0);
      const same = "SELECT run_id FROM hook_runs WHERE fingerprint = 'f'";
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${same}`);
      assert(plan.some(({ detail }) => detail.includes("hook_runs_by_fingerprint")));
      connection.close();

      assert((await Deno.stat(join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`))).isFile);
    });
  });
}
