import { assertEquals } from "@std/assert";
import { withFolder } from "./_testing.ts";
import {
  deviceAuthPath,
  dropStoredToken,
  readStoredToken,
  writeStoredToken,
} from "./device_auth_file.ts";

const ID = "a".repeat(64);
const OPERATOR = {
  token: "t1",
  role: "operator",
  scopes: ["operator.read"],
  updatedAtMs: 7,
};
const NODE = { token: "t2", role: "node", scopes: [], updatedAtMs: 8 };

Deno.test("writeStoredToken() keeps one token for each role in the shared format", async () => {
  await withFolder(async (folder) => {
    assertEquals(await readStoredToken(folder, ID, "operator"), undefined);
    await writeStoredToken(folder, ID, OPERATOR);
    await writeStoredToken(folder, ID, NODE);
    assertEquals(await readStoredToken(folder, ID, "operator"), OPERATOR);
    const path = deviceAuthPath(folder);
    assertEquals(JSON.parse(await Deno.readTextFile(path)), {
      version: 1,
      deviceId: ID,
      tokens: { operator: OPERATOR, node: NODE },
    });
    const { mode } = await Deno.stat(path);
    if (mode !== null) assertEquals(mode & 0o777, 0o600);
  });
});

Deno.test("writeStoredToken() writes nothing for a token that is there", async () => {
  await withFolder(async (folder) => {
    await writeStoredToken(folder, ID, OPERATOR);
    const before = await Deno.stat(deviceAuthPath(folder));
    await writeStoredToken(folder, ID, { ...OPERATOR, updatedAtMs: 9 });
    assertEquals((await Deno.stat(deviceAuthPath(folder))).ino, before.ino);
  });
});

Deno.test("dropStoredToken() forgets one role", async () => {
  await withFolder(async (folder) => {
    assertEquals(await dropStoredToken(folder, ID, "operator"), false);
    await writeStoredToken(folder, ID, OPERATOR);
    await writeStoredToken(folder, ID, NODE);
    assertEquals(await dropStoredToken(folder, ID, "operator"), true);
    assertEquals(await readStoredToken(folder, ID, "operator"), undefined);
    assertEquals(await readStoredToken(folder, ID, "node"), NODE);
  });
});

Deno.test("readStoredToken() takes a broken or foreign file as empty", async () => {
  await withFolder(async (folder) => {
    await writeStoredToken(folder, ID, OPERATOR);
    assertEquals(await readStoredToken(folder, "b".repeat(64), "operator"), undefined);
    for (const text of ["", "{", "[1]", '{"deviceId":1}', `{"deviceId":"${ID}","tokens":[]}`]) {
      await Deno.writeTextFile(deviceAuthPath(folder), text);
      assertEquals(await readStoredToken(folder, ID, "operator"), undefined);
    }
    await writeStoredToken(folder, ID, NODE);
    assertEquals(await readStoredToken(folder, ID, "node"), NODE);
  });
});
