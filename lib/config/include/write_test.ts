import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError, type Clock, envOf, type JsonObject, sha256Hex } from "../../base/mod.ts";
import { editConfig, setConfigValue } from "../edit/mod.ts";
import { forgetVersions } from "../history.ts";
import { loadConfig } from "../load.ts";
import { writeConfig, type WriteResult } from "../write.ts";

const CLOCK: Clock = { now: () => 1_700_000_000_000, monotonic: () => 0 };
const ROOT = `{
  // who may come in
  gateway: { $include: "./gateway.json5" },
  agents: { defaults: { skipBootstrap: true }, list: { $include: "./agents.json5" } },
}
`;
const GATEWAY = `{
  mode: "local", // here
  port: 1, // mine
}
`;
const AGENTS = `// all of them
[
  { id: "a" }, // first
]
`;

interface World {
  /** Writes the text that `edit` makes of the configuration file's. */
  write(edit: (raw: string) => Promise<string> | string): Promise<WriteResult>;
  /** Gives values in place of those that the configuration has as a whole, as clients do. */
  replace(change: (parsed: JsonObject) => JsonObject): Promise<WriteResult>;
  file(name: string): Promise<string>;
  readonly dir: string;
}

async function withFiles(
  files: Record<string, string>,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const dir = await Deno.realPath(await Deno.makeTempDir());
  const paths = {
    home: dir,
    stateDir: dir,
    configPath: `${dir}/openclaw.json`,
    workspaceDir: `${dir}/w`,
  };
  const env = envOf({});
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${dir}/${name}`, text);
    }
    const write = async (edit: (raw: string) => Promise<string> | string) => {
      const before = await Deno.readTextFile(paths.configPath);
      const baseHash = await sha256Hex(before);
      const raw = await edit(before);
      return await writeConfig({ paths, env, clock: CLOCK, baseHash, raw });
    };
    await test({
      write,
      replace: (change) =>
        write(async (raw) => {
          const { parsed } = await loadConfig({ env, paths, folder: dir });
          return await editConfig(raw, change(structuredClone(parsed)));
        }),
      dir,
      file: (name) => Deno.readTextFile(`${dir}/${name}`),
    });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

const FILES = { "openclaw.json": ROOT, "gateway.json5": GATEWAY, "agents.json5": AGENTS };

Deno.test("a changed value of an included section goes to its file, which keeps its comments", async () => {
  await withFiles(FILES, async ({ write, replace, file }) => {
    const { path, snapshot } = await write((raw) => setConfigValue(raw, "gateway.port", 2));
    assertMatch(path, /gateway\.json5$/);
    assertEquals(await file("gateway.json5"), GATEWAY.replace("port: 1", "port: 2"));
    assertEquals(snapshot.config.gateway?.port, 2);
    await replace((parsed) => ({
      ...parsed,
      agents: { ...parsed.agents as JsonObject, list: [{ id: "a" }, { id: "b" }] },
    }));
    assertMatch(
      await file("agents.json5"),
      /^\/\/ all of them\n\[\n {2}\{ id: "a" \},? \/\/ first\n/,
    );
    assertMatch(await file("agents.json5"), /"?id"?: "b"/);
    assertEquals(await file("openclaw.json"), ROOT);
    const kept = await file(`config-history/includes/${await sha256Hex(GATEWAY)}.json5`);
    assertEquals(kept, GATEWAY);
  });
});

Deno.test("a changed value beside an include stays in the configuration file", async () => {
  await withFiles(FILES, async ({ replace, file }) => {
    await replace((parsed) => ({
      ...parsed,
      agents: { ...parsed.agents as JsonObject, defaults: { skipBootstrap: false } },
    }));
    assertEquals(await file("openclaw.json"), ROOT.replace("Bootstrap: true", "Bootstrap: false"));
    assertEquals([await file("gateway.json5"), await file("agents.json5")], [GATEWAY, AGENTS]);
    await replace((parsed) => parsed);
    assertEquals((await file("openclaw.json")).includes("$include"), true);
  });
});

Deno.test("a person may write another include, or take one out", async () => {
  await withFiles({ ...FILES, "other.json5": '{ mode: "local", port: 7 }' }, async (world) => {
    const { write, file } = world;
    const { snapshot } = await write((raw) => raw.replace("./gateway", "./other"));
    assertEquals(snapshot.config.gateway?.port, 7);
    assert((await file("openclaw.json")).includes("./other"));
  });
});

Deno.test("a write is refused where it is open which file to change, and changes none", async () => {
  const section = (text: string) => ({ ...FILES, "openclaw.json": text });
  const cases: [string, Record<string, string>, string][] = [
    ["root", section('{ $include: "./root.json" }'), "the configuration is not"],
    ["list", section('{ gateway: { $include: ["./gateway.json5"] } }'), '"gateway" is not'],
    ["siblings", section('{ gateway: { $include: "./gateway.json5", bind: "lan" } }'), '"gateway"'],
    ["nested", section('{ gateway: { $include: "./nested.json" } }'), '"gateway" is not'],
  ];
  const more = {
    "root.json": '{ "gateway": { "mode": "local", "port": 1 } }',
    "nested.json": '{ "$include": "./gateway.json5" }',
  };
  for (const [name, files, text] of cases) {
    await withFiles({ ...files, ...more }, async ({ write, file }) => {
      const error = await assertRejects(
        () => write((raw) => setConfigValue(raw, "gateway.port", 2)),
        AppError,
      );
      assertEquals(error.code, "CONFIG_EDIT_UNSURE", name);
      assert(error.message.includes(text), error.message);
      for (const [path, content] of Object.entries({ ...files, ...more })) {
        assertEquals(await file(path), content);
      }
    });
  }
  await withFiles(FILES, async ({ replace }) => {
    const both = replace((parsed) => ({
      gateway: { mode: "local", port: 2 },
      agents: { ...parsed.agents as JsonObject, list: [] },
    }));
    assertMatch((await assertRejects(() => both, AppError)).message, /only one file is written/);
  });
});

Deno.test("forgetVersions() removes the versions of included files as well", async () => {
  await withFiles(FILES, async ({ write, file, dir }) => {
    await write((raw) => setConfigValue(raw, "gateway.auth", { token: "moved-elsewhere" }));
    const kept = `config-history/includes/${await sha256Hex(await file("gateway.json5"))}.json5`;
    assert((await file(kept)).includes("moved-elsewhere"));
    assertEquals(await forgetVersions(`${dir}/config-history`, ["moved-elsewhere"]), 1);
    await assertRejects(() => file(kept), Deno.errors.NotFound);
  });
});

Deno.test("what would be invalid or lost in an included file is refused", async () => {
  const long = `{ mode: "local", port: 1, // ${"x".repeat(600)}\n}`;
  await withFiles({ ...FILES, "gateway.json5": long }, async ({ write, replace, file }) => {
    const wrong = () => write((raw) => setConfigValue(raw, "gateway.port", "many"));
    assertEquals((await assertRejects(wrong, AppError)).code, "CONFIG_INVALID");
    const lost = () => replace((parsed) => ({ ...parsed, gateway: { port: 1 } }));
    assertEquals((await assertRejects(lost, AppError)).code, "CONFIG_WRITE_DESTRUCTIVE");
    assertEquals(await file("gateway.json5"), long);
  });
});
