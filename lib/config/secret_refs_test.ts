import { assertEquals } from "@std/assert";
import type { JsonObject } from "../base/mod.ts";
import { formatPath } from "./path_syntax.ts";
import { findSecretReferences, isSecretTarget, matchesTarget } from "./secret_refs.ts";

const CONFIG = {
  gateway: { auth: { mode: "token", token: "${GATEWAY_TOKEN}", password: "${GATEWAY_PASSWORD}" } },
  models: {
    providers: {
      a: { apiKey: { source: "env", id: "A_KEY" }, headers: { "x-team": "${TEAM}" } },
      b: { apiKey: "plain", baseUrl: "${BASE}" },
      c: { enabled: false, apiKey: "${C_KEY}" },
    },
  },
  agents: { list: [{ id: "m", key: { source: "file", id: "/x" } }] },
};

Deno.test("findSecretReferences() finds pointers, and which of them nothing uses", () => {
  assertEquals(
    findSecretReferences(CONFIG).map(({ path, isActive }) => [formatPath(path), isActive]),
    [
      ["gateway.auth.token", true],
      ["gateway.auth.password", false],
      ["models.providers.a.apiKey", true],
      ["models.providers.a.headers.x-team", true],
      ["models.providers.c.apiKey", false],
      ["agents.list[0].key", true],
    ],
  );
  assertEquals(findSecretReferences({ x: { token: "$${NAME}" } }), []);
});

Deno.test("targets stand for paths", () => {
  const cases: [target: string, isKnown: boolean, matches: boolean][] = [
    ["models.providers.*.apiKey", true, true],
    ["models.providers.a.apiKey", true, true],
    ["models.providers.b.apiKey", true, false],
    ["models.providers.apiKey", true, false],
    ["models.providers.*.headers.*", true, false],
    ["models.providers.*.baseUrl", false, false],
    ["bogus", false, false],
    ["apiKey", false, false],
    ["a.(x).apiKey", false, false],
  ];
  for (const [target, isKnown, matches] of cases) {
    assertEquals(isSecretTarget(target), isKnown, target);
    assertEquals(matchesTarget(["models", "providers", "a", "apiKey"], target), matches, target);
  }
  assertEquals(matchesTarget(["agents", "list", 3, "token"], "agents.list[].token"), true);
});

Deno.test("findSecretReferences() leaves out webhooks and remote gateways that are not in use", () => {
  const active = (parsed: JsonObject) =>
    findSecretReferences(parsed).map(({ path, isActive }) => [formatPath(path), isActive]);
  const hooks = { token: "${HOOK_TOKEN}" };
  assertEquals(active({ hooks }), [["hooks.token", false]]);
  assertEquals(active({ hooks: { ...hooks, enabled: true } }), [["hooks.token", true]]);
  const remote = { token: "${REMOTE_TOKEN}" };
  assertEquals(active({ gateway: { mode: "local", remote } }), [["gateway.remote.token", false]]);
  assertEquals(active({ gateway: { mode: "remote", remote } }), [["gateway.remote.token", true]]);
  assertEquals(active({ env: { vars: { A_TOKEN: "${X}" } } }), []);
});
