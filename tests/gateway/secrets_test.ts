/**
 * Secrets that the configuration points to: in force at the start, looked up again, kept when that
 * fails.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { FakeProvider } from "../harness/provider.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

const FIRST = "first-key-0123456789";
const SECOND = "second-key-0123456789";

/** A private folder with one file of secrets. */
class Vault implements AsyncDisposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "openclaw-vault-" });
  readonly path = `${this.dir}/secrets.json`;

  constructor(value: string) {
    this.write({ key: value });
  }

  write(document: unknown): void {
    Deno.writeTextFileSync(this.path, JSON.stringify(document), { mode: 0o600 });
  }

  /** A configuration whose provider `fake` takes its key from here. */
  configOf(provider: FakeProvider): Frame {
    const config = structuredClone(provider.config) as Frame;
    config.models.providers.fake.apiKey = { source: "file", provider: "vault", id: "/key" };
    return { ...config, secrets: { providers: { vault: { source: "file", path: this.path } } } };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Deno.remove(this.dir, { recursive: true });
  }
}

interface Scene {
  gateway: TestGateway;
  socket: TestSocket;
  vault: Vault;
  /** The key that the provider is called with. */
  usedKey(): Promise<string>;
}

async function withVault(
  test: (scene: Scene) => Promise<void>,
  options: TestGatewayOptions = {},
): Promise<void> {
  await using provider = new FakeProvider();
  await using vault = new Vault(FIRST);
  const config = { ...vault.configOf(provider), ...options.config };
  await using gateway = await TestGateway.start({ ...options, config });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  let turn = 0;
  const usedKey = async () => {
    const id = socket.request("agent", { message: "hi", idempotencyKey: `turn-${++turn}` });
    await finalOf(socket, id);
    return provider.calls.at(-1)!.authorization!.replace("Bearer ", "");
  };
  await test({ gateway, socket, vault, usedKey });
}

/** The second answer of a turn. */
async function finalOf(socket: TestSocket, id: string): Promise<Frame> {
  await socket.response(id);
  return await socket.response(id);
}

async function patch(socket: TestSocket, raw: unknown): Promise<Frame> {
  const { payload: { hash } } = await socket.call("config.get");
  return await socket.call("config.patch", { raw: JSON.stringify(raw), baseHash: hash });
}

async function systemEvents(socket: TestSocket): Promise<string[]> {
  const { payload } = await socket.call("status");
  return payload.queuedSystemEvents.map((text: string) => text.split(" ")[0]);
}

Deno.test("secrets.reload puts what is found now in force, and nothing before", () =>
  withVault(async ({ socket, vault, usedKey }) => {
    assertEquals(await usedKey(), FIRST);
    vault.write({ key: SECOND });
    assertEquals(await usedKey(), FIRST);
    const { payload } = await socket.call("secrets.reload");
    assertEquals(payload, { ok: true, warningCount: 0 });
    assertEquals(await usedKey(), SECOND);
  }));

Deno.test("secrets.reload that fails keeps the last good secrets; that is told once, and its end once", () =>
  withVault(async ({ socket, vault, usedKey }) => {
    for (const document of [{}, { key: 7 }]) {
      vault.write(document);
      const { ok, error } = await socket.call("secrets.reload");
      assertEquals([ok, error.code, error.retryable], [false, "UNAVAILABLE", true]);
      assertEquals(error.details.code, "SECRETS_RELOAD_FAILED");
      assertMatch(error.message, /models\.providers\.fake\.apiKey: .* has .+ at \/key$/);
    }
    assertEquals(await systemEvents(socket), ["[SECRETS_RELOADER_DEGRADED]"]);
    assertEquals(await usedKey(), FIRST);
    vault.write({ key: SECOND });
    assertEquals((await socket.call("secrets.reload")).ok, true);
    assertEquals(await systemEvents(socket), ["[SECRETS_RELOADER_RECOVERED]"]);
    assertEquals(await usedKey(), SECOND);
    assertEquals((await socket.call("secrets.reload")).ok, true);
    assertEquals(await systemEvents(socket), []);
  }));

Deno.test("a change of the configuration looks its secrets up; one that is new and not there is refused", () =>
  withVault(async ({ gateway, socket, vault, usedKey }) => {
    vault.write({ key: SECOND });
    const path = `${gateway.stateDir}/openclaw.json`;
    const before = Deno.readTextFileSync(path);
    const refused = await patch(socket, {
      cron: { webhookToken: { source: "file", provider: "vault", id: "/nothing" } },
    });
    assertEquals(refused.error.code, "INVALID_REQUEST");
    assertMatch(refused.error.message, /^invalid config: active SecretRef resolution failed/);
    assertEquals(Deno.readTextFileSync(path), before);
    assertEquals(await usedKey(), FIRST);
    assertEquals((await patch(socket, { messages: { responsePrefix: "x" } })).ok, true);
    assertEquals(await usedKey(), SECOND);
    vault.write({});
    const other = await patch(socket, { messages: { responsePrefix: "y" } });
    assert(other.ok, "what has nothing to do with the secret can be changed");
    assertEquals(await systemEvents(socket), ["[SECRETS_RELOADER_DEGRADED]"]);
    assertEquals(await usedKey(), SECOND);
    const text = Deno.readTextFileSync(path);
    assertEquals([text.includes(FIRST), text.includes(SECOND)], [false, false]);
  }));

Deno.test("a turn under way is not ended by secrets.reload", () =>
  withVault(async ({ socket, vault }) => {
    const id = socket.request("agent", { message: "wait", idempotencyKey: "slow" });
    await socket.event("agent", ({ stream }) => stream === "assistant");
    vault.write({ key: SECOND });
    assertEquals((await socket.call("secrets.reload")).ok, true);
    await socket.call("chat.abort", { sessionKey: "agent:main:main" });
    const { payload } = await finalOf(socket, id);
    assertEquals(payload.result.meta.aborted, true);
  }));

Deno.test("a gateway does not start without a secret that is in use", async () => {
  await using provider = new FakeProvider();
  await using vault = new Vault(FIRST);
  vault.write({});
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-test-" });
  try {
    const error = await assertRejects(() =>
      TestGateway.start({ config: vault.configOf(provider), stateDir })
    ) as Error & { code: string };
    assertEquals(error.code, "SECRET_UNRESOLVED");
  } finally {
    await Deno.remove(stateDir, { recursive: true });
  }
});

Deno.test("an answer with a secret in it is sent without", () =>
  withVault(async ({ socket }) => {
    const { error } = await socket.call(`no.such.${FIRST}`);
    assertEquals(error.message, "unknown method: no.such.[redacted]");
    await socket.call("chat.inject", { sessionKey: "main", message: `it is ${FIRST}` });
    const { payload } = await socket.call("chat.history", { sessionKey: "main" });
    assertEquals(JSON.stringify(payload).includes(FIRST), false);
    assertEquals(socket.frames.some((frame) => JSON.stringify(frame).includes(FIRST)), false);
  }));

Deno.test("a gateway token from a file is changed by secrets.reload, and closes who used the old one", async () => {
  await using provider = new FakeProvider();
  await using vault = new Vault(TOKEN);
  const config = {
    ...vault.configOf(provider),
    gateway: {
      mode: "local",
      auth: { mode: "token", token: { source: "file", provider: "vault", id: "/key" } },
    },
  };
  await using gateway = await TestGateway.start({ config, hasLiveCredential: true });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  vault.write({ key: SECOND });
  assertEquals((await socket.call("secrets.reload")).ok, true);
  assertEquals(await socket.ended(), { code: 4001, reason: "gateway auth changed" });
  await using next = await TestSocket.connect(gateway.wsUrl, SECOND);
  assertEquals((await next.call("health")).ok, true);
});
