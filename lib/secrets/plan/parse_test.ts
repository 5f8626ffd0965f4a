import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { parsePlan } from "./parse.ts";

const REF = { source: "env", provider: "default", id: "OPENAI_API_KEY" };

function plan(target: Record<string, unknown>, over: Record<string, unknown> = {}) {
  return { version: 1, protocolVersion: 1, targets: [{ ref: REF, ...target }], ...over };
}

const ACCEPTED: Record<string, unknown>[] = [
  {
    type: "models.providers.apiKey",
    path: "models.providers.openai.apiKey",
    providerId: "openai",
  },
  { type: "models.providers.*.apiKey", path: "models.providers.openai.apiKey" },
  {
    type: "models.providers.apiKey",
    path: "models.providers.my.own.apiKey",
    pathSegments: ["models", "providers", "my.own", "apiKey"],
  },
  { type: "skills.entries.apiKey", path: "skills.entries.search.apiKey" },
  {
    type: "channels.googlechat.serviceAccount",
    path: "channels.googlechat.accounts.work.serviceAccount",
    accountId: "work",
  },
  { type: "gateway.auth.token", path: "gateway.auth.token" },
  {
    type: "auth-profiles.api_key.key",
    path: "profiles.openai:default.key",
    agentId: "main",
    authProfileProvider: "openai",
  },
];

for (const target of ACCEPTED) {
  Deno.test(`parsePlan() takes ${target.type} at ${target.path}`, () => {
    const [parsed] = parsePlan(plan(target)).targets;
    assertEquals(parsed?.ref, { source: "env", provider: "default", id: "OPENAI_API_KEY" });
    assertEquals(parsed?.segments.join("."), target.path);
  });
}

const REFUSED: [target: Record<string, unknown>, message: string][] = [
  [{ type: "gateway.port", path: "gateway.port" }, "Invalid plan target type: gateway.port"],
  [{ type: "hooks.token", path: "hooks.token" }, "Invalid plan target type: hooks.token"],
  [
    { type: "models.providers.apiKey", path: "models.providers.openai.baseUrl" },
    "Invalid plan target path for models.providers.apiKey: models.providers.openai.baseUrl",
  ],
  [
    { type: "models.providers.apiKey", path: "models.providers.__proto__.apiKey" },
    "Invalid plan target path for models.providers.apiKey: models.providers.__proto__.apiKey",
  ],
  [
    {
      type: "gateway.auth.token",
      path: "gateway.auth.token",
      pathSegments: ["gateway", "auth", "password"],
    },
    "Invalid plan target path for gateway.auth.token: gateway.auth.token",
  ],
  [
    {
      type: "models.providers.apiKey",
      path: "models.providers.openai.apiKey",
      providerId: "other",
    },
    "Invalid plan target path for models.providers.apiKey: models.providers.openai.apiKey",
  ],
  [
    { type: "auth-profiles.api_key.key", path: "profiles.a.key" },
    "Invalid plan target for auth-profiles.api_key.key: agentId is required",
  ],
  [
    { type: "auth-profiles.api_key.key", path: "profiles.a.key", agentId: "../x" },
    "Invalid plan target for auth-profiles.api_key.key: agentId is required",
  ],
  [
    { type: "gateway.auth.token", path: "gateway.auth.token", ref: { source: "env", id: "a b" } },
    'Invalid plan target ref for gateway.auth.token: The text "a b" is no id of a secret from source "env"',
  ],
];

for (const [target, message] of REFUSED) {
  Deno.test(`parsePlan() refuses ${JSON.stringify(target)}`, () => {
    const error = assertThrows(() => parsePlan(plan(target)), AppError);
    assertEquals([error.code, error.message], ["SECRETS_PLAN_INVALID", message]);
  });
}

Deno.test("parsePlan() refuses other versions and shapes", () => {
  const target = { type: "gateway.auth.token", path: "gateway.auth.token" };
  const wrong: unknown[] = [
    undefined,
    [],
    plan(target, { version: 2 }),
    plan(target, { protocolVersion: undefined }),
    plan(target, { targets: {} }),
    plan(target, { providerUpserts: { "Bad Name": {} } }),
    plan(target, { providerUpserts: { ok: 7 } }),
    plan(target, { providerDeletes: ["Bad Name"] }),
  ];
  for (const each of wrong) assertThrows(() => parsePlan(each), AppError, "Invalid plan");
});
