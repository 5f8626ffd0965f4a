/**
 * Webhooks whose configuration is wrong, or changes while the gateway runs.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { recordingLogger } from "../../lib/gateway/_testing.ts";
import { TestGateway } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";
import { withGateway } from "./methods_harness.ts";

const PROGRAM = await sourceProgram();
const HOOKS = { enabled: true, token: "hook-token-0123456789" };

async function wake(url: string, token = HOOKS.token, path = "/hooks"): Promise<number> {
  const response = await fetch(`${url}${path}/wake`, {
    method: "POST",
    headers: { "x-openclaw-token": token },
    body: JSON.stringify({ text: "secret-payload-word", mode: "next-heartbeat" }),
  });
  await response.body?.cancel();
  return response.status;
}

const WRONG: [hooks: Frame, text: RegExp, fix: RegExp][] = [
  [{ enabled: true }, /hooks\.token is not set/, /config set hooks\.token/],
  [{ ...HOOKS, path: "/" }, /hooks\.path is "\/"/, /config set hooks\.path \/hooks/],
  [
    { ...HOOKS, allowedSessionKeyPrefixes: ["own:"] },
    /lacks "hook:"/,
    /config set hooks\.allowedSessionKeyPrefixes '\["hook:","own:"\]'/,
  ],
];

for (const [hooks, text, fix] of WRONG) {
  Deno.test(`gateway run refuses webhooks: ${text.source}`, async () => {
    await using world = await World.create(PROGRAM);
    const config = { gateway: { mode: "local" }, hooks };
    await Deno.writeTextFile(`${world.root}/state/openclaw.json`, JSON.stringify(config));
    const { code, stderr } = await world.run("gateway", "run", "--bind", "loopback");
    assertEquals(code, 78, stderr);
    assertMatch(stderr, text);
    assertMatch(stderr, fix);
  });
}

Deno.test("a hand edit changes webhooks at once, and a wrong one leaves them as they are", async () => {
  await using world = await World.create(PROGRAM);
  const path = `${world.root}/state/openclaw.json`;
  const write = (hooks: Frame) => {
    const gateway = { mode: "local", reload: { debounceMs: 0 } };
    return Deno.writeTextFile(path, JSON.stringify({ gateway, hooks }));
  };
  await write(HOOKS);
  await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
  await gateway.ready();
  await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
  const status = async () => (await socket.call("status")).payload;
  assertEquals(await wake(gateway.url), 200);
  for (const [wrong, text] of WRONG) {
    await write(wrong);
    const isRejected = async () => text.test((await status()).rejectedConfig?.message ?? "");
    await waitUntil("the refusal", isRejected, 10_000);
    assertEquals(await wake(gateway.url), 200);
  }
  await write({ ...HOOKS, token: world.token });
  await waitUntil("the refusal", async () => {
    return /is the gateway token/.test((await status()).rejectedConfig?.message ?? "");
  }, 10_000);
  await write({ ...HOOKS, token: "another-token-0123456789", path: "/in" });
  const isNew = async () => await wake(gateway.url, "another-token-0123456789", "/in") === 200;
  await waitUntil("the new token", isNew, 10_000);
  assertEquals(await wake(gateway.url, HOOKS.token, "/in"), 401);
  assertEquals(await wake(gateway.url), 404);
  await write({ ...HOOKS, enabled: false });
  await waitUntil("the end", async () => await wake(gateway.url) === 404, 10_000);
  assertEquals((await gateway.stop()).code, 0);
});

Deno.test("a client cannot put webhooks in force that no gateway would start with", async () => {
  await withGateway(async ({ gateway, socket, result }) => {
    const patch = async (hooks: Frame) => {
      const { hash } = await result("config.get");
      return await socket.call("config.patch", {
        raw: JSON.stringify({ hooks }),
        baseHash: hash,
      });
    };
    const before = await Deno.readTextFile(`${gateway.stateDir}/openclaw.json`);
    // Only three writes a minute are taken.
    const { ok, error: missing } = await patch({ enabled: true });
    assertEquals(ok, false);
    assertMatch(missing.message, /hooks\.token is not set/);
    const { error } = await patch({ ...HOOKS, token: "test-token-0123456789" });
    assertMatch(error.message, /is the gateway token/);
    assertEquals(await Deno.readTextFile(`${gateway.stateDir}/openclaw.json`), before);
    assertEquals(await wake(gateway.httpUrl), 404);
    assertEquals((await patch(HOOKS)).ok, true);
    assertEquals(await wake(gateway.httpUrl), 200);
  });
});

Deno.test("neither the token nor what a webhook says is in the log", async () => {
  const { log, lines } = recordingLogger();
  const mappings = [{
    id: "script",
    match: { path: "script" },
    transform: { module: "throws.mjs" },
  }];
  await using gateway = await TestGateway.start({ log, config: { hooks: { ...HOOKS, mappings } } });
  const folder = `${gateway.stateDir}/hooks/transforms`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/throws.mjs`,
    `export default ({ payload }) => { throw new Error(payload.text); };`,
  );
  const word = "secret-payload-word";
  const post = async (path: string, body: unknown) => {
    const response = await fetch(`${gateway.httpUrl}/hooks/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${HOOKS.token}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return `${response.status} ${text}`;
  };
  assertEquals(await wake(gateway.httpUrl), 200);
  assertEquals(
    await post("script", { text: word }),
    '500 {"ok":false,"error":"hook mapping failed"}',
  );
  assertMatch(await post("agent", { message: word, name: word, deliver: false }), /^200 /);
  assertMatch(await post("agent", { message: word, model: word }), /^404 /);
  assertMatch(await post("agent", { message: word, sessionKey: word }), /^400 /);
  await gateway.gateway.state.runs.close();
  await gateway.gateway.state.hooks.close();
  const hooked = lines.filter((line) => line.includes("hook: "));
  assert(hooked.length >= 5, lines.join("\n"));
  assert(hooked.some((line) => line.endsWith("its script threw Error at throws.mjs:1")));
  assertEquals(lines.filter((line) => line.includes(word) || line.includes(HOOKS.token)), []);
  const { redaction } = gateway.gateway.state.secrets;
  assertEquals(redaction.redact(`x ${HOOKS.token} y`).includes(HOOKS.token), false);
});
