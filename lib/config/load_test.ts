import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AppError, envOf, sha256Hex } from "../base/mod.ts";
import { evaluateConfig, loadConfig, requireResolved } from "./load.ts";
import { resolvePaths } from "./paths.ts";
import { MAX_CONFIG_BYTES } from "./parse.ts";
import type { ConfigPaths, ConfigSnapshot } from "./types.ts";

function pathsIn(dir: string): ConfigPaths {
  return {
    home: dir,
    stateDir: dir,
    configPath: `${dir}/openclaw.json`,
    workspaceDir: `${dir}/workspace`,
  };
}

async function withFile<T>(
  content: string | Uint8Array | undefined,
  use: (paths: ConfigPaths) => Promise<T>,
): Promise<T> {
  const dir = await Deno.makeTempDir();
  try {
    const paths = pathsIn(dir);
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    if (bytes) await Deno.writeFile(paths.configPath, bytes);
    return await use(paths);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function load(
  content: string | Uint8Array | undefined,
  variables: Record<string, string> = {},
): Promise<ConfigSnapshot> {
  return withFile(content, (paths) => loadConfig({ env: envOf(variables), paths }));
}

Deno.test("loadConfig() accepts JSON, JSON5 and a byte order mark", async () => {
  const texts = [
    '{"gateway":{"port":1234}}',
    "// hi\n{ gateway: { port: 0x4d2, }, }",
    '\uFEFF{"gateway":{"port":1234}}',
    "{'gateway':\r\n{port:+1234}}",
  ];
  for (const text of texts) {
    const snapshot = await load(text);
    assert(snapshot.valid, text);
    assertEquals(snapshot.config.gateway?.port, 1234);
    assertEquals(snapshot.raw, text);
    assertEquals(snapshot.hash, await sha256Hex(text));
  }
});

Deno.test("loadConfig() takes a missing file for an empty configuration", async () => {
  const snapshot = await load(undefined);
  assertEquals([snapshot.exists, snapshot.valid, snapshot.raw], [false, true, ""]);
  assertEquals(snapshot.config, {});
  assertEquals(snapshot.hash, await sha256Hex(""));
});

Deno.test("loadConfig() says what is wrong with a file that is no object", async () => {
  const rows: [string | Uint8Array, RegExp][] = [
    ["", /^the file is empty/],
    [" \n", /^the file is empty/],
    ["[]", /^expected an object, found a list$/],
    ["3", /^expected an object, found number$/],
    ["null", /^expected an object, found null$/],
    ["{\n  a: 1,\n}}", /^unexpected "}" at line 3 column 2$/],
    ["{a: 1", /^unexpected end of file at line 1 column 6$/],
    [new Uint8Array([0x7b, 0xff, 0x7d]), /not UTF-8/],
    [`${"[".repeat(5)}`, /unexpected end/],
    [`{"a":${"[".repeat(200)}${"]".repeat(200)}}`, /nested deeper than 100 levels/],
    [new Uint8Array(MAX_CONFIG_BYTES + 1).fill(0x20), /more than 8388608 bytes/],
  ];
  for (const [content, expected] of rows) {
    const snapshot = await load(content);
    assertEquals([snapshot.valid, snapshot.exists, snapshot.config], [false, true, {}]);
    assertEquals(snapshot.issues[0]!.path, "");
    assertMatch(snapshot.issues[0]!.message, expected);
  }
});

Deno.test("loadConfig() reports a folder in the file's place", async () => {
  await withFile(undefined, async (paths) => {
    await Deno.mkdir(paths.configPath);
    const snapshot = await loadConfig({ env: envOf({}), paths });
    assertEquals(snapshot.issues[0]!.message, "it is not a regular file");
  });
});

Deno.test("loadConfig() keeps only the values that are right in config", async () => {
  const snapshot = await load(`{
    gateway: { port: "x", bind: "lan", auth: { mode: "magic" } },
    agents: { list: [{ id: "a" }, { name: "b" }, { id: "c" }] },
    logging: 3,
  }`);
  assertEquals(snapshot.valid, false);
  assertEquals(snapshot.config.gateway, { bind: "lan", auth: {} });
  assertEquals(snapshot.config.agents, { list: [{ id: "a" }, { id: "c" }] });
  assertEquals(snapshot.config.logging, undefined);
});

Deno.test("loadConfig() substitutes variables and keeps those that are missing", async () => {
  const snapshot = await load(
    `{
      env: { vars: { FROM_CONFIG: "cfg", TAKEN: "no", CHAINED: "\${HOST}!" }, PLAIN: "p" },
      gateway: { remote: { url: "wss://\${HOST}:1/\${FROM_CONFIG}\${PLAIN}", token: "\${NOPE}" } },
      ui: { assistant: { name: "$\${HOST} \${TAKEN} \${CHAINED} \${lower}" } },
    }`,
    { HOST: "h", TAKEN: "yes", EMPTY: "" },
  );
  assert(snapshot.valid);
  assertEquals(snapshot.config.gateway?.remote?.url, "wss://h:1/cfgp");
  assertEquals(snapshot.config.ui?.assistant?.name, "${HOST} yes h! ${lower}");
  assertEquals(snapshot.config.gateway?.remote?.token, "${NOPE}");
  assertEquals(snapshot.missingVars, [{ path: "gateway.remote.token", name: "NOPE" }]);
  assertEquals(snapshot.env.get("FROM_CONFIG"), "cfg");
  assertEquals(snapshot.env.get("TAKEN"), "yes");
  assertMatch(snapshot.warnings[0]!.message, /^Missing env var "NOPE"/);
});

Deno.test("loadConfig() expands ~ in paths only", async () => {
  const snapshot = await withFile(
    '{agents:{defaults:{workspace:"~/w"}},logging:{file:"~/l"},ui:{assistant:{name:"~/x"}}}',
    async (paths) => ({ paths, ...await loadConfig({ env: envOf({}), paths }) }),
  );
  assertEquals(snapshot.config.agents?.defaults?.workspace, `${snapshot.paths.home}/w`);
  assertEquals(snapshot.config.logging?.file, `${snapshot.paths.home}/l`);
  assertEquals(snapshot.config.ui?.assistant?.name, "~/x");
});

Deno.test("loadConfig() is not fooled by a key named __proto__", async () => {
  const snapshot = await load(
    '{"__proto__":{"gateway":{"port":1}},"gateway":{"__proto__":{"port":2}}}',
  );
  assertEquals(snapshot.config.gateway?.port, undefined);
});

Deno.test("loadConfig() with validate false takes values as they are", async () => {
  const snapshot = await withFile(
    "{gateway:{port:'x'}}",
    (paths) => loadConfig({ env: envOf({}), paths, validate: false }),
  );
  assertEquals([snapshot.valid, snapshot.issues.length], [true, 0]);
});

Deno.test("requireResolved() throws where a missing variable is used and nowhere else", async () => {
  const snapshot = await load('{models:{providers:{p:{baseUrl:"http://x",apiKey:"${KEY}"}}}}');
  assertEquals(requireResolved(snapshot, "models.providers.p.baseUrl"), "http://x");
  for (const path of ["models.providers.p.apiKey", "models"]) {
    const error = assertThrows(() => requireResolved(snapshot, path), AppError);
    assertEquals(error.code, "CONFIG_ENV_MISSING");
    assertMatch(error.message, /"KEY" is missing or empty/);
  }
});

Deno.test("evaluateConfig() survives random bytes", async () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const alphabet = [
    ..."{}[]:,\"'/*\n \\0aé$`~_.-+",
    "gateway",
    "port",
    "null",
    "${A}",
    "//",
    "__proto__",
  ];
  for (let i = 0; i < Number(Deno.env.get("FUZZ_CASES") ?? 300); i++) {
    const raw = Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)]).join(
      "",
    );
    const snapshot = await evaluateConfig({ env: envOf({}), paths: pathsIn("/h"), raw });
    assert(snapshot.valid || snapshot.issues.length > 0, `FUZZ_SEED=${seed} ${raw}`);
  }
});

Deno.test("loadConfig() refuses an agentDir that is another agent's own folder", async () => {
  const home = await Deno.makeTempDir({ prefix: "agent-dir-test-" });
  try {
    const env = envOf({ HOME: home });
    const paths = resolvePaths(env);
    const evaluate = (agentDir: string) => {
      const raw = JSON.stringify({ agents: { list: [{ id: "a", agentDir }, { id: "b" }] } });
      return evaluateConfig({ env, paths, raw, folder: home });
    };
    const shared = await evaluate("~/.openclaw/agents/b/agent/");
    assertEquals(shared.issues.map(({ path }) => path), ["agents.list[0].agentDir"]);
    assertEquals(shared.config.agents?.list?.[0]?.agentDir, undefined);
    assertEquals((await evaluate("~/.openclaw/agents/a/agent")).issues, []);
    assertEquals((await evaluate("/elsewhere")).issues, []);
  } finally {
    await Deno.remove(home, { recursive: true });
  }
});
