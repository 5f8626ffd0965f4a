import { assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { ensureGeneratedToken, tokenFilePath } from "./token_file.ts";

async function withStateDir(test: (stateDir: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "token-test-" });
  try {
    await test(join(folder, "state"));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("ensureGeneratedToken() makes a token that the next start finds again", () =>
  withStateDir(async (stateDir) => {
    const token = await ensureGeneratedToken(stateDir);
    assertMatch(token, /^[0-9a-f]{48}$/);
    assertEquals(await Deno.readTextFile(tokenFilePath(stateDir)), `${token}\n`);
    assertEquals(await ensureGeneratedToken(stateDir), token);
  }));

Deno.test({
  name: "ensureGeneratedToken() lets nobody else read it",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withStateDir(async (stateDir) => {
      await ensureGeneratedToken(stateDir);
      const path = tokenFilePath(stateDir);
      const mode = async (path: string) => (await Deno.stat(path)).mode! & 0o777;
      assertEquals([await mode(path), await mode(join(path, ".."))], [0o600, 0o700]);
    }),
});

Deno.test("ensureGeneratedToken() replaces an empty file, and keeps a token that was put there", () =>
  withStateDir(async (stateDir) => {
    const path = tokenFilePath(stateDir);
    await Deno.mkdir(join(path, ".."), { recursive: true });
    await Deno.writeTextFile(path, " \n");
    assertMatch(await ensureGeneratedToken(stateDir), /^[0-9a-f]{48}$/);
    await Deno.writeTextFile(path, "  own-token\r\n");
    assertEquals(await ensureGeneratedToken(stateDir), "own-token");
  }));

Deno.test("ensureGeneratedToken() makes a different token for each state folder", () =>
  withStateDir(async (stateDir) => {
    const [one, two] = [
      await ensureGeneratedToken(stateDir),
      await ensureGeneratedToken(`${stateDir}-2`),
    ];
    assertEquals(one === two, false);
  }));
