import { assertEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { AppError } from "../base/mod.ts";
import { lookAtStore } from "./look.ts";
import { DATABASE_FILE_NAME, Store } from "./mod.ts";

async function withDir(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "openclaw look #%-" });
  try {
    await test(dir);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function names(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map(({ name }) => name).sort();
}

Deno.test("lookAtStore() makes no file, whether there is a database or not", async () => {
  await withDir(async (dir) => {
    assertEquals(await lookAtStore(dir), undefined);
    assertEquals(names(dir), []);
    (await Store.open(dir)).close();
    const before = await Deno.readFile(join(dir, DATABASE_FILE_NAME));
    {
      using look = (await lookAtStore(dir))!;
      assertEquals([look.schemaVersion, look.findDamage()], [look.knownVersion, []]);
    }
    assertEquals(names(dir), [DATABASE_FILE_NAME]);
    assertEquals(await Deno.readFile(join(dir, DATABASE_FILE_NAME)), before);
  });
});

Deno.test("lookAtStore() sees what an open store has committed", async () => {
  await withDir(async (dir) => {
    const store = await Store.open(dir);
    try {
      await store.transact(() =>
        store.connection.run("INSERT INTO meta (key, value) VALUES ('seen', 'yes')")
      );
      using look = (await lookAtStore(dir))!;
      const row = look.connection.get("SELECT value FROM meta WHERE key = 'seen'");
      assertEquals({ ...row as object }, { value: "yes" });
    } finally {
      store.close();
    }
  });
});

Deno.test("lookAtStore() names a file that is no database", async () => {
  await withDir(async (dir) => {
    await Deno.writeTextFile(join(dir, DATABASE_FILE_NAME), "no database ".repeat(600));
    const error = await assertRejects(() => lookAtStore(dir), AppError);
    assertEquals(error.code, "STORE_CORRUPT");
  });
});
