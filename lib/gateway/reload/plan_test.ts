import { assertEquals } from "@std/assert";
import { envOf } from "../../base/mod.ts";
import { type ConfigSnapshot, evaluateConfig, resolvePaths } from "../../config/mod.ts";
import { planReload } from "./plan.ts";

function say(value: unknown, variables: Record<string, string> = {}): Promise<ConfigSnapshot> {
  const env = envOf({ HOME: "/nowhere", ...variables });
  const options = { env, paths: resolvePaths(env), folder: "/nowhere" };
  return evaluateConfig({ ...options, raw: JSON.stringify(value) });
}

Deno.test("planReload() tells of each changed path when it takes effect", async () => {
  const before = await say({ gateway: { port: 1, auth: { token: "a" } }, agents: { list: [] } });
  const after = await say({
    gateway: { port: 2, auth: { token: "b" }, reload: { mode: "hot" } },
    agents: { list: [{ id: "x" }] },
    logging: { level: "debug" },
  });
  const { changes, restartPaths } = await planReload(before, after);
  assertEquals(changes.map(({ path, reload }) => `${path} ${reload}`), [
    "gateway.port restart",
    "gateway.auth.token live",
    "gateway.reload live",
    "agents.list live",
    "logging restart",
  ]);
  assertEquals(restartPaths, ["gateway.port", "logging"]);
  assertEquals((await planReload(before, before)).changes, []);
});

Deno.test("planReload() takes what comes as a whole for its parts", async () => {
  const before = await say({});
  const live = await say({ gateway: { auth: { token: "t" }, reload: { mode: "hot" } } });
  assertEquals((await planReload(before, live)).restartPaths, []);
  const mixed = await say({ gateway: { auth: { token: "t", mode: "token" } } });
  assertEquals((await planReload(before, mixed)).restartPaths, ["gateway"]);
  assertEquals((await planReload(mixed, before)).restartPaths, ["gateway"]);
});

Deno.test("planReload() sees the same text say something else by a variable", async () => {
  const text = { gateway: { auth: { token: "${T}" } } };
  const { changes } = await planReload(await say(text, { T: "1" }), await say(text, { T: "2" }));
  assertEquals(changes, [{ path: "gateway.auth.token", reload: "live" }]);
});

Deno.test("planReload() names variables of files without their values", async () => {
  const base = await say({});
  const with_ = (fileVariables: Record<string, string>) => ({ ...base, fileVariables });
  const { changes, restartPaths } = await planReload(
    with_({ A: "1", GONE: "1", SAME: "1" }),
    with_({ A: "2", SAME: "1", OPENCLAW_GATEWAY_PORT: "2", OPENCLAW_GATEWAY_TOKEN: "secret" }),
  );
  assertEquals(changes.map(({ path }) => path), [
    ".env A",
    ".env GONE",
    ".env OPENCLAW_GATEWAY_PORT",
    ".env OPENCLAW_GATEWAY_TOKEN",
  ]);
  assertEquals(restartPaths, [".env OPENCLAW_GATEWAY_PORT"]);
});
