import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import JSON5 from "json5";
import { createHome } from "../testing/run_test.ts";

Deno.test("setup makes config, workspace and token once", async () => {
  await using home = await createHome({ config: null });
  const first = await home.run("setup");
  assertEquals(first.code, 0, first.err);
  assertStringIncludes(
    first.out,
    "Wrote ~/.openclaw/openclaw.json\nWorkspace OK: ~/.openclaw/workspace\n",
  );
  const text = await Deno.readTextFile(home.configPath);
  const { gateway, meta } = JSON.parse(text);
  assertEquals(gateway.mode, "local");
  assertEquals(gateway.auth.token.length, 48);
  assertEquals(meta.lastTouchedVersion, "2026.5.12");
  assert(!first.out.includes(gateway.auth.token), "the token is shown");
  assertEquals((await Deno.stat(`${home.dir}/.openclaw/workspace`)).isDirectory, true);
  if (Deno.build.os !== "windows") {
    assertEquals((await Deno.stat(home.configPath)).mode! & 0o777, 0o600);
  }
  const second = await home.run("setup");
  assertStringIncludes(second.out, "Config OK: ~/.openclaw/openclaw.json\n");
  assertEquals(await Deno.readTextFile(home.configPath), text);
});

Deno.test("setup keeps comments and everything that is configured", async () => {
  const config = `{
  // mine
  "gateway": { "mode": "remote", "auth": { "password": "p" }, "remote": { "url": "wss://x" } },
  "unknownKey": 1
}
`;
  await using home = await createHome({ config });
  const { code, out } = await home.run("setup", "--workspace", `${home.dir}/files`);
  assertEquals(code, 0);
  assertStringIncludes(out, 'gateway.mode stays "remote"');
  const text = await Deno.readTextFile(home.configPath);
  assertStringIncludes(text, "// mine");
  const value = JSON5.parse(text);
  assertEquals(value.gateway.mode, "remote");
  assertEquals(value.gateway.auth, { password: "p" });
  assertEquals(value.unknownKey, 1);
  assertEquals(value.agents.defaults.workspace, `${home.dir}/files`);
  assertEquals((await Deno.stat(`${home.dir}/files`)).isDirectory, true);
});

Deno.test("setup --json names the next command with the profile", async () => {
  await using home = await createHome({ config: null });
  const { out } = await home.run("--profile", "ops", "setup", "--json");
  const answer = JSON.parse(out);
  assertEquals(answer.path, `${home.dir}/.openclaw-ops/openclaw.json`);
  assertEquals(answer.next, "openclaw --profile ops gateway run");
  assertEquals(answer.tokenCreated, true);
});
