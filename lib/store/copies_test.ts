import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { pathExists } from "../platform/mod.ts";
import { withFolder } from "./_testing.ts";
import { copyDatabase, exchangeDatabase, keptCopyPath, storedSchema } from "./copies.ts";
import { openDatabase } from "./database.ts";
import { MIGRATIONS } from "./migrations.ts";

const NEWEST = MIGRATIONS.length;
const EXTRA = { version: NEWEST + 1, name: "extra", sql: "CREATE TABLE extra (a)" };

Deno.test("exchangeDatabase() puts the copy back that a migration has kept", async () => {
  await withFolder(async (folder) => {
    assertEquals(await storedSchema(folder), undefined);
    (await openDatabase(folder)).close();
    const migrated = await openDatabase(folder, [...MIGRATIONS, EXTRA]);
    migrated.run("INSERT INTO extra VALUES (1)");
    migrated.close();
    assertEquals(await storedSchema(folder), NEWEST + 1);

    const aside = `${folder}/openclaw.sqlite.aside-1`;
    await exchangeDatabase(folder, keptCopyPath(folder, NEWEST), aside);
    assertEquals(await storedSchema(folder), NEWEST);
    (await openDatabase(folder)).close();
    // Done once; what is repeated changes nothing.
    await exchangeDatabase(folder, aside, aside);
    assertEquals(await storedSchema(folder), NEWEST);

    await exchangeDatabase(folder, aside, `${aside}-back`);
    const again = await openDatabase(folder, [...MIGRATIONS, EXTRA]);
    assertEquals(again.number("SELECT a FROM extra"), 1);
    again.close();
  });
});

Deno.test("exchangeDatabase() refuses while somebody reads", async () => {
  await withFolder(async (folder) => {
    const open = await openDatabase(folder);
    open.execute("CREATE TABLE t (a); BEGIN; SELECT * FROM t");
    const copy = `${folder}/copy`;
    await copyDatabase(folder, copy);
    await assertRejects(() => exchangeDatabase(folder, copy, `${folder}/aside`), AppError);
    assertEquals(await pathExists(`${folder}/aside`), false);
    open.execute("COMMIT");
    open.close();
  });
});
