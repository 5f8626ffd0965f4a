import { assertEquals, assertStringIncludes } from "@std/assert";
import { runCommandLine } from "../main.ts";
import type { CommandSpec } from "../table.ts";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";
import { readConfigState } from "./config_state.ts";
import { callGateway } from "./connection.ts";
import { resolveTarget } from "./target.ts";

const REQUEST_ID = "1f0c6d2e-0000-4000-8000-000000000001";

/** A command that takes the gateway for one on another machine. */
const FAR_COMMANDS: readonly CommandSpec[] = [
  { path: [], summary: "Test program." },
  {
    path: ["far"],
    summary: "Asks",
    options: [{ name: "json", type: "flag", description: "JSON" }],
    load: () =>
      Promise.resolve({
        run: async (context) => {
          const near = await resolveTarget(context, await readConfigState(context, "address"));
          const target = { ...near, isLocal: false, needsDevice: true };
          const call = { method: "health" };
          context.out.json(await callGateway(context, target, call, { timeoutMs: 5000 }));
          return 0;
        },
      }),
  },
];

Deno.test("callGateway() sends no device to this machine and makes no key", async () => {
  await using gateway = startFakeGateway({ methods: { health: () => ({ ok: true }) } });
  await using home = await createHome({ port: gateway.port });
  const near = await home.run("health", "--json");
  assertEquals(near.code, 0, near.err);
  const tunnel = await home.run("gateway", "call", "health", "--url", gateway.url, "--token", "t");
  assertEquals(tunnel.code, 0, tunnel.err);
  assertEquals(gateway.connects.map(({ device }) => device), [undefined, undefined]);
  const names = [...Deno.readDirSync(`${home.dir}/.openclaw`)].map(({ name }) => name);
  assertEquals(names, ["openclaw.json"]);
});

Deno.test("callGateway() comes to another machine as a device", async () => {
  await using gateway = startFakeGateway({ methods: { health: () => ({ ok: true }) } });
  await using home = await createHome({ port: gateway.port });
  const host = home.host();
  assertEquals(await runCommandLine(["far"], host, FAR_COMMANDS), 0, host.output.err);
  const { device, auth } = gateway.connects[0]!;
  const file = `${home.dir}/.openclaw/identity/device.json`;
  assertEquals(
    (device as { id: string }).id,
    JSON.parse(await Deno.readTextFile(file)).deviceId,
  );
  assertEquals(auth, { token: "test-token" });
});

Deno.test("a device that waits for approval ends in exit 75 and the one command", async () => {
  const message = `pairing required: device is not approved yet (requestId: ${REQUEST_ID})`;
  await using gateway = startFakeGateway({
    refuse: () => ({
      code: "NOT_PAIRED",
      message,
      details: { code: "PAIRING_REQUIRED", reason: "not-paired", requestId: REQUEST_ID },
    }),
  });
  await using home = await createHome({ port: gateway.port });
  const host = home.host();
  assertEquals(await runCommandLine(["far"], host, FAR_COMMANDS), 75);
  const { err } = host.output;
  assertStringIncludes(err, message);
  assertStringIncludes(
    err,
    "Run the next line on the gateway's machine, then repeat this command.\n" +
      `Fix: openclaw devices approve ${REQUEST_ID}\n`,
  );
  const json = home.host();
  assertEquals(await runCommandLine(["far", "--json"], json, FAR_COMMANDS), 75);
  assertEquals(
    JSON.parse(json.output.out).error.hint,
    `openclaw devices approve ${REQUEST_ID}`,
  );
  const health = await home.run("health");
  assertEquals(health.code, 75, "also where a failure is otherwise exit 1");
});

Deno.test("resolveTarget() tells this machine from another one by the address", async () => {
  await using home = await createHome();
  const targets: boolean[] = [];
  const table: CommandSpec[] = FAR_COMMANDS.map((spec) =>
    spec.load === undefined ? spec : {
      ...spec,
      options: [
        { name: "url", type: "text", description: "URL" },
        { name: "token", type: "text", description: "Token" },
      ],
      load: () =>
        Promise.resolve({
          run: async (context) => {
            const state = await readConfigState(context, "address");
            targets.push((await resolveTarget(context, state)).needsDevice);
            return 0;
          },
        }),
    }
  );
  for (
    const url of ["ws://127.0.0.1:1", "ws://localhost:1", "ws://[::1]:1", "wss://gateway.example"]
  ) {
    await runCommandLine(["far", "--url", url, "--token", "t"], home.host(), table);
  }
  await runCommandLine(["far"], home.host(), table);
  assertEquals(targets, [false, false, false, true, false]);
});

Deno.test("a credential that another gateway refuses is to be given where it came from", async () => {
  await using gateway = startFakeGateway({ token: "theirs" });
  await using home = await createHome({ port: gateway.port });
  const byFlag = await home.run("gateway", "call", "x", "--url", gateway.url, "--token", "ours");
  assertEquals(byFlag.code, 1);
  assertStringIncludes(byFlag.err, "Fix: Repeat it with the --token or --password of that gateway");
  const remote = { url: gateway.url, token: "ours" };
  const config = JSON.stringify({ gateway: { mode: "remote", remote } });
  await using far = await createHome({ config });
  const byConfig = await far.run("gateway", "call", "x");
  assertStringIncludes(byConfig.err, "Fix: openclaw config set gateway.remote.token <token>");
});
