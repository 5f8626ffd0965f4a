import { assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { keepLastGood, lastGoodPath, loadLastGood } from "./last_good.ts";
import { loadConfig } from "./load.ts";
import { REDACTED_VALUE } from "./redact.ts";
import type { ConfigPaths } from "./types.ts";

async function inFolder(
  test: (
    place: {
      paths: ConfigPaths;
      write(name: string, text: string): Promise<void>;
      keep(): Promise<void>;
      kept(): Promise<string | undefined>;
    },
  ) => Promise<void>,
): Promise<void> {
  const dir = await Deno.makeTempDir();
  const paths = {
    home: dir,
    stateDir: `${dir}/state`,
    configPath: `${dir}/state/my.json`,
    workspaceDir: `${dir}/w`,
  };
  await Deno.mkdir(paths.stateDir);
  const options = { env: envOf({ T: "value" }), paths, folder: dir };
  try {
    await test({
      paths,
      write: (name, text) => Deno.writeTextFile(`${paths.stateDir}/${name}`, text),
      keep: async () => await keepLastGood(await loadConfig(options), paths),
      kept: async () => (await loadLastGood(options))?.raw,
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

Deno.test("keepLastGood() keeps the text of a valid file, for its owner only", async () => {
  await inFolder(async ({ paths, write, keep, kept }) => {
    assertEquals(await kept(), undefined);
    await keep();
    assertEquals(await kept(), undefined, "there is no file to keep");
    const text = '{ gateway: { auth: { token: "${T}" } } } // mine';
    await write("my.json", text);
    await keep();
    for (const other of ["{", '{"gateway":{"port":"x"}}', `{"x":"${REDACTED_VALUE}"}`]) {
      await write("my.json", other);
      await keep();
      assertEquals(await kept(), text);
    }
    if (Deno.build.os !== "windows") {
      assertEquals((await Deno.stat(lastGoodPath(paths))).mode! & 0o777, 0o600);
    }
    await write("my.json.last-good", "{");
    assertEquals(await kept(), undefined, "what was damaged is not used");
  });
});

Deno.test("keepLastGood() keeps what included files say together", async () => {
  await inFolder(async ({ write, keep, kept }) => {
    await write("my.json", '{ gateway: { $include: "g.json" } }');
    await write("g.json", '{ auth: { token: "${T}" } }');
    await keep();
    await write("g.json", "{");
    assertEquals(JSON.parse((await kept())!), { gateway: { auth: { token: "${T}" } } });
  });
});
