/**
 * What a user of macOS types, and what comes of it: the whole command line against a stand-in for
 * launchd that is a real executable, and once with a real gateway behind it.
 *
 * `OPENCLAW_TEST_BINARY` names an executable to take for that gateway in place of the source.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { freePort } from "../../scripts/harness/ports.ts";
import { startFakeGateway } from "../../lib/cli/testing/gateway_test.ts";
import { createHome, type RunResult, type TestHome } from "../../lib/cli/testing/run_test.ts";
import type { FakeState } from "../harness/fakes/launchd.ts";
import { LaunchctlBox } from "../harness/launchctl_box.ts";

const LABEL = "ai.openclaw.gateway";
const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** Something on a port that is healthy, as a gateway would be. */
function healthyPort(): { port: number } & AsyncDisposable {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("ok"),
  );
  return { port: server.addr.port, [Symbol.asyncDispose]: () => server.shutdown() };
}

/** An executable that a service may start in place of the program under test. */
async function wrapperIn(folder: string, script: string): Promise<string> {
  const path = join(folder, "start openclaw.sh");
  await Deno.writeTextFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

interface Machine {
  readonly home: TestHome;
  readonly box: LaunchctlBox;
  readonly port: number;
}

function onMac(
  name: string,
  fn: (machine: Machine) => Promise<void>,
  options: { state?: Partial<FakeState>; env?: Record<string, string> } = {},
): void {
  Deno.test(name, async () => {
    await using healthy = healthyPort();
    const domain = `gui/${Deno.uid() ?? 0}`;
    await using box = await LaunchctlBox.create({ domain, ...options.state });
    const wrapper = await wrapperIn(box.folder, "exit 0");
    await using home = await createHome({
      os: "darwin",
      runCommand: box.runCommand,
      port: healthy.port,
      env: { OPENCLAW_WRAPPER: wrapper, ...options.env },
    });
    await fn({ home, box, port: healthy.port });
  });
}

function assertDone(result: RunResult): void {
  assertEquals(result.code, 0, result.out + result.err);
}

onMac("gateway install, status, stop, start, restart and uninstall as a LaunchAgent", async ({
  home,
  box,
  port,
}) => {
  const installed = await home.run("gateway", "install");
  assertDone(installed);
  const plist = `${home.dir}/Library/LaunchAgents/${LABEL}.plist`;
  assertStringIncludes(installed.out, `Installed LaunchAgent: ${plist}`);
  assertStringIncludes(installed.out, `Gateway serves on port ${port}.`);
  const again = await home.run("gateway", "install");
  assertStringIncludes(again.out, "Gateway service already loaded.");

  const status = await home.run("gateway", "status", "--no-probe");
  assertStringIncludes(status.out, "Service: LaunchAgent (loaded)");
  assertMatch(status.out, /Runtime: running \(pid \d+, state running/);
  assertEquals(status.err.includes("out of date"), false, status.err);

  const stopped = await home.run("gateway", "stop", "--json");
  assertEquals(JSON.parse(stopped.out), {
    action: "stop",
    ok: true,
    result: "stopped",
    message: `Stopped LaunchAgent: ${box.state.domain}/${LABEL}`,
    service: {
      label: "LaunchAgent",
      loaded: false,
      loadedText: "loaded",
      notLoadedText: "not loaded",
    },
  });
  const down = await home.run("gateway", "status", "--no-probe");
  assertStringIncludes(down.out, "Service: LaunchAgent (not loaded)");
  assertStringIncludes(
    down.out + down.err,
    "Service is installed but not loaded. Run: openclaw gateway start",
  );
  const started = await home.run("gateway", "start");
  assertDone(started);
  assertStringIncludes(started.out, "Started LaunchAgent");
  const restarted = await home.run("gateway", "restart", "--force", "--json");
  assertEquals(JSON.parse(restarted.out).result, "restarted");
  assertEquals(box.state.jobs[LABEL]?.runs, 2);

  assertDone(await home.run("gateway", "uninstall"));
  const gone = await home.run("gateway", "stop");
  assertStringIncludes(gone.out, "Gateway service not loaded.");
  assertStringIncludes(gone.out, `launchctl bootstrap ${box.state.domain} ${plist}`);
});

onMac("gateway stop --disable works on a stopped service, start takes it back", async ({
  home,
  box,
}) => {
  assertDone(await home.run("gateway", "install"));
  assertDone(await home.run("gateway", "stop"));
  const off = await home.run("gateway", "stop", "--disable");
  assertDone(off);
  assertStringIncludes(off.out, "It stays off until it is started again.");
  assertEquals(box.state.disabled, [LABEL]);
  const status = await home.run("gateway", "status", "--no-probe");
  assertStringIncludes(status.out, "it is disabled and stays off until it is started");
  assertDone(await home.run("gateway", "start"));
  assertEquals(box.state.disabled, []);
});

onMac(
  "gateway restart gets through error 5 and a job that is still going",
  async ({ home, box }) => {
    assertDone(await home.run("gateway", "install"));
    box.change((state) => {
      state.unloadTicks = 8;
      state.isShownWhileUnloading = true;
      const text = "Bootstrap failed: 5: Input/output error";
      state.failures.push({ verb: "bootstrap", times: 3, code: 5, text });
    });
    await box.runCommand("launchctl", ["bootout", `${box.state.domain}/${LABEL}`]);
    assertDone(await home.run("gateway", "restart", "--force"));
    assertEquals(box.state.jobs[LABEL]?.draining, undefined);
  },
);

onMac("a refusal names the command that mends it, also as JSON", async ({ home, box }) => {
  assertDone(await home.run("gateway", "install"));
  const text = "Could not kickstart service: 150: Operation not permitted";
  box.change((state) => state.failures.push({ verb: "kickstart", times: 9, code: 150, text }));
  const result = await home.run("gateway", "restart", "--force", "--json");
  assertEquals(result.code, 1);
  const answer = JSON.parse(result.out);
  assertEquals([answer.ok, answer.code, answer.service.loaded], [
    false,
    "SERVICE_RESTART_FAILED",
    true,
  ]);
  assertEquals(answer.hints[0], `launchctl kickstart -k ${box.state.domain}/${LABEL}`);
});

onMac("a session without LaunchAgents is told so", async ({ home }) => {
  const result = await home.run("gateway", "install");
  assertEquals(result.code, 69);
  assertStringIncludes(result.err, "not logged in at the screen");
  assertStringIncludes(result.out + result.err, "run there: openclaw gateway install");
  assertStringIncludes(result.out + result.err, "LaunchDaemon");
}, { state: { hasDomain: false } });

onMac("a gateway that ends at once is told, not waited for", async ({ home }) => {
  const result = await home.run("gateway", "install");
  assertEquals(result.code, 1);
  assertStringIncludes(result.err, "it has ended by itself with success");
  assertStringIncludes(result.out + result.err, "logs/gateway.log");
}, { state: { program: "refuses" } });

onMac("a gateway that crashes is told as a crash loop", async ({ home }) => {
  const result = await home.run("gateway", "install");
  assertEquals(result.code, 1);
  assertStringIncludes(result.err, "is crash looping, last exit 1");
  const status = await home.run("gateway", "status", "--no-probe");
  assertStringIncludes(status.out + status.err, "Service is crash-looping");
}, { state: { program: "crashes" } });

Deno.test("gateway restart from inside of the job asks the gateway itself", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      "gateway.restart.request": () => ({
        status: "scheduled",
        preflight: { safe: true, summary: "nothing is under way" },
        restart: {},
      }),
    },
  });
  await using box = await LaunchctlBox.create({ domain: `gui/${Deno.uid() ?? 0}` });
  const wrapper = await wrapperIn(box.folder, "exit 0");
  const env = { OPENCLAW_WRAPPER: wrapper };
  const { runCommand } = box;
  const made = { os: "darwin", runCommand, port: gateway.port } as const;
  await using inside = await createHome({ ...made, env: { ...env, XPC_SERVICE_NAME: LABEL } });
  assertDone(await inside.run("gateway", "install"));
  const before = box.state.calls.length;
  const result = await inside.run("gateway", "restart", "--json");
  assertEquals(JSON.parse(result.out).result, "scheduled", result.out + result.err);
  assertEquals(gateway.calls.map(({ method }) => method), ["gateway.restart.request"]);
  assertEquals(box.verbs.slice(before).includes("kickstart -k"), false);

  const refused = await inside.run("gateway", "install", "--force");
  assertStringIncludes(refused.err, `Cannot replace ${LABEL} from inside of it`);
});

onMac(
  "a gateway that does not answer is restarted from inside by launchd",
  async ({ home, box }) => {
    assertDone(await home.run("gateway", "install"));
    const result = await home.run("gateway", "restart", "--json");
    assertEquals(JSON.parse(result.out).result, "scheduled", result.out + result.err);
    assertEquals(box.verbs.includes("kickstart -k"), true);
  },
  { env: { XPC_SERVICE_NAME: LABEL } },
);

for (const os of ["darwin", "linux"] as const) {
  Deno.test(`a dry run on ${os} shows the names of secrets and no line of their values`, async () => {
    await using box = await LaunchctlBox.create();
    const wrapper = await wrapperIn(box.folder, "exit 0");
    const config = {
      gateway: { mode: "local", port: 1, auth: { token: "test-token" } },
      models: { providers: { openai: { apiKey: { source: "env", id: "CANARY_KEY" } } } },
    };
    await using home = await createHome({
      os,
      config: JSON.stringify(config),
      env: { OPENCLAW_WRAPPER: wrapper, CANARY_KEY: "first-line\nsecond-line\nthird = line" },
    });
    for (const flags of [[], ["--json"]]) {
      const plan = await home.run("gateway", "install", "--dry-run", ...flags);
      assertDone(plan);
      assertStringIncludes(plan.out, "CANARY_KEY=");
      assertEquals(/(?:first|second|third)\W*line/.test(plan.out), false, plan.out);
    }
    assertEquals(box.verbs, []);
  });
}

Deno.test("a definition that keeps a secret is written anew without a word from a shell without it", async () => {
  await using healthy = healthyPort();
  await using box = await LaunchctlBox.create({ domain: `gui/${Deno.uid() ?? 0}` });
  const wrapper = await wrapperIn(box.folder, "exit 0");
  const made = { os: "darwin", runCommand: box.runCommand } as const;
  const config = {
    gateway: { mode: "local", port: healthy.port, auth: { token: "test-token" } },
    models: { providers: { openai: { apiKey: { source: "env", id: "CANARY_KEY" } } } },
  };
  const env = { OPENCLAW_WRAPPER: wrapper };
  await using home = await createHome({
    ...made,
    config: JSON.stringify(config),
    env: { ...env, CANARY_KEY: "planted-secret" },
  });
  assertDone(await home.run("gateway", "install"));
  await using bare = await createHome({ ...made, env: { ...env, HOME: home.dir } });
  const again = await bare.run("gateway", "install", "--force");
  assertDone(again);
  assertEquals(again.err.includes("CANARY_KEY"), false, again.err);
  assertStringIncludes((await bare.run("gateway", "install", "--dry-run")).out, "CANARY_KEY=");
});

/** Becomes the executable to test, or what runs the source like one. */
function programLine(): string {
  const binary = Deno.env.get("OPENCLAW_TEST_BINARY");
  if (binary) return `exec '${Deno.realPathSync(binary)}'`;
  const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno");
  const run = `run -A --quiet --cached-only '${join(ROOT, "main.ts")}'`;
  return `DENO_DIR='${cache}' exec '${Deno.execPath()}' ${run}`;
}

Deno.test({
  name: "a real gateway is started by its definition, restarted, and ended by a stop",
  ignore: Deno.build.os === "windows",
  async fn() {
    const domain = `gui/${Deno.uid() ?? 0}`;
    await using box = await LaunchctlBox.create({ domain, program: "spawns" });
    const wrapper = await wrapperIn(box.folder, `${programLine()} "$@"`);
    const port = freePort();
    await using home = await createHome({
      os: "darwin",
      runCommand: box.runCommand,
      port,
      env: { OPENCLAW_WRAPPER: wrapper },
    });
    assertDone(await home.run("gateway", "install"));
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    await health.body?.cancel();
    assert(health.ok);
    const first = box.state.jobs[LABEL]!.pid!;
    assertDone(await home.run("gateway", "restart", "--force"));
    assert(box.state.jobs[LABEL]!.pid !== first);
    assertDone(await home.run("gateway", "stop"));
    const silent = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
    assertEquals(silent, undefined);
    assertStringIncludes(
      await Deno.readTextFile(`${home.dir}/.openclaw/logs/gateway.log`),
      "http server listening",
    );
    assertDone(await home.run("gateway", "uninstall"));
  },
});

onMac(
  "gateway start repairs a definition that has drifted, where its service keeps its things",
  async ({
    home,
    port,
  }) => {
    assertDone(await home.run("gateway", "install"));
    const state = `${home.dir}/.openclaw`;
    const file = `${state}/service-env/${LABEL}.env`;
    const edited = (await Deno.readTextFile(file))
      .replace(/(OPENCLAW_SERVICE_VERSION=')[^']*/, "$12020.1.1");
    assertStringIncludes(edited, "2020.1.1");
    await Deno.writeTextFile(file, edited);
    const started = await home.run("gateway", "start");
    assertDone(started);
    assertMatch(
      started.out,
      /^Gateway service definition needs repair:\n- service was installed by OpenClaw 2020\.1\.1, current CLI is \S+\n/,
    );
    assertStringIncludes(started.out, "Gateway service definition repaired and started.\n");
    const text = await Deno.readTextFile(file);
    assertEquals([text.includes("2020.1.1"), text.includes(`OPENCLAW_STATE_DIR='${state}'`)], [
      false,
      true,
    ]);
    assertStringIncludes(text, `OPENCLAW_GATEWAY_PORT='${port}'`);
    const again = await home.run("gateway", "start", "--json");
    assertEquals(JSON.parse(again.out).message.includes("repair"), false, again.out);
  },
);
