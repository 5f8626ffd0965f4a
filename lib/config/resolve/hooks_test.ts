import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { errorFacts } from "../../protocol/mod.ts";
import type { OpenClawConfig } from "../types.ts";
import { assertHooksUsable, isHookKeyAllowed, resolveHooks } from "./hooks.ts";

type Hooks = NonNullable<OpenClawConfig["hooks"]>;

const ON: Hooks = { enabled: true, token: "hook-token" };

function refusal(hooks: Hooks, gateway = {}): [code: string, message: string] {
  const error = assertThrows(() => assertHooksUsable({ hooks }, gateway), AppError);
  assertEquals(errorFacts(error.code).exit, 78);
  assertMatch(error.hint ?? "", /openclaw config set hooks\.|hooks\/transforms/);
  return [error.code, error.message];
}

Deno.test("resolveHooks() fills in defaults, and is nothing while they are off", () => {
  assertEquals(resolveHooks({}), undefined);
  assertEquals(resolveHooks({ hooks: { token: "x", path: "/" } }), undefined);
  assertEquals(resolveHooks({ hooks: ON }), {
    token: "hook-token",
    path: "/hooks",
    maxBodyBytes: 262_144,
    sessions: { defaultKey: undefined, allowsRequested: false, prefixes: undefined },
    allowedAgentIds: undefined,
    mappings: [],
    transformsDir: undefined,
  });
  const paths = ["in", "//in//", " /in/ ", "/a/b/"].map((path) =>
    resolveHooks({ hooks: { ...ON, path } })?.path
  );
  assertEquals(paths, ["/in", "/in", "/in", "/a/b"]);
  const agents = (allowedAgentIds: string[]) =>
    resolveHooks({ hooks: { ...ON, allowedAgentIds } })?.allowedAgentIds;
  assertEquals([agents([]), agents([" Ops "]), agents(["ops", "*"])], [[], ["ops"], undefined]);
});

Deno.test("assertHooksUsable() refuses a token that is missing or opens the gateway", () => {
  assertEquals(refusal({ enabled: true })[0], "HOOKS_TOKEN_MISSING");
  assertEquals(refusal({ enabled: true, token: "  " })[0], "HOOKS_TOKEN_MISSING");
  assertEquals(refusal(ON, { token: "hook-token" })[0], "HOOKS_TOKEN_REUSED");
  assertEquals(
    refusal({ token: " hook-token " }, { password: "hook-token" })[0],
    "HOOKS_TOKEN_REUSED",
  );
  assertHooksUsable({ hooks: ON }, { token: "other", password: "another" });
  assertHooksUsable({}, {});
});

Deno.test("assertHooksUsable() refuses a path in front of the gateway's own", () => {
  for (const path of ["/", "//", " / ", "/v1", "v1/models/", "/healthz", "/api", "/sessions"]) {
    assertEquals(refusal({ ...ON, path })[0], "HOOKS_PATH_INVALID", path);
  }
  for (const path of ["/api/hooks", "/v1x", "/health/hooks"]) {
    assertEquals(resolveHooks({ hooks: { ...ON, path } })?.path, path);
  }
});

Deno.test("assertHooksUsable() refuses rules for sessions that contradict each other", () => {
  const templated = { match: { path: "x" }, sessionKey: "hook:{{id}}", messageTemplate: "m" };
  const cases: [Hooks, RegExp][] = [
    [{ mappings: [templated], allowRequestSessionKey: true }, /places to fill in/],
    [{ presets: ["gmail"], allowRequestSessionKey: true }, /places to fill in/],
    [{ mappings: [templated], allowedSessionKeyPrefixes: [" "] }, /places to fill in/],
    [{ defaultSessionKey: "own", allowedSessionKeyPrefixes: ["hook:"] }, /"own" has none/],
    [{ allowedSessionKeyPrefixes: ["own:"] }, /lacks "hook:"/],
  ];
  for (const [hooks, why] of cases) {
    const [code, message] = refusal({ ...ON, ...hooks });
    assertEquals(code, "HOOKS_SESSION_RULES_INVALID");
    assertMatch(message, why);
  }
  for (
    const hooks of [
      { mappings: [templated], allowedSessionKeyPrefixes: ["HOOK:"] },
      {
        presets: ["gmail"],
        allowedSessionKeyPrefixes: ["hook:gmail:"],
        defaultSessionKey: "hook:gmail:x",
      },
      { defaultSessionKey: "Own:x", allowedSessionKeyPrefixes: ["own:"] },
      { allowedSessionKeyPrefixes: ["own:", "hook:"] },
      { mappings: [{ ...templated, sessionKey: "hook:fixed" }] },
    ]
  ) assertHooksUsable({ hooks: { ...ON, ...hooks } }, {});
});

Deno.test("assertHooksUsable() refuses scripts outside their folder", () => {
  const withScript = (module: string): Hooks => ({
    ...ON,
    mappings: [{ match: { path: "x" }, transform: { module } }],
  });
  for (
    const module of [
      "../x.mjs",
      "a/../../x.mjs",
      "/etc/x.mjs",
      "https://x.example/x.mjs",
      "..\\x.mjs",
      ".",
      "data:text/javascript,1",
    ]
  ) {
    assertEquals(refusal(withScript(module))[0], "HOOKS_MAPPING_INVALID", module);
  }
  for (const module of ["x.mjs", "./x.mjs", "a/b.js", "a/../x.mjs", "..x.mjs"]) {
    assertHooksUsable({ hooks: withScript(module) }, {});
  }
});

Deno.test("isHookKeyAllowed() compares starts without regard to case", () => {
  const rules = { defaultKey: undefined, allowsRequested: true, prefixes: ["hook:"] };
  assertEquals(isHookKeyAllowed(" Hook:A ", rules), true);
  assertEquals(isHookKeyAllowed("agent:main:hook:a", rules), false);
  assertEquals(isHookKeyAllowed("main", { ...rules, prefixes: undefined }), true);
});
