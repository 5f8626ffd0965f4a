import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { RunCommand } from "../../platform/mod.ts";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome } from "../testing/run_test.ts";

const SHOW = "LoadState=loaded\nActiveState=active\nSubState=running\nMainPID=4711\nNRestarts=0\n";

Deno.test("status shows service, channels, tasks and usage, and no secret with --all", async () => {
  await using gateway = startFakeGateway({
    token: "test-token",
    methods: {
      status: () => ({ tasks: { total: 3, active: 1, failures: 2 }, queuedSystemEvents: ["x"] }),
      "channels.status": () => ({
        channelAccounts: { telegram: [{ accountId: "default", connected: true }] },
      }),
      "usage.cost": () => ({ days: 30, totals: { totalTokens: 12, totalCost: 1.5 } }),
    },
  });
  const config = JSON.stringify({
    gateway: { mode: "local", port: gateway.port, auth: { token: "test-token" } },
    channels: { telegram: { botToken: "123456789:canary" }, irc: { enabled: false }, slack: {} },
  });
  await using home = await createHome({
    config,
    runCommand: (_command, args) => {
      const stdout = args.includes("is-enabled") ? "enabled\n" : SHOW;
      return Promise.resolve({ code: 0, stdout, stderr: "" });
    },
  });
  const folder = `${home.dir}/.config/systemd/user`;
  await Deno.mkdir(folder, { recursive: true });
  const start = `ExecStart=/usr/local/bin/openclaw gateway --port ${gateway.port}`;
  await Deno.writeTextFile(`${folder}/openclaw-gateway.service`, `[Service]\n${start}\n`);

  const { code, out } = await home.run("status", "--all", "--usage");
  assertEquals(code, 0);
  for (
    const text of [
      "systemd user enabled · running (pid 4711, state active, sub running)\n",
      "Node service        systemd user not installed\n",
      "Events              1 queued\n",
      "Tasks               1 active of 3 · 2 failed\n",
      "Telegram  ON       OK     connected\n",
      "IRC       OFF      OFF    disabled in the config\n",
      "Slack     ON       SETUP  configured, not running\n",
      "12 tokens, $1.50 in 30 day(s)\n",
      `  Gateway target: ws://127.0.0.1:${gateway.port}\n`,
      "✓ Service: systemd user, running (pid 4711",
      "✓ gateway answers\n",
      "Pasteable debug report. Auth tokens redacted.\n",
    ]
  ) assertStringIncludes(out, text);
  assert(!out.includes("test-token") && !out.includes("canary"));

  const json = JSON.parse((await home.run("status", "--json", "--usage")).out);
  const { label, installed, loaded, runtimeShort } = json.gatewayService;
  assertEquals([label, installed, loaded], ["systemd user", true, true]);
  assertStringIncludes(runtimeShort, "running (pid 4711");
  assertEquals([json.nodeService.installed, json.usage.totals.totalTokens], [false, 12]);
});

Deno.test("status tells of a node host that another installation made a service of", async () => {
  const runCommand: RunCommand = (_command, args) => {
    const isNode = args.includes("openclaw-node.service");
    const stdout = args.includes("is-enabled")
      ? "enabled\n"
      : "LoadState=loaded\nActiveState=active\nSubState=running\n" +
        `MainPID=${isNode ? 4712 : 4711}\n`;
    return Promise.resolve({ code: 0, stdout, stderr: "" });
  };
  await using home = await createHome({ runCommand });
  const folder = `${home.dir}/.config/systemd/user`;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(
    `${folder}/openclaw-node.service`,
    "[Service]\nExecStart=/usr/bin/node\n",
  );
  const { gatewayService, nodeService } = JSON.parse((await home.run("status", "--json")).out);
  assertEquals([gatewayService.installed, nodeService.installed], [false, true]);
  assertStringIncludes(nodeService.runtimeShort, "running (pid 4712");
  assertMatch((await home.run("status")).out, /Node service +systemd user enabled · running/);
});

Deno.test("status --all of a machine where all is wrong says what to run", async () => {
  await using home = await createHome({ config: '{"gateway":{"port":"many"}}' });
  const { code, out } = await home.run("status", "--all");
  assertEquals(code, 0);
  assertStringIncludes(out, "✗ Config has 1 problem(s)\n  Fix: openclaw config validate\n");
  assertStringIncludes(out, "✗ gateway does not answer: ");
  assertStringIncludes(out, "! Service: not installed (openclaw gateway install)\n");
});
