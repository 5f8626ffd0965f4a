import { assertEquals, assertRejects } from "@std/assert";
import { withFolder } from "./_testing.ts";
import { rehearsalOf } from "./rehearsal.ts";
import { Store } from "./store.ts";

Deno.test("rehearsalOf() answers what a write would, and leaves nothing of it", async () => {
  await withFolder(async (folder) => {
    const store = await Store.open(folder);
    try {
      const { connection, transact } = rehearsalOf(store);
      const add = () => connection.run("INSERT INTO meta (key, value) VALUES ('a', 'b')").changes;
      assertEquals(await transact(add), 1);
      assertEquals(await transact(add), 1);
      assertEquals(connection.number("SELECT count(*) FROM meta WHERE key = 'a'"), 0);
      await assertRejects(() => transact(() => connection.run("INSERT INTO nothing VALUES (1)")));
    } finally {
      store.close();
    }
  });
});
