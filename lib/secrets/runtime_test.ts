import { assert, assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { PrivateFolder, snapshotOf } from "./_testing.ts";
import { assertResolved, resolveRuntime } from "./runtime.ts";

const CONFIG = {
  gateway: { mode: "local", auth: { token: { source: "env", id: "GATEWAY_KEY" } } },
  models: {
    providers: {
      a: {
        baseUrl: "http://127.0.0.1:1/v1",
        apiKey: { source: "file", provider: "vault", id: "/a" },
        headers: { "x-team": "${TEAM_KEY}" },
      },
    },
  },
  skills: { entries: { off: { enabled: false, apiKey: "${NOT_THERE}" } } },
  secrets: { providers: { vault: { source: "file", path: "" } } },
};
const VARIABLES = { GATEWAY_KEY: "gateway-secret", TEAM_KEY: "team-secret" };

async function scene(folder: PrivateFolder, variables: Record<string, string> = VARIABLES) {
  const path = folder.file("s.json", '{"a":"file-secret"}');
  const secrets = { providers: { vault: { source: "file", path } } };
  return await snapshotOf({ ...CONFIG, secrets }, variables);
}

Deno.test("resolveRuntime() puts secrets in place of pointers and keeps the pointers", async () => {
  using folder = new PrivateFolder();
  const snapshot = await scene(folder);
  const { snapshot: runtime, problems, warnings } = await resolveRuntime(snapshot);
  assertEquals(problems, []);
  assertEquals(warnings.map(({ code, path }) => [code, path]), [
    ["SECRETS_REF_IGNORED_INACTIVE_SURFACE", "skills.entries.off.apiKey"],
  ]);
  assertEquals(runtime.config.gateway?.auth?.token, "gateway-secret");
  assertEquals(runtime.config.models?.providers?.a?.apiKey, "file-secret");
  assertEquals(Object.fromEntries(runtime.resolved!.values), {
    "gateway.auth.token": "gateway-secret",
    "models.providers.a.apiKey": "file-secret",
    "models.providers.a.headers.x-team": "team-secret",
  });
  assertEquals(runtime.resolved!.pointers, snapshot.config);
  assert(!JSON.stringify(snapshot.config).includes("file-secret"), "the input is not changed");
  const again = await resolveRuntime(runtime);
  assertEquals(again.snapshot.config, runtime.config);
});

Deno.test("resolveRuntime() leaves out the gateway's credential that something else replaces", async () => {
  using folder = new PrivateFolder();
  const { GATEWAY_KEY: _absent, ...rest } = VARIABLES;
  const withVariable = await scene(folder, { ...rest, OPENCLAW_GATEWAY_TOKEN: "env-token" });
  for (
    const [snapshot, flags] of [[withVariable, {}], [await scene(folder, rest), {
      token: true,
    }]] as const
  ) {
    const { problems, warnings } = await resolveRuntime(snapshot, { flags });
    assertEquals(problems, []);
    assertEquals(warnings[0]?.code, "SECRETS_GATEWAY_AUTH_SURFACE");
  }
});

Deno.test("assertResolved() names every field and the way out, with exit code 78", async () => {
  using folder = new PrivateFolder();
  const snapshot = await scene(folder, {});
  const { problems } = await resolveRuntime(snapshot);
  const error = assertThrows(() => assertResolved(problems, "Startup failed"), AppError);
  assertEquals(error.code, "SECRET_UNRESOLVED");
  assertEquals(
    error.message,
    "Startup failed: required secrets are unavailable. gateway.auth.token: Environment variable " +
      '"GATEWAY_KEY" is missing or empty; models.providers.a.headers.x-team: Environment variable ' +
      '"TEAM_KEY" is missing or empty',
  );
  assertEquals(
    error.hint,
    "Set GATEWAY_KEY where the gateway is started; to see all of them: openclaw secrets audit --check",
  );
});

Deno.test("resolveRuntime() keeps the last good secret of an unchanged pointer only", async () => {
  using folder = new PrivateFolder();
  const before = (await resolveRuntime(await scene(folder))).snapshot;
  const snapshot = await scene(folder);
  Deno.writeTextFileSync(`${folder.path}/s.json`, "{}");
  const { snapshot: kept, problems } = await resolveRuntime(snapshot, { lastGood: before });
  assertEquals(problems.map(({ path }) => path), ["models.providers.a.apiKey"]);
  assertEquals(kept.config.models?.providers?.a?.apiKey, "file-secret");
  const other = JSON.parse(JSON.stringify(snapshot.parsed).replace('"/a"', '"/b"'));
  const changed = await snapshotOf(other, VARIABLES);
  const runtime = await resolveRuntime(changed, { lastGood: before });
  assertEquals(runtime.snapshot.resolved!.values.has("models.providers.a.apiKey"), false);
});

Deno.test("resolveRuntime() finds pointers that came from another file, and minds --auth", async () => {
  const whole = await snapshotOf({ gateway: { auth: { token: { source: "env", id: "A_KEY" } } } });
  const included = { ...whole, parsed: { $include: "other.json5" } };
  const { problems } = await resolveRuntime(included);
  assertEquals(problems.map(({ path }) => path), ["gateway.auth.token"]);
  const other = await resolveRuntime(included, { flags: { mode: "none" } });
  assertEquals([other.problems, other.warnings[0]?.code], [[], "SECRETS_GATEWAY_AUTH_SURFACE"]);
});
