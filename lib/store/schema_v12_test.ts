import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

for (const from of [10, 11]) {
  Deno.test(`schema 12 adds pieces to the responses of a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run(
        `INSERT INTO responses (id, subject, agent_id, created_at, response, input, bytes)
          VALUES ('resp_1', 's', 'main', 1, '{}', '[]', 4)`,
      );
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 12));
      assertEquals(connection.number("PRAGMA user_version"), 12);
      const kept = "SELECT id, pieces FROM responses";
      assertEquals(connection.all(kept).map((row) => ({ ...row as object })), [
        { id: "resp_1", pieces: null },
      ]);
      connection.close();

      assert((await Deno.stat(join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`))).isFile);
    });
  });
}
