/**
 * The failures that a runbook names, produced one by one: each message, its exit status and the
 * command that mends it.
 *
 * @module
 */
import { assertEquals, assertMatch } from "@std/assert";
import { RunningGateway, waitUntil } from "../../scripts/harness/gateway.ts";
import { sourceProgram, World } from "../../scripts/harness/program.ts";
import { startFakeGateway } from "../../lib/cli/testing/gateway_test.ts";

const PROGRAM = await sourceProgram();
const TOKEN = "abcdef0123456789abcdef0123456789";
const LOCAL = { mode: "local" };

/** One line of the table. */
interface Signature {
  readonly name: string;
  readonly args: readonly string[];
  /** Of `openclaw.json`; a string as it is, none at all for `null`. */
  readonly config?: Record<string, unknown> | string | null;
  readonly env?: Readonly<Record<string, string>>;
  /** A shell script that stands for `systemctl`. */
  readonly systemctl?: string;
  /** Written as the unit of the user's service. */
  readonly unit?: (world: World) => string;
  readonly exit: number;
  /** What is seen on either stream. */
  readonly message: RegExp;
  /** The command that mends it. */
  readonly fix: RegExp;
}

const RUN = ["gateway", "run", "--bind", "loopback"];
const NO_SECRET = { OPENCLAW_GATEWAY_TOKEN: "" };
const RUNNING = `case "$*" in
  *is-enabled*) echo enabled;;
  *show*) printf 'LoadState=loaded\\nActiveState=active\\nSubState=running\\nMainPID=1\\nNRestarts=0\\n';;
esac`;
const unitOf = (program: string, port: number) =>
  `[Service]\nExecStart=${program} gateway --port ${port}\n`;

const SIGNATURES: readonly Signature[] = [
  // Starting in the foreground
  {
    name: "no config",
    args: RUN,
    config: null,
    exit: 78,
    message: /Missing config\./,
    fix: /openclaw setup/,
  },
  {
    name: "no gateway.mode",
    args: RUN,
    config: {},
    exit: 78,
    message: /Gateway start blocked: existing config is missing gateway\.mode/,
    fix: /openclaw config set gateway\.mode local/,
  },
  {
    name: "gateway.mode remote",
    args: RUN,
    config: { gateway: { mode: "remote" } },
    exit: 78,
    message: /Gateway start blocked: set gateway\.mode=local \(current: remote\)/,
    fix: /openclaw config set gateway\.mode local|--allow-unconfigured/,
  },
  {
    name: "a port that is none",
    args: [...RUN, "--port", "70000"],
    exit: 1,
    message: /Invalid --port\. Use a port number from 1 to 65535, for example 18789\./,
    fix: /--port 18789/,
  },
  {
    name: "--reset without --dev",
    args: [...RUN, "--reset"],
    exit: 64,
    message: /--reset without --dev/,
    fix: /openclaw gateway run --help/,
  },
  {
    name: "an open address without a credential",
    args: ["gateway", "run", "--bind", "lan"],
    env: NO_SECRET,
    exit: 78,
    message: /Refusing to bind gateway to lan without auth\./,
    fix: /gateway\.auth\.token|OPENCLAW_GATEWAY_TOKEN|openclaw setup/,
  },
  {
    name: "password mode without password",
    args: [...RUN, "--auth", "password"],
    env: NO_SECRET,
    exit: 78,
    message: /password/,
    fix: /OPENCLAW_GATEWAY_PASSWORD|gateway\.auth\.password|--password-file/,
  },
  {
    name: "a config of the wrong type",
    args: RUN,
    config: { gateway: { ...LOCAL, port: "many" } },
    exit: 78,
    message: /Invalid config at .*gateway\.port/,
    fix: /openclaw config validate/,
  },
  {
    name: "a config of a newer program, as a service",
    args: RUN,
    config: { gateway: LOCAL, meta: { lastTouchedVersion: "2099.1.1" } },
    env: { OPENCLAW_SERVICE_MARKER: "openclaw" },
    exit: 78,
    message: /Refusing to start the gateway because this OpenClaw binary \(.*\) is older than the/,
    fix: /openclaw update --to 2099\.1\.1/,
  },
  // Talking to a gateway
  {
    name: "nothing listens",
    args: ["health"],
    exit: 1,
    message: /gateway closed \(1006 abnormal closure \(no close frame\)\): no close reason/,
    fix: /openclaw gateway run/,
  },
  {
    name: "--url without credential",
    args: ["health", "--url", "ws://127.0.0.1:1"],
    env: NO_SECRET,
    exit: 64,
    message: /Unknown option "--url"/,
    fix: /openclaw health --help/,
  },
  {
    name: "another address without credential",
    args: ["gateway", "health", "--url", "ws://127.0.0.1:1"],
    env: NO_SECRET,
    exit: 64,
    message: /gateway url override requires explicit credentials/,
    fix: /--token|--password/,
  },
  {
    name: "remote mode without an address",
    args: ["health"],
    config: { gateway: { mode: "remote" } },
    exit: 78,
    message: /gateway remote mode misconfigured: gateway\.remote\.url missing/,
    fix: /openclaw config set gateway\.remote\.url|gateway\.mode/,
  },
  {
    name: "plain text to another machine",
    args: ["gateway", "health", "--url", "ws://gateway.example:18789", "--token", TOKEN],
    exit: 78,
    message: /SECURITY ERROR: Gateway URL "ws:\/\/gateway\.example:18789.*uses plaintext ws:\/\//,
    fix: /wss:\/\/|ssh -N/,
  },
  {
    name: "a secret that has no value",
    args: ["health"],
    env: NO_SECRET,
    config: {
      gateway: { ...LOCAL, auth: { token: { source: "env", provider: "default", id: "NOT_SET" } } },
    },
    exit: 78,
    message: /Cannot resolve secret "gateway\.auth\.token": Environment variable "NOT_SET"/,
    fix: /NOT_SET|openclaw secrets/,
  },
  // The service
  {
    name: "no systemd",
    args: ["gateway", "install", "--wrapper", "/bin/true"],
    exit: 69,
    message: /Cannot use systemd: there is no systemctl on the PATH/,
    fix: /openclaw gateway run/,
  },
  {
    name: "no user bus",
    args: ["gateway", "install", "--wrapper", "/bin/true"],
    systemctl: 'echo "Failed to connect to bus: No medium found" >&2; exit 1',
    exit: 69,
    message: /Cannot reach the systemd of this user/,
    fix: /loginctl enable-linger[^]*XDG_RUNTIME_DIR|openclaw gateway run/,
  },
  {
    name: "a definition that is out of date",
    args: ["gateway", "status", "--no-probe"],
    systemctl: RUNNING,
    unit: () => unitOf("/nowhere/openclaw", 18851),
    exit: 0,
    message:
      /Service config looks out of date or non-standard\.[^]*Gateway service port does not match/,
    fix: /openclaw gateway install --force/,
  },
  {
    name: "two config files",
    args: ["gateway", "status", "--no-probe"],
    systemctl: RUNNING,
    unit: (world) =>
      unitOf("/bin/true", world.port) + `Environment=OPENCLAW_STATE_DIR=${world.root}/other\n`,
    exit: 0,
    message: /Root cause: CLI and service are using different config paths/,
    fix: /openclaw gateway install --force/,
  },
  {
    name: "a process that does not listen",
    args: ["gateway", "status"],
    systemctl: RUNNING,
    unit: (world) => unitOf("/bin/true", world.port),
    exit: 0,
    message:
      /Connectivity probe: failed[^]*Gateway port \d+ is not listening \(service appears run/,
    fix: /Logs: journalctl --user|Fix: openclaw gateway/,
  },
  {
    name: "an older program at the service of a newer one",
    args: ["gateway", "restart"],
    systemctl: RUNNING,
    config: { gateway: LOCAL, meta: { lastTouchedVersion: "2099.1.1" } },
    exit: 1,
    message: /Refusing to restart the gateway service because this OpenClaw binary/,
    fix: /openclaw update --to 2099\.1\.1/,
  },
  {
    name: "a config that would not start, at a restart",
    args: ["gateway", "restart"],
    systemctl: RUNNING,
    config: { gateway: { ...LOCAL, port: "many" } },
    exit: 78,
    message: /Gateway aborted: config is invalid\./,
    fix: /openclaw config validate/,
  },
  {
    name: "--require-rpc without a probe",
    args: ["gateway", "status", "--require-rpc", "--no-probe"],
    exit: 1,
    message: /Gateway status failed: --require-rpc needs probing enabled/,
    fix: /openclaw gateway status --require-rpc/,
  },
];

async function worldOf({ config, env, systemctl, unit }: Partial<Signature>): Promise<World> {
  const world = await World.create(PROGRAM, { OPENCLAW_HANDSHAKE_TIMEOUT_MS: "", ...env });
  if (config !== null) {
    const text = typeof config === "string" ? config : JSON.stringify(config ?? { gateway: LOCAL });
    await Deno.writeTextFile(`${world.root}/state/openclaw.json`, text);
  }
  if (systemctl !== undefined) {
    const path = `${world.root}/bin/systemctl`;
    await Deno.writeTextFile(path, `#!/bin/sh\n${systemctl}\n`, { mode: 0o755 });
  }
  if (unit !== undefined) {
    const folder = `${world.root}/home/.config/systemd/user`;
    await Deno.mkdir(folder, { recursive: true });
    await Deno.writeTextFile(`${folder}/openclaw-gateway.service`, unit(world));
  }
  return world;
}

for (const signature of SIGNATURES) {
  Deno.test(`failure signature: ${signature.name}`, async () => {
    await using world = await worldOf(signature);
    const { code, stdout, stderr } = await world.run(...signature.args);
    const text = stdout + stderr;
    assertMatch(text, signature.message);
    assertMatch(text, signature.fix);
    assertEquals(code, signature.exit, text);
    assertEquals(/\n\s+at .*\.ts:\d+/.test(text), false, "no stack trace");
  });
}

Deno.test("failure signature: what only a running gateway shows", async () => {
  await using world = await worldOf({});
  await using gateway = new RunningGateway(world, RUN);
  await gateway.ready();
  const wrong = ["--url", `ws://127.0.0.1:${world.port}`, "--token", "not-the-token-0123"];
  const refused = await world.run("gateway", "health", ...wrong);
  assertEquals(refused.code, 1);
  assertMatch(refused.stderr, /gateway closed \(1008\): unauthorized: gateway token mismatch/);
  assertMatch(refused.stderr, /Fix: .*token/);
  const unknown = await world.run("gateway", "call", "no.such.method");
  assertEquals(unknown.code, 1);
  assertMatch(unknown.stderr, /Gateway call failed: .*unknown method: no\.such\.method/);

  const second = await world.run(...RUN, "--port", String(world.port + 1));
  assertEquals(second.code, 75);
  assertMatch(second.stderr, /gateway already running \(pid \d+\); lock timeout after 5000ms/);
  assertMatch(second.stderr, new RegExp(`Fix: .*kill ${gateway.pid}`));

  const path = `${world.root}/state/openclaw.json`;
  await Deno.writeTextFile(path, "{ gateway: ");
  await waitUntil("the edit to be refused", async () => {
    const { stdout } = await world.run("gateway", "status", "--require-rpc", "--json");
    return stdout.includes("rejectedConfig");
  });
  const status = await world.run("gateway", "status", "--require-rpc");
  assertMatch(status.stderr, /Config \(gateway\): the file is refused, an earlier one is in force/);
  const logs = await world.run("logs", "--plain", "--level", "error");
  assertMatch(logs.stdout, /config reload skipped \(invalid config\): /);
  assertEquals((await gateway.stop()).code, 0);
});

Deno.test("failure signature: a device whose scopes have to be approved, and silence", async () => {
  await using pairing = startFakeGateway({
    refuse: () => ({
      code: "NOT_PAIRED",
      message: "pairing required: device is asking for more scopes than currently approved",
      details: { code: "PAIRING_REQUIRED", requestId: "r-1" },
    }),
  });
  await using world = await worldOf({});
  const at = (url: string) => ["gateway", "health", "--url", url, "--token", TOKEN];
  const { code, stderr } = await world.run(...at(pairing.url));
  assertEquals(code, 75);
  assertMatch(
    stderr,
    /gateway closed \(1008\): pairing required: device is asking for more scopes/,
  );
  assertMatch(stderr, /Fix: openclaw devices approve r-1/);

  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = silent.addr as Deno.NetAddr;
  const late = await world.run(...at(`ws://127.0.0.1:${port}`), "--timeout", "300");
  assertEquals(late.code, 1);
  assertMatch(late.stderr, /gateway timeout after \d+ms/);
});

Deno.test("failure signature: a start that fails leaves a bundle, a plain refusal does not", async () => {
  await using world = await worldOf({ config: { gateway: { ...LOCAL, port: "many" } } });
  await world.run(...RUN);
  assertEquals((await world.find(/gateway\.startup_failed\.json$/)).length, 1);
  const { stdout } = await world.run("gateway", "stability", "--bundle");
  assertMatch(stdout, /Reason: gateway\.startup_failed\nError: Invalid config at .*gateway\.port/);
  await using plain = await worldOf({ config: {} });
  await plain.run(...RUN);
  assertEquals(await plain.find(/startup_failed/), []);
});
