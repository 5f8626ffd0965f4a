import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { AppError } from "../../lib/base/mod.ts";
import { historyFolder, listVersions, loadConfig } from "../../lib/config/mod.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const SECRET = "planted-secret-0123456789";

/** A gateway whose file has comments and a secret, and a socket that may change it. */
async function withConfig(
  raw: string,
  test: (context: {
    gateway: TestGateway;
    call: (method: string, params?: Frame) => Promise<Frame>;
    hash: () => Promise<string>;
    file: () => Promise<string>;
  }) => Promise<void>,
): Promise<void> {
  await using gateway = await TestGateway.start();
  const path = `${gateway.stateDir}/openclaw.json`;
  await Deno.writeTextFile(path, raw);
  const { state } = gateway.gateway;
  const loaded = await loadConfig({ env: state.config().env, paths: state.paths });
  if (loaded.valid) state.replaceConfig(loaded);
  // Each call on a socket of its own: writes are counted per connection.
  const call = async (method: string, params: Frame = {}): Promise<Frame> => {
    await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
    return await socket.call(method, params);
  };
  const file = () => Deno.readTextFile(path);
  const hash = async () => {
    const bytes = new TextEncoder().encode(await file());
    return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  };
  await test({ gateway, call, hash, file });
}

const RAW = `{
  // Who may come in.
  gateway: { mode: "local", auth: { mode: "token", token: "${SECRET}" } },
  agents: {
    list: [
      { id: "main", default: true }, // the one
      { id: "work", name: "Work" },
    ],
  },
}
`;

Deno.test("a write that a gateway would not start with is refused, and nothing is written", async () => {
  await using gateway = await TestGateway.start({
    config: { gateway: { mode: "local" } },
    watchMs: 10_000,
    assertStartable: ({ config }) => {
      if (config.gateway?.mode === "local") return;
      throw new AppError("CONFIG_MODE_MISSING", "mode is missing", { hint: "openclaw setup" });
    },
  });
  const path = `${gateway.stateDir}/openclaw.json`;
  const before = await Deno.readTextFile(path);
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const { payload } = await socket.call("config.get");
  const raw = "{ gateway: null }";
  const { ok, error } = await socket.call("config.patch", { raw, baseHash: payload.hash });
  assertEquals([ok, error.message], [false, "invalid config: mode is missing"]);
  assertEquals(await Deno.readTextFile(path), before);
  assertEquals(gateway.gateway.state.config().config.gateway?.mode, "local");
});

Deno.test("config.patch merges, keeps comments and is in force at once", async () => {
  await withConfig(RAW, async ({ call, hash, file }) => {
    const raw = JSON.stringify({ agents: { list: [{ id: "work", name: "Office" }] } });
    const { ok, payload, error } = await call("config.patch", { raw, baseHash: await hash() });
    assert(ok, JSON.stringify(error));
    assertEquals(payload.noop, undefined);
    assertEquals(payload.restart, undefined);
    assertEquals(payload.config.gateway.auth.token, "__OPENCLAW_REDACTED__");
    assertEquals(payload.sentinel.payload.stats.requiresRestart, false);
    const text = await file();
    assertStringIncludes(text, "// Who may come in.");
    assertStringIncludes(text, "// the one");
    assertStringIncludes(text, SECRET);
    assertStringIncludes(text, "Office");
    const agents = (await call("agents.list")).payload.agents;
    assertEquals(agents.map(({ id, name }: Frame) => [id, name]), [["main", undefined], [
      "work",
      "Office",
    ]]);
  });
});

Deno.test("config.patch deletes by null, names what waits for a restart, and knows a noop", async () => {
  await withConfig(RAW, async ({ call, hash, file }) => {
    const port = await call("config.patch", {
      raw: '{gateway:{port:19001}, agents:null} // "JSON5" is fine',
      baseHash: await hash(),
    });
    assert(port.ok, JSON.stringify(port.error));
    assertEquals(port.payload.restart.required, true);
    assertEquals(port.payload.restart.paths, ["gateway.port"]);
    assertEquals((await file()).includes("agents"), false);
    const again = await call("config.patch", {
      raw: '{"gateway":{"port":19001}}',
      baseHash: await hash(),
    });
    assertEquals([again.payload.ok, again.payload.noop], [true, true]);
  });
});

Deno.test("config.set restores hidden secrets and never writes a placeholder", async () => {
  await withConfig(RAW, async ({ call, hash, file }) => {
    const shown = (await call("config.get")).payload;
    assertEquals([shown.raw, shown.hash], [null, await hash()]);
    const config = {
      gateway: { mode: "local", auth: { mode: "token", token: "__OPENCLAW_REDACTED__" } },
      agents: { list: [{ id: "work" }, { id: "main", default: true }] },
    };
    const set = await call("config.set", {
      raw: JSON.stringify(config),
      baseHash: await hash(),
    });
    assert(set.ok, JSON.stringify(set.error));
    const text = await file();
    assertStringIncludes(text, SECRET);
    assertEquals(text.includes("__OPENCLAW_REDACTED__"), false);
    assertEquals(JSON.stringify(set.payload).includes(SECRET), false);

    const lost = await call("config.patch", {
      raw: '{"gateway":{"remote":{"token":"__OPENCLAW_REDACTED__"}}}',
      baseHash: await hash(),
    });
    assertEquals(lost.error.code, "INVALID_REQUEST");
    assertMatch(lost.error.message, /^invalid config: /);
    assertEquals(lost.error.details.issues[0].path, "gateway.remote.token");
    assertEquals(await file(), text);
  });
});

Deno.test("config.apply keeps references to variables as they are written", async () => {
  const raw = '{ gateway: { mode: "local" }, env: { NAME: "box" }, ui: { x: "on ${NAME}" } }';
  await withConfig(raw, async ({ call, hash, file }) => {
    const config = { gateway: { mode: "local" }, env: { NAME: "box" }, ui: { x: "on box", y: 1 } };
    const applied = await call("config.apply", {
      raw: JSON.stringify(config),
      baseHash: await hash(),
    });
    assert(applied.ok, JSON.stringify(applied.error));
    assertStringIncludes(await file(), '"on ${NAME}"');
    assertEquals(applied.payload.config.ui, { x: "on box", y: 1 });
  });
});

Deno.test("config.* refuse in the words that clients know, and leave the file alone", async () => {
  await withConfig(RAW, async ({ call, hash, file }) => {
    const baseHash = await hash();
    const cases: [method: string, params: Frame, message: string | RegExp][] = [
      ["config.patch", { raw: "{}" }, "config base hash required; re-run config.get and retry"],
      [
        "config.set",
        { raw: "{}", baseHash: "0" },
        "config changed since last load; re-run config.get and retry",
      ],
      ["config.patch", { raw: "[]", baseHash }, "config.patch raw must be an object"],
      ["config.apply", { raw: "{a:", baseHash }, /^invalid config: /],
      ["config.set", { raw: "5", baseHash }, "invalid config: expected an object"],
      [
        "config.patch",
        { raw: '{"session":{"dmScope":"x"}}', baseHash },
        /^invalid config: session\.dmScope: /,
      ],
      [
        "config.apply",
        { raw: '{"gateway":{"mode":"local"}}', baseHash },
        /^Refusing to write config: /,
      ],
      [
        "config.patch",
        { raw: "{}", baseHash, bogus: 1 },
        "invalid config.patch params: at root: unexpected property 'bogus'",
      ],
    ];
    for (const [method, params, message] of cases) {
      const { ok, error } = await call(method, params);
      assertEquals([ok, error?.code], [false, "INVALID_REQUEST"], `${method} ${params.raw}`);
      if (typeof message === "string") assertEquals(error.message, message);
      else assertMatch(error.message, message);
    }
    assertEquals(await file(), RAW);
  });
});

Deno.test("config.patch builds on no invalid file", async () => {
  await withConfig('{ gateway: { port: "x" } }', async ({ call, hash }) => {
    const { error } = await call("config.patch", { raw: "{}", baseHash: await hash() });
    assertEquals(error.message, "invalid config; fix before patching");
    assertEquals(error.details.issues[0].path, "gateway.port");
  });
});

Deno.test("config.patch and config.apply share three writes a minute per client", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  for (const method of ["config.patch", "config.apply", "config.patch"]) {
    assertEquals((await socket.call(method, { raw: "{}" })).error.code, "INVALID_REQUEST");
  }
  const { error } = await socket.call("config.apply", { raw: "{}" });
  assertMatch(error.message, /^rate limit exceeded for config\.apply; retry after (59|60)s$/);
  assertEquals([error.code, error.retryable], ["UNAVAILABLE", true]);
  assertEquals(error.details, { method: "config.apply", limit: "3 per 60s" });
  assert(error.retryAfterMs > 0);
  await using other = await TestSocket.connect(gateway.wsUrl, TOKEN);
  assertEquals((await other.call("config.patch", { raw: "{}" })).error.code, "INVALID_REQUEST");
});

Deno.test("config.patch does not change the model of a run under way", async () => {
  await withConfig('{ gateway: { mode: "local" } }', async ({ gateway, call, hash }) => {
    const raw = JSON.stringify({
      models: {
        providers: {
          own: { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "m", name: "M" }] },
        },
      },
    });
    const before = gateway.gateway.state.agents();
    assert((await call("config.patch", { raw, baseHash: await hash() })).ok);
    const models = (await call("models.list", { view: "configured" })).payload.models;
    assertEquals(models.map(({ provider, id }: Frame) => `${provider}/${id}`), ["own/m"]);
    assertEquals(before.catalog.list({ view: "configured" }), []);
  });
});

Deno.test("config.get shows a file that a hand has broken, without its secrets, and config.set mends it", async () => {
  await withConfig(`{ gateway: { auth: { token: "${SECRET}" `, async ({ call, hash, file }) => {
    const shown = (await call("config.get")).payload;
    assertEquals([shown.valid, shown.raw, shown.hash], [false, null, await hash()]);
    assertEquals(JSON.stringify(shown).includes(SECRET), false);
    const raw = '{\n  // mended\n  "gateway": { "mode": "local" }\n}\n';
    const set = await call("config.set", { raw, baseHash: shown.hash });
    assert(set.ok, JSON.stringify(set.error));
    assertEquals(await file(), raw);
  });
});

Deno.test("config.patch takes a change by hand along, and says what of it waits", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const raw = '{ gateway: { mode: "local", port: 5 }, session: { scope: "global" } }';
  await Deno.writeTextFile(`${gateway.stateDir}/openclaw.json`, raw);
  const shown = (await socket.call("config.get")).payload;
  assertEquals([shown.raw, shown.runtimeConfig], [raw, { gateway: { mode: "local" } }]);
  assertEquals((await socket.call("agents.list")).payload.scope, "per-sender");
  const same = await socket.call("config.patch", { raw: "{}", baseHash: shown.hash });
  assertEquals(same.payload.noop, true);
  assertEquals((await socket.call("agents.list")).payload.scope, "global");
});

Deno.test("config.patch notes in the history who asked for it, and lets only go what it names", async () => {
  const raw = '{ gateway: { mode: "local" }, cron: { enabled: true }, ui: { seamColor: "#fff" } }';
  await withConfig(raw, async ({ gateway, call, hash, file }) => {
    const named = await call("config.patch", { raw: "{cron:null}", baseHash: await hash() });
    assert(named.ok, JSON.stringify(named.error));
    const versions = await listVersions(historyFolder(gateway.stateDir), await hash());
    assertMatch(versions.at(-1)!.origin!.by, /^[\w-]+ \S+$/);
    assertEquals(versions.map(({ origin, paths }) => [origin?.action, paths]), [
      ["edited outside", undefined],
      ["config.patch", ["cron"]],
    ]);
    const lost = await call("config.apply", {
      raw: '{"gateway":{"mode":"local"}}',
      baseHash: await hash(),
    });
    assertEquals(lost.error.details.code, "CONFIG_WRITE_DESTRUCTIVE");
    assertStringIncludes(lost.error.message, "the sections ui would be lost");
    assertStringIncludes(await file(), "seamColor");
  });
});
