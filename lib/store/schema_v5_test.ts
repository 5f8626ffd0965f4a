import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

const PENDING = "SELECT min(expires_at) FROM approvals WHERE state = 'pending'";

for (const from of [3, 4]) {
  Deno.test(`schema 5 adds approvals to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run(
        "INSERT INTO transcripts (id, session_id, session_key, started_at) " +
          "VALUES (1, 's', 'k', 1)",
      );
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 5));
      assertEquals(connection.number("PRAGMA user_version"), 5);
      assertEquals(connection.number("SELECT count(*) FROM transcripts"), 1);
      connection.run(
        `INSERT INTO approvals (id, kind, state, request, allowed, created_at, expires_at)
          VALUES ('a', 'exec', 'pending', '{}', '[]', 1, 2)`,
      );
      assertEquals(connection.number(PENDING), 2);
      const plan = connection.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${PENDING}`);
      assert(plan.some(({ detail }) => detail.includes("approvals_pending")));
      connection.close();

      const copy = join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`);
      assert((await Deno.stat(copy)).isFile);
    });
  });
}
