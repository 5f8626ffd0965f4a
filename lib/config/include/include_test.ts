import { assert, assertEquals, assertMatch } from "@std/assert";
import { envOf, type JsonObject } from "../../base/mod.ts";
import { loadConfig } from "../load.ts";
import type { ConfigSnapshot } from "../types.ts";

interface World {
  readonly dir: string;
  load(variables?: Record<string, string>): Promise<ConfigSnapshot>;
}

/** A folder with these files; a name may lead into folders. */
async function withFiles(
  files: Record<string, string>,
  test: (world: World) => Promise<void>,
): Promise<void> {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const dir = `${root}/state`;
  try {
    for (const [name, text] of Object.entries(files)) {
      const path = `${dir}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    }
    const paths = {
      home: root,
      stateDir: dir,
      configPath: `${dir}/openclaw.json`,
      workspaceDir: `${dir}/workspace`,
    };
    await test({
      dir,
      load: (variables = {}) => loadConfig({ env: envOf(variables), paths, folder: root }),
    });
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** The only complaint about a configuration that consists of these files. */
async function issueOf(files: Record<string, string>): Promise<string> {
  let text = "";
  await withFiles(files, async ({ load, dir }) => {
    const { valid, issues } = await load();
    assertEquals([valid, issues.length], [false, 1], JSON.stringify(issues));
    text = `${issues[0]!.path}: ${issues[0]!.message}`.replaceAll(dir, "<dir>");
  });
  return text;
}

Deno.test("$include stands for the content of a file, read relative to the one that names it", async () => {
  await withFiles({
    "openclaw.json": `{ // two files
      gateway: { $include: "./parts/gateway.json5" }, agents: { list: { $include: "list.json" } } }`,
    "parts/gateway.json5": `{ mode: "local", auth: { $include: "auth.json5" } }`,
    "parts/auth.json5": `\uFEFF{ token: "\${TOKEN}" }`,
    "list.json": `[{ "id": "ops" }]`,
  }, async ({ load, dir }) => {
    const { valid, issues, config, parsed, files } = await load({ TOKEN: "abc" });
    assert(valid, JSON.stringify(issues));
    assertEquals(config.gateway, { mode: "local", auth: { token: "abc" } });
    assertEquals((parsed.gateway as JsonObject).auth, { token: "${TOKEN}" });
    assertEquals(config.agents?.list?.map(({ id }) => id), ["ops"]);
    for (const name of ["openclaw.json", "parts/auth.json5", "list.json", ".env"]) {
      assert(files.includes(`${dir}/${name}`), `${name} in ${files}`);
    }
  });
});

Deno.test("$include of a list merges in order, lists follow one another, siblings win", async () => {
  await withFiles({
    "openclaw.json": `{ $include: ["a.json", "b.json"], gateway: { port: 3 } }`,
    "a.json":
      `{ "gateway": { "port": 1, "mode": "local" }, "agents": { "list": [{ "id": "a" }] } }`,
    "b.json": `{ "gateway": { "port": 2, "bind": "lan" }, "agents": { "list": [{ "id": "b" }] },
      "__proto__": { "x": 1 } }`,
  }, async ({ load }) => {
    const { parsed } = await load();
    assertEquals(parsed, {
      gateway: { port: 3, mode: "local", bind: "lan" },
      agents: { list: [{ id: "a" }, { id: "b" }] },
    });
  });
});

Deno.test("$include that cannot be is an issue, with the rest of the file still in use", async () => {
  const config = (value: unknown) => ({ "openclaw.json": JSON.stringify({ gateway: value }) });
  assertEquals(
    await issueOf(config({ $include: "../x.json" })),
    "gateway.$include: Include path escapes config directory: ../x.json (root: <dir>)",
  );
  assertEquals(
    await issueOf(config({ $include: 3, port: 7 })),
    "gateway.$include: Invalid $include value: expected string or array of strings, got number",
  );
  assertMatch(
    await issueOf(config({ $include: "none.json" })),
    /^gateway\.\$include: Failed to read include file: none\.json \(no such file\)$/,
  );
  assertMatch(
    await issueOf({ ...config({ $include: "bad.json" }), "bad.json": "{ a: " }),
    /Failed to parse include file: bad\.json: unexpected end of file/,
  );
  assertMatch(
    await issueOf({ ...config({ $include: "big.json" }), "big.json": " ".repeat(2 ** 21 + 1) }),
    /big\.json \(more than 2097152 bytes\)/,
  );
  assertEquals(
    await issueOf({ ...config({ $include: "list.json", port: 1 }), "list.json": "[]" }),
    "gateway.$include: Sibling keys require included content to be an object",
  );
  assertEquals(
    await issueOf({ ...config({ $include: "a.json" }), "a.json": '{"$include":"./a.json"}' }),
    "gateway.$include: Circular include detected: <dir>/openclaw.json -> <dir>/a.json -> <dir>/a.json",
  );
  await withFiles(config({ $include: "none.json", port: 7 }), async ({ load }) => {
    assertEquals((await load()).config.gateway, { port: 7 });
  });
});

Deno.test("$include goes ten files deep and no further", async () => {
  const chain = (length: number) => {
    const files: Record<string, string> = {
      "openclaw.json": '{ gateway: { $include: "f1.json" } }',
    };
    for (let n = 1; n < length; n++) files[`f${n}.json`] = `{ "$include": "f${n + 1}.json" }`;
    return { ...files, [`f${length}.json`]: '{ "port": 9 }' };
  };
  await withFiles(chain(10), async ({ load }) => {
    assertEquals((await load()).config.gateway, { port: 9 });
  });
  assertMatch(await issueOf(chain(11)), /Maximum include depth \(10\) exceeded at: f11\.json$/);
});

Deno.test({
  name: "$include follows links only to where it may include from, and refuses hard links",
  ignore: Deno.build.os === "windows",
  async fn() {
    const config = { "openclaw.json": '{ gateway: { $include: "link.json" } }' };
    await withFiles({ ...config, "../outside/g.json": '{ "port": 5 }' }, async ({ load, dir }) => {
      await Deno.symlink(`${dir}/../outside/g.json`, `${dir}/link.json`);
      const { issues } = await load();
      assertMatch(
        issues[0]!.message,
        /^Include path resolves outside config directory \(symlink\): link\.json/,
      );
      const roots = { OPENCLAW_INCLUDE_ROOTS: `relative:${dir.replace(/state$/, "outside")}` };
      assertEquals((await load(roots)).config.gateway, { port: 5 });
    });
    await withFiles({ ...config, "g.json": '{ "port": 5 }' }, async ({ load, dir }) => {
      await Deno.link(`${dir}/g.json`, `${dir}/link.json`);
      assertMatch((await load()).issues[0]!.message, /more than one hard link/);
    });
  },
});

Deno.test("the revision changes with every file, the hash with the configuration file only", async () => {
  await withFiles({
    "openclaw.json": '{ gateway: { $include: "g.json" } }',
    "g.json": "{}",
  }, async ({ load, dir }) => {
    const first = await load();
    assertEquals((await load()).revision, first.revision);
    await Deno.writeTextFile(`${dir}/g.json`, '{ "port": 5 }');
    const second = await load();
    await Deno.writeTextFile(`${dir}/.env`, "X=1");
    const third = await load();
    assertEquals(new Set([first, second, third].map(({ revision }) => revision)).size, 3);
    assertEquals(third.hash, first.hash);
  });
});
