import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { sha256Hex } from "../../base/mod.ts";
import { createHome } from "../testing/run_test.ts";
import { parseValue } from "../config/set_plan.ts";

const CONFIG = `{
  // where it listens
  gateway: { mode: "local", port: 18790, auth: { token: "very-secret" } },
  logging: { level: "info" },
}
`;

Deno.test("config get shows scalars raw, objects as JSON, and no secret", async () => {
  await using home = await createHome({ config: CONFIG });
  assertEquals((await home.run("config", "get", "gateway.port")).out, "18790\n");
  assertEquals((await home.run("config", "get", "gateway.mode")).out, "local\n");
  assertEquals((await home.run("config", "get", "gateway.mode", "--json")).out, '"local"\n');
  const all = await home.run("config", "get", "gateway");
  assertEquals(JSON.parse(all.out).auth.token, "__OPENCLAW_REDACTED__");
  const token = await home.run("config", "get", "gateway.auth.token");
  assertEquals(token.out, "__OPENCLAW_REDACTED__\n");
  const none = await home.run("config", "get", "gateway.nope");
  assertEquals(none.code, 1);
  assertStringIncludes(none.err, "Config path not found: gateway.nope");
});

Deno.test("config get of a file that cannot be parsed says so", async () => {
  await using home = await createHome({ config: "{ gateway: " });
  const { code, err } = await home.run("config", "get", "gateway.port");
  assertEquals(code, 78);
  assertStringIncludes(err, "Cannot read config");
  assertStringIncludes(err, "line 1");
});

Deno.test("config set changes one value and keeps the rest", async () => {
  await using home = await createHome({ config: CONFIG });
  const { code, out, err } = await home.run("config", "set", "gateway.port", "18791");
  assertEquals(code, 0, err);
  assertEquals(
    out,
    "Updated gateway.port. A running gateway restarts itself, after what is under way.\n",
  );
  assertMatch(err, /^Config overwrite: .* \(sha256 [0-9a-f]{12} -> [0-9a-f]{12}\)\n$/);
  const text = await Deno.readTextFile(home.configPath);
  assertEquals(text, CONFIG.replace("18790", "18791"));
  assertStringIncludes((await home.run("config", "set", "gateway.port", "18791")).out, "No change");
});

Deno.test("config set refuses what would not be valid and writes nothing", async () => {
  await using home = await createHome({ config: CONFIG });
  const cases: [string[], number][] = [
    [["gateway.port", "high"], 78],
    [["gateway.port", "high", "--dry-run"], 78],
    [["gateway.port", "not json", "--strict-json"], 64],
    [["gateway", "{}"], 1],
    [["gateway..port", "1"], 64],
  ];
  for (const [args, expected] of cases) {
    const { code, out } = await home.run("config", "set", ...args);
    assertEquals([code, out], [expected, ""], args.join(" "));
  }
  const dry = await home.run("config", "set", "gateway.port", "1", "--dry-run", "--json");
  assertEquals(JSON.parse(dry.out).dryRun, true);
  assertEquals(await Deno.readTextFile(home.configPath), CONFIG);
});

Deno.test("config set never replaces a file it cannot read", async () => {
  await using home = await createHome();
  await Deno.writeFile(home.configPath, new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]));
  const { code } = await home.run("config", "set", "gateway.port", "1");
  assertEquals(code, 78);
  assertEquals((await Deno.readFile(home.configPath)).length, 4);
});

Deno.test("config set and patch make no new file of one value where the file is gone", async () => {
  await using home = await createHome({ config: CONFIG });
  await home.run("config", "set", "ui.seamColor", "#000000");
  await Deno.remove(home.configPath);
  const refused = await home.run("config", "set", "ui.seamColor", "#000001", "--json");
  const { code, hint } = JSON.parse(refused.out).error;
  assertEquals([refused.code, code], [1, "CONFIG_WRITE_DESTRUCTIVE"]);
  const version = /openclaw config restore ([0-9a-f]{12})/.exec(hint)![1]!;
  const patch = join(home.dir, "patch.json5");
  await Deno.writeTextFile(patch, "{ ui: { seamColor: '#000002' } }");
  assertEquals((await home.run("config", "patch", "--file", patch)).code, 1);
  await home.run("config", "restore", version);
  assertStringIncludes(await Deno.readTextFile(home.configPath), "// where it listens");

  await Deno.remove(home.configPath);
  assertEquals((await home.run("config", "set", "ui.seamColor", "#3", "--force")).code, 78);
  assertEquals((await home.run("config", "set", "ui.seamColor", "#333", "--force")).code, 0);
});

Deno.test("config unset removes what was named, even the mode", async () => {
  await using home = await createHome({ config: CONFIG });
  const { out, err } = await home.run("config", "unset", "gateway.mode");
  assertEquals(
    out,
    "Removed gateway.mode. A running gateway restarts itself, after what is under way.\n",
  );
  assertStringIncludes(err, "gateway.mode: without it a gateway refuses to start");
  assertEquals((await home.run("config", "unset", "gateway.mode")).code, 1);
  assert(!(await Deno.readTextFile(home.configPath)).includes("mode"));
});

Deno.test("config file and validate", async () => {
  await using home = await createHome({ config: CONFIG });
  assertEquals((await home.run("config", "file")).out, `${home.configPath}\n`);
  const valid = await home.run("config", "validate");
  assertEquals([valid.code, valid.out], [0, `Config valid: ${home.configPath}\n`]);
  await Deno.writeTextFile(home.configPath, '{ gateway: { port: "x", prot: 1 } }');
  const invalid = await home.run("config", "validate");
  assertEquals([invalid.code, invalid.out], [1, ""]);
  assertStringIncludes(
    invalid.err,
    `OpenClaw config is invalid: ${home.configPath}\n  × gateway.port`,
  );
  assertStringIncludes(invalid.err, 'did you mean "port"');
  const json = await home.run("config", "validate", "--json");
  assertEquals([json.code, JSON.parse(json.out).valid], [1, false]);
});

Deno.test("config set says what has to happen for the change to be in force", async () => {
  await using home = await createHome({ config: CONFIG });
  const cases: [string, string, string][] = [
    ["ui.seamColor", "#ff4500", "Live: a running gateway takes it up without a restart."],
    ["channels.irc.host", "a", "It restarts the channel irc; the gateway goes on."],
    ["channels.defaults.groupPolicy", "open", "It restarts the channels; the gateway goes on."],
    ["gateway.port", "18795", "A running gateway restarts itself, after what is under way."],
    [
      "gateway",
      "{mode:'local',port:1,auth:{token:'other-secret'},reload:{mode:'hot'}}",
      "Restart the gateway to apply for gateway.port.",
    ],
    ["gateway.reload.mode", "off", "Live: a running gateway takes it up without a restart."],
    ["gateway.reload.debounceMs", "100", "Restart the gateway to apply."],
    ["ui.seamColor", "#ff4501", "Restart the gateway to apply."],
    [
      "gateway.reload.mode",
      "restart",
      "A running gateway restarts itself, after what is under way.",
    ],
  ];
  for (const [path, value, effect] of cases) {
    assertEquals(
      (await home.run("config", "set", path, value)).out,
      `Updated ${path}. ${effect}\n`,
    );
  }
  const json = await home.run("config", "set", "logging.level", "debug", "--json");
  const { reload, changedPaths, restartPaths, hash } = JSON.parse(json.out);
  assertEquals([reload, changedPaths, restartPaths], [
    "restart",
    ["logging.level"],
    ["logging.level"],
  ]);
  assertEquals(hash, await sha256Hex(await Deno.readTextFile(home.configPath)));
});

Deno.test("config set warns of a key that it brings in and nobody knows", async () => {
  await using home = await createHome({ config: CONFIG.replace("logging", "loging") });
  const { code, err } = await home.run("config", "set", "gatway.port", "1");
  assertEquals(code, 0);
  assertStringIncludes(err, '! gatway: unknown key, did you mean "gateway"?');
  assert(!err.includes("loging"), err);
  const json = await home.run("config", "set", "gateway.prot", "1", "--json");
  assertEquals(JSON.parse(json.out).warnings.map(({ path }: { path: string }) => path), [
    "gateway.prot",
  ]);
});

Deno.test("config set takes references, batches and objects to merge", async () => {
  await using home = await createHome({ config: CONFIG });
  const get = async (path: string) =>
    JSON.parse((await home.run("config", "get", path, "--json")).out);
  await home.run("config", "set", "hooks.gmail.pushToken", "--ref-source=env", "--ref-id=PUSH");
  assertEquals(await get("hooks.gmail.pushToken"), {
    source: "env",
    provider: "default",
    id: "PUSH",
  });
  const batch = [
    { path: "secrets.providers.vault", provider: { source: "file", path: "/s.json" } },
    { path: "gateway.auth.token", ref: { source: "env", provider: "default", id: "TOKEN" } },
    { path: "ui.assistant", value: { name: "Claw" } },
  ];
  const set = await home.run("config", "set", "--batch-json", JSON.stringify(batch));
  assertEquals(set.code, 0, set.err);
  assertEquals((await get("secrets.providers")).vault.source, "file");
  await home.run("config", "set", "--merge", "ui.assistant", "{avatar:'C'}");
  assertEquals(await get("ui.assistant"), { name: "Claw", avatar: "C" });
  assertStringIncludes(await Deno.readTextFile(home.configPath), "// where it listens");
  const provider = ["--provider-source=exec", "--provider-command=/bin/vault", "--provider-arg=-r"];
  const more = ["--provider-env", "A=b=c", "--provider-timeout-ms", "100", "--provider-json-only"];
  await home.run("config", "set", "secrets.providers.own", ...provider, ...more);
  assertEquals(await get("secrets.providers.own"), {
    source: "exec",
    timeoutMs: 100,
    command: "/bin/vault",
    args: ["-r"],
    jsonOnly: true,
    env: { A: "b=c" },
  });
  const wrong = [
    ["a", "--provider-path=x"],
    ["a", "1", ...provider],
    ["ui.seamColor"],
    ["a", "1", "--ref-id=X"],
    ["--batch-json", "[{}]"],
    [],
  ];
  for (const args of wrong) {
    assertEquals((await home.run("config", "set", ...args)).code, 64, args.join(" "));
  }
});

Deno.test("config set makes the change again when someone else wrote meanwhile", async () => {
  await using home = await createHome({ config: CONFIG });
  const keys = Array.from({ length: 6 }, (_, index) => `name${index}`);
  const runs = await Promise.all(
    keys.map((key) => home.run("config", "set", `session.identityLinks.${key}`, "['a']")),
  );
  assertEquals(runs.map(({ code }) => code), keys.map(() => 0), runs.map(({ err }) => err).join());
  const links = await home.run("config", "get", "session.identityLinks", "--json");
  assertEquals(Object.keys(JSON.parse(links.out)).sort(), keys);
});

Deno.test("config patch merges, deletes by null and names what goes", async () => {
  const patch = "{ logging: null, gateway: { port: 5 }, agents: { list: [{ id: 'a' }] } }";
  await using home = await createHome({ config: CONFIG, input: patch });
  const { code, out, err } = await home.run("config", "patch", "--stdin");
  assertEquals(code, 0, err);
  assertStringIncludes(out, "Updated logging, gateway, agents. A running gateway restarts itself");
  const text = await Deno.readTextFile(home.configPath);
  assertStringIncludes(text, "// where it listens");
  assert(!text.includes("logging"), text);
  assertEquals((await home.run("config", "patch")).code, 64);
  assertEquals((await home.run("config", "patch", "--file", `${home.dir}/none`)).code, 64);
});

Deno.test("config apply refuses what would be lost unless it is named", async () => {
  const wanted = '{"gateway":{"mode":"local","port":18790,"auth":{"token":"very-secret"}}}';
  await using home = await createHome({ config: CONFIG, input: wanted });
  const refused = await home.run("config", "apply", "--stdin");
  assertEquals(refused.code, 1);
  assertStringIncludes(refused.err, "the sections logging would be lost");
  assertStringIncludes(refused.err, "--replace-section logging");
  assertEquals(await Deno.readTextFile(home.configPath), CONFIG);
  const stale = await home.run("config", "apply", "--stdin", "--base-hash", "0".repeat(64));
  assertEquals(stale.code, 75);
  const named = ["--replace-section", "logging"];
  const dry = await home.run("config", "apply", "--stdin", "--dry-run", ...named);
  assertStringIncludes(dry.out, "Dry run");
  assertEquals(await Deno.readTextFile(home.configPath), CONFIG);
  const done = await home.run("config", "apply", "--stdin", ...named);
  assertEquals(done.code, 0, done.err);
  assertStringIncludes(await Deno.readTextFile(home.configPath), "// where it listens");
});

Deno.test("config history, diff and restore lead back to any version", async () => {
  await using home = await createHome({ config: CONFIG, env: { USER: "me" } });
  assertStringIncludes((await home.run("config", "history")).out, "No version is kept yet");
  assertEquals((await home.run("config", "diff")).code, 1);
  await home.run("config", "set", "gateway.port", "1");
  await home.run("config", "set", "gateway.auth.token", "second-secret");
  const { current, versions } = JSON.parse((await home.run("config", "history", "--json")).out);
  assertEquals(current, await sha256Hex(await Deno.readTextFile(home.configPath)));
  assertEquals(
    versions.map((version: Record<string, unknown>) => [version.by, version.action, version.paths]),
    [
      ["cli me", "config set gateway.auth.token", ["gateway.auth.token"]],
      ["cli me", "config set gateway.port", ["gateway.port"]],
      ["outside", "edited outside", undefined],
    ],
  );
  const table = (await home.run("config", "history", "--limit", "1")).out;
  assertStringIncludes(table, `${current.slice(0, 12)} *`);
  const first = versions[2].hash;
  const diff = await home.run("config", "diff", first.slice(0, 10));
  assertStringIncludes(diff.out, "~ gateway.port: 18790 -> 1\n");
  assertStringIncludes(diff.out, "~ gateway.auth.token: ");
  assert(!/second-secret|very-secret/.test(diff.out + table), diff.out);
  const dry = await home.run("config", "restore", first, "--dry-run", "--json");
  assertEquals(JSON.parse(dry.out).changedPaths, ["gateway.port", "gateway.auth.token"]);
  const restored = await home.run("config", "restore", first.slice(0, 8));
  assertEquals(restored.code, 0, restored.err);
  assertEquals(await Deno.readTextFile(home.configPath), CONFIG);
  const after = JSON.parse((await home.run("config", "history", "--json")).out);
  assertEquals(after.versions.length, 4);
  assertEquals((await home.run("config", "restore", "ffff")).code, 1);
});

Deno.test("config schema shows all of it as JSON, or the keys below a path", async () => {
  await using home = await createHome();
  const schema = JSON.parse((await home.run("config", "schema")).out);
  assertEquals(schema.properties.gateway.properties.port.type, "integer");
  const text = (await home.run("config", "schema", "agents.list[0].heartbeat.every")).out;
  assertStringIncludes(text, "agents.list[].heartbeat.every  text; live\n");
  const json = await home.run("config", "schema", "gateway.auth.token", "--json");
  const { fields } = JSON.parse(json.out);
  assertEquals([fields[0].secret, fields[0].reload, fields[0].type], [
    true,
    "live",
    "text | object",
  ]);
  const quoted = await home.run("config", "schema", 'models.providers["my.name"].apiKey');
  assertStringIncludes(quoted.out, "models.providers.*.apiKey");
  const unknown = await home.run("config", "schema", "gateway.nope");
  assertEquals(unknown.code, 1);
  assertStringIncludes(unknown.err, "Fix: openclaw config schema gateway\n");
  assertStringIncludes((await home.run("config", "schema", "nope.x")).err, "config schema\n");
  assertEquals((await home.run("config", "schema", "a..b")).code, 64);
});

Deno.test("config edit takes a valid text and keeps an invalid one", async () => {
  const texts = [CONFIG, CONFIG.replace("18790", "18791"), CONFIG.replace("18790", "'x'")];
  const opened: string[] = [];
  await using home = await createHome({
    config: CONFIG,
    env: { EDITOR: "vi -n" },
    program: async (command, args) => {
      opened.push(`${command} ${args[0]}`);
      await Deno.writeTextFile(args[1]!, texts.shift()!);
      return 0;
    },
  });
  assertStringIncludes((await home.run("config", "edit")).out, "No change");
  const edited = await home.run("config", "edit");
  assertEquals(
    edited.out,
    "Updated the configuration. A running gateway restarts itself, after what is under way.\n",
  );
  const invalid = await home.run("config", "edit");
  assertEquals(invalid.code, 78);
  const kept = /kept in (.*)\n/.exec(invalid.err)?.[1] ?? "";
  assertStringIncludes(await Deno.readTextFile(kept), "port: 'x'");
  assertStringIncludes(await Deno.readTextFile(home.configPath), "port: 18791");
  assertEquals(opened, ["vi -n", "vi -n", "vi -n"]);
});

Deno.test("config edit writes over no text that it kept before", async () => {
  const texts = ["{ first", "{ second"];
  await using home = await createHome({
    config: CONFIG,
    env: { EDITOR: "vi" },
    program: async (_command, args) => {
      await Deno.writeTextFile(args[0]!, texts.shift()!);
      return 0;
    },
  });
  const kept: string[] = [];
  for (const expected of ["{ first", "{ second"]) {
    const { err } = await home.run("config", "edit");
    kept.push(/kept in (.*)\n/.exec(err)![1]!);
    assertEquals(await Deno.readTextFile(kept.at(-1)!), expected);
  }
  assertEquals(await Deno.readTextFile(kept[0]!), "{ first");
});

Deno.test("config edit says what is missing without an editor", async () => {
  await using home = await createHome({ config: CONFIG });
  const { code, err } = await home.run("config", "edit");
  assertEquals(code, 64);
  assertStringIncludes(err, "neither VISUAL nor EDITOR is set");
});

Deno.test("parseValue() takes JSON5 where it is that, else text", async () => {
  const cases: [string, unknown][] = [
    ["18790", 18790],
    ["true", true],
    ["null", null],
    ['"5"', "5"],
    ["{ a: [1,] }", { a: [1] }],
    ["'single'", "single"],
    ["openai/gpt-5.5", "openai/gpt-5.5"],
    ["NaN", "NaN"],
    ["Infinity", "Infinity"],
    ["", ""],
    ["${TOKEN}", "${TOKEN}"],
  ];
  for (const [text, value] of cases) assertEquals(await parseValue(text, false), value, text);
});

Deno.test("config set --strict-json never quotes what it cannot read", async () => {
  await using home = await createHome();
  const secret = "sk-live-0123456789abcdef";
  const { code, out, err } = await home.run(
    "config",
    "set",
    "models.providers.a.apiKey",
    secret,
    "--strict-json",
  );
  assertEquals(code, 64);
  assert(!(out + err).includes("sk-live"), err);
});

Deno.test("config set replaces a list of an included file, and says so where it cannot", async () => {
  await using home = await createHome({
    config: '{ agents: { $include: "./agents.json5" }, session: { $include: ["./s.json5"] } }\n',
  });
  const [included, session] = ["agents", "s"].map((name) =>
    join(home.dir, ".openclaw", `${name}.json5`)
  );
  await Deno.writeTextFile(included!, '{ list: [{ id: "a" }], defaults: { skipBootstrap: true } }');
  await Deno.writeTextFile(session!, '{ resetTriggers: ["/new"] }');
  const set = await home.run("config", "set", "agents.list", '[{id:"b"}]');
  assertEquals([set.code, set.err], [0, `Config overwrite: ${included}\n`]);
  assertStringIncludes((await home.run("config", "get", "agents.list")).out, '"b"');
  assert(!(await Deno.readTextFile(included!)).includes('"a"'));
  await home.run("config", "set", "agents.list[0].name", "Bee");
  const merge = ["agents.defaults", "{timeoutSeconds:5}", "--merge"];
  await home.run("config", "set", ...merge);
  assertEquals(
    await Deno.readTextFile(included!),
    '{ list: [{ id: "b", name: "Bee" }], defaults: { skipBootstrap: true, timeoutSeconds: 5 } }',
  );
  const same = await home.run("config", "set", ...merge);
  assertEquals([same.code, same.err], [0, ""]);
  assertStringIncludes(same.out, "No change");
  const sum = await home.run("config", "set", "session.resetTriggers", "[]");
  assertEquals(sum.code, 1);
  assertStringIncludes(sum.err, '"session" is not what one included file says');
});

Deno.test("a write where nothing can be included names what is wrong there", async () => {
  for (const named of ["../x.json5", "./none.json5"]) {
    await using home = await createHome({ config: `{ gateway: { $include: "${named}" } }` });
    const { code, out } = await home.run("config", "set", "gateway.port", "7", "--json");
    const { error } = JSON.parse(out);
    assertEquals([code, error.code], [78, "CONFIG_INVALID"]);
    assertMatch(error.message, /^Cannot write config: gateway\.\$include: (?:Include|Failed)/);
  }
});

Deno.test("versions of an included file are listed, compared without secrets and restored", async () => {
  await using home = await createHome({ config: '{ gateway: { $include: "./gateway.json5" } }' });
  const included = join(home.dir, ".openclaw", "gateway.json5");
  const old = '{ mode: "local", port: 1, auth: { token: "very-secret-1" } } // mine';
  await Deno.writeTextFile(included, old);
  await home.run("config", "set", "gateway.auth.token", "very-secret-2");
  await home.run("config", "set", "gateway.port", "2");
  const history = await home.run("config", "history");
  assertMatch(history.out, /\*.*config set gateway\.port .*in gateway\.json5: gateway\.port/);
  const { versions } = JSON.parse((await home.run("config", "history", "--json")).out);
  assertEquals(versions.length, 3);
  const first = versions.at(-1);
  assertEquals([first.file, first.by], [included, "outside"]);
  const diff = await home.run("config", "diff", first.hash);
  assertMatch(diff.out, /~ gateway\.port: 1 -> 2/);
  assert(!(diff.out + history.out).includes("very-secret"));
  const restored = await home.run("config", "restore", first.hash.slice(0, 12));
  assertEquals([restored.code, await Deno.readTextFile(included)], [0, old]);
  assertStringIncludes((await home.run("config", "restore", first.hash)).out, "No change");
  assertStringIncludes(await Deno.readTextFile(home.configPath), "$include");
});

Deno.test("config unset takes away what an included file says, from that file", async () => {
  await using home = await createHome({
    config: '{ gateway: { $include: "./gateway.json5" } } // mine\n',
  });
  const included = join(home.dir, ".openclaw", "gateway.json5");
  await Deno.writeTextFile(included, '{\n  mode: "local", // here\n  port: 1,\n}\n');
  const { code, err } = await home.run("config", "unset", "gateway.port");
  assertEquals([code, err.includes("Error")], [0, false], err);
  assertEquals(await Deno.readTextFile(included), '{\n  mode: "local", // here\n}\n');
  const unknown = await home.run("config", "unset", "gateway.nope");
  assertEquals(unknown.code, 1);
});

Deno.test("config set refuses a pointer into a file that has no such secret, unless forced", async () => {
  await using home = await createHome();
  const vault = join(home.dir, "vault.json");
  await Deno.writeTextFile(vault, '{"there":"x"}', { mode: 0o600 });
  const provider = JSON.stringify({ source: "file", path: vault });
  await home.run("config", "set", "secrets.providers.vault", provider, "--strict-json");
  const base = '{ baseUrl: "http://127.0.0.1:1/v1", models: [] }';
  await home.run("config", "set", "models.providers.a", base, "--strict-json");
  const point = (id: string, ...more: string[]) =>
    home.run(
      ...["config", "set", "models.providers.a.apiKey", "--ref-source", "file"],
      ...["--ref-provider", "vault", "--ref-id", id, ...more],
    );
  const lost = await point("/nope");
  assertEquals(lost.code, 78);
  assertStringIncludes(lost.err, "models.providers.a.apiKey");
  assertEquals((await point("/there")).code, 0);
  assertEquals((await point("/nope", "--force")).code, 0);
  const env = JSON.stringify({ source: "env", provider: "default", id: "NOT_SET_HERE" });
  const named = await home.run(
    ...["config", "set", "models.providers.a.apiKey", env, "--strict-json"],
  );
  assertEquals(named.code, 0);
  assertStringIncludes(named.err, "NOT_SET_HERE");
  const status = JSON.parse((await home.run("status", "--json", "--timeout", "50")).out);
  assertEquals(status.secretDiagnostics.length, 1);
  assertStringIncludes(status.secretDiagnostics[0], "NOT_SET_HERE");
});

Deno.test("status names files of an earlier version in one line", async () => {
  await using home = await createHome();
  await Deno.mkdir(join(home.dir, ".clawdbot"));
  const { out } = await home.run("status", "--timeout", "50");
  assertStringIncludes(out, "Earlier files");
  assertStringIncludes(out, "~/.clawdbot: a state folder under its old name");
});
