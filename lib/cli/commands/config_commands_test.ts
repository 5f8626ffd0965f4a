import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createHome } from "../testing/run_test.ts";
import { parseValue } from "./config_set.ts";

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
  assertEquals(out, "Updated gateway.port. Restart the gateway to apply.\n");
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

Deno.test("config unset removes what was named, even the mode", async () => {
  await using home = await createHome({ config: CONFIG });
  assertEquals(
    (await home.run("config", "unset", "gateway.mode")).out,
    "Removed gateway.mode. Restart the gateway to apply.\n",
  );
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
