/**
 * The gateway's process: how it refuses to start, and how it ends.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { RunningGateway } from "../../scripts/harness/gateway.ts";
import { type Outcome, sourceProgram, World } from "../../scripts/harness/program.ts";
import { TestSocket } from "../harness/socket.ts";

const PROGRAM = await sourceProgram();

async function withWorld(
  test: (world: World) => Promise<void>,
  options: { config?: string; env?: Record<string, string> } = {},
): Promise<void> {
  await using world = await World.create(PROGRAM, options.env);
  if (options.config !== undefined) {
    await Deno.writeTextFile(`${world.root}/state/openclaw.json`, options.config);
  }
  await test(world);
}

function assertRefused({ code, stdout, stderr }: Outcome, exit: number, text: RegExp): void {
  assertEquals(code, exit, stdout + stderr);
  assertMatch(stderr, text);
  assertMatch(stderr, /^(Fix|Try): /m, "a refusal says what to do next");
  assertEquals(/\n\s+at .*\.ts:\d+/.test(stderr), false, "no stack trace");
}

interface Case {
  name: string;
  args: string[];
  config?: string;
  env?: Record<string, string>;
  exit: number;
  text: RegExp;
}

const NO_SECRET = { OPENCLAW_GATEWAY_TOKEN: "" };
const LOCAL = '{"gateway":{"mode":"local"}}';

const REFUSALS: Case[] = [
  {
    name: "no config",
    args: [],
    exit: 78,
    text: /Missing config\. Run openclaw setup/,
  },
  {
    name: "a config without gateway.mode",
    args: [],
    config: "{}",
    exit: 78,
    text: /existing config is missing gateway\.mode/,
  },
  {
    name: "gateway.mode remote",
    args: [],
    config: '{"gateway":{"mode":"remote"}}',
    exit: 78,
    text: /set gateway\.mode=local \(current: remote\)/,
  },
  {
    name: "a config that is no JSON5",
    args: [],
    config: "{ gateway: ",
    exit: 78,
    text: /line 1/,
  },
  {
    name: "a wrong type in the config",
    args: [],
    config: '{"gateway":{"mode":"local","port":"many"}}',
    exit: 78,
    text: /Invalid config at .*gateway\.port/,
  },
  {
    name: "a port that is none",
    args: ["--port", "70000"],
    config: LOCAL,
    exit: 1,
    text: /Invalid --port\. Use a port number from 1 to 65535, for example 18789\./,
  },
  {
    name: "an unknown bind mode",
    args: ["--bind", "everywhere"],
    config: LOCAL,
    exit: 1,
    text: /Invalid --bind\. Use "loopback", "lan", "tailnet", "auto", or "custom"\./,
  },
  {
    name: "a non-loopback bind without credential",
    args: ["--bind", "lan"],
    config: LOCAL,
    env: NO_SECRET,
    exit: 78,
    text: /Refusing to bind gateway to lan without auth\./,
  },
  {
    name: "a non-loopback bind with authentication off",
    args: ["--bind", "lan", "--auth", "none"],
    config: LOCAL,
    exit: 78,
    text: /Refusing to bind gateway to lan without auth\./,
  },
  {
    name: "password mode without password",
    args: ["--auth", "password"],
    config: LOCAL,
    exit: 78,
    text: /password/,
  },
  {
    name: "a reference to a secret that is not there",
    args: [],
    config: JSON.stringify({
      gateway: { mode: "local" },
      models: { providers: { own: { baseUrl: "http://127.0.0.1:1/v1", apiKey: "${OWN_KEY}" } } },
    }),
    exit: 78,
    text:
      /required secrets are unavailable\. models\.providers\.own\.apiKey: Environment variable "OWN_KEY" is missing or empty\nFix: Set OWN_KEY /,
  },
  {
    name: "an unknown flag",
    args: ["--prot", "1"],
    exit: 64,
    text: /--prot.*--port|did you mean/is,
  },
];

for (const { name, args, config, env, exit, text } of REFUSALS) {
  Deno.test(`gateway run refuses ${name}`, () =>
    withWorld(async (world) => {
      assertRefused(await world.run("gateway", "run", ...args), exit, text);
    }, {
      ...(config === undefined ? {} : { config }),
      ...(env ? { env } : {}),
    }));
}

Deno.test("gateway run names the process that holds its port", () =>
  withWorld(async (world) => {
    const holder = Deno.listen({ hostname: "127.0.0.1", port: world.port });
    try {
      const outcome = await world.run("gateway", "run", "--bind", "loopback");
      assertRefused(outcome, 75, /another gateway instance is already listening on ws:\/\/127/);
      assertStringIncludes(outcome.stderr, `pid ${Deno.pid}`);
    } finally {
      holder.close();
    }
  }, { config: LOCAL }));

Deno.test("gateway run refuses a second gateway of the same config, and leaves the first alone", () =>
  withWorld(async (world) => {
    await using first = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
    await first.ready();
    const second = await world.run("gateway", "run", "--bind", "loopback", "--port", "1");
    assertRefused(second, 75, new RegExp(`gateway already running \\(pid ${first.pid}\\)`));
    assertEquals((await first.stop()).code, 0);
  }, { config: LOCAL }));

Deno.test("gateway run without a token makes one that the next start keeps", () =>
  withWorld(async (world) => {
    const path = `${world.root}/state/runtime/gateway-token`;
    const tokens: string[] = [];
    for (let i = 0; i < 2; i++) {
      await using gateway = new RunningGateway(world, ["gateway", "run", "--allow-unconfigured"]);
      await gateway.ready();
      const token = (await Deno.readTextFile(path)).trim();
      tokens.push(token);
      await using _socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, token);
      assertEquals((await world.run("health", "--json")).code, 0);
    }
    assertEquals(tokens[0], tokens[1]);
    assertMatch(tokens[0]!, /^[0-9a-f]{48}$/);
    const { mode } = await Deno.stat(path);
    if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600);
  }, { env: NO_SECRET }));

Deno.test("gateway run ends on SIGINT with a shutdown event, and takes runs to their end", () =>
  withWorld(async (world) => {
    await using gateway = new RunningGateway(world, ["gateway", "run", "--bind", "loopback"]);
    await gateway.ready();
    await using socket = await TestSocket.connect(`ws://127.0.0.1:${world.port}`, world.token);
    const id = socket.request("agent", {
      message: "count to 200",
      idempotencyKey: "r",
    });
    await socket.response(id);
    await socket.event("agent", ({ stream }) => stream === "assistant");
    const ending = gateway.stop("SIGINT");
    const final = await socket.response(id);
    assertEquals([final.payload.status, final.payload.stopReason], ["timeout", "shutdown"]);
    await socket.event("shutdown");
    assertEquals((await socket.closed).code, 1012);
    const { code } = await ending;
    assertEquals(code, 0);
  }, { config: LOCAL }));

Deno.test("gateway --dev creates its own config once", () =>
  withWorld(async (world) => {
    await using gateway = new RunningGateway(world, ["gateway", "--dev"]);
    await gateway.ready();
    const config = await Deno.readTextFile(`${world.root}/state/openclaw.json`);
    assertStringIncludes(config, 'bind: "loopback"');
    const outcome = await world.run("agent", "--message", "hello");
    assertEquals(outcome.code, 0, outcome.stderr);
    assertStringIncludes(outcome.stdout, "hello");
    assert((await gateway.stop()).code === 0);
  }));
