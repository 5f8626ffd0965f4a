import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { withFolder } from "./_testing.ts";
import { DATABASE_FILE_NAME, openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

for (const from of [4, 5]) {
  Deno.test(`schema 6 adds checkpoints to a store of version ${from} and keeps a copy`, async () => {
    await withFolder(async (folder) => {
      const old = await openDatabase(folder, MIGRATIONS.slice(0, from));
      old.run(
        `INSERT INTO transcripts (id, session_id, session_key, started_at) VALUES (1, 's', 'k', 1)`,
      );
      old.close();

      const connection = await openDatabase(folder, MIGRATIONS.slice(0, 6));
      assertEquals(connection.number("PRAGMA user_version"), 6);
      connection.run(
        `INSERT INTO checkpoints (checkpoint_id, session_key, transcript_id, session_id, created_at,
            reason, tokens_before, first_kept_seq, last_seq, post_session_id, post_seq)
          VALUES ('c', 'k', 1, 's', 1, 'manual', 0, 1, 1, 's', 2)`,
      );
      connection.run("DELETE FROM transcripts WHERE id = 1");
      assertEquals(connection.number("SELECT count(*) FROM checkpoints"), 0);
      connection.close();
      const copy = join(folder, `${DATABASE_FILE_NAME}.v${from}.bak`);
      assert((await Deno.stat(copy)).isFile);
    });
  });
}
