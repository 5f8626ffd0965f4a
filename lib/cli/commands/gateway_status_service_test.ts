import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { freePort } from "../../../scripts/harness/ports.ts";
import type { RunCommand } from "../../platform/mod.ts";
import { writeHandoff } from "../../platform/mod.ts";
import { startFakeGateway } from "../testing/gateway_test.ts";
import { createHome, type TestHome } from "../testing/run_test.ts";

/** systemctl of a user's manager that has one unit. */
function systemctl(
  { isEnabled = true, show = {}, linger = "yes" }: {
    isEnabled?: boolean;
    show?: Record<string, string>;
    linger?: string;
  } = {},
): RunCommand {
  const values = {
    LoadState: "loaded",
    ActiveState: "active",
    SubState: "running",
    MainPID: "4711",
    NRestarts: "0",
    Result: "success",
    ...show,
  };
  return (command, args) => {
    const answer = (code: number, stdout: string) => Promise.resolve({ code, stdout, stderr: "" });
    if (command === "loginctl") return answer(0, `Linger=${linger}\n`);
    if (args.includes("is-enabled")) {
      return answer(isEnabled ? 0 : 1, isEnabled ? "enabled\n" : "disabled\n");
    }
    const lines = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    return answer(0, lines.join("\n"));
  };
}

async function installUnit(
  home: TestHome,
  port: number,
  { name = "openclaw-gateway.service", lines = [] as string[] } = {},
): Promise<void> {
  const folder = `${home.dir}/.config/systemd/user`;
  await Deno.mkdir(folder, { recursive: true });
  const start = `ExecStart=/usr/local/bin/openclaw gateway --port ${port}`;
  const text = ["[Unit]", "Description=x", "[Service]", start, ...lines].join("\n");
  await Deno.writeTextFile(`${folder}/${name}`, text);
}

Deno.test("gateway status: a service that reads another config is told, with the fix", async () => {
  await using home = await createHome({ runCommand: systemctl() });
  await installUnit(home, 1, { lines: [`Environment="OPENCLAW_STATE_DIR=${home.dir}/other"`] });
  const { code, out, err } = await home.run("gateway", "status", "--no-probe");
  assertEquals(code, 0);
  assertStringIncludes(out, `Config (cli): ${home.configPath}\n`);
  assertStringIncludes(out, `Config (service): ${home.dir}/other/openclaw.json (missing)\n`);
  assertStringIncludes(err, "Root cause: CLI and service are using different config paths");
  assertStringIncludes(err, "run: openclaw gateway install --force\n");
  const json = JSON.parse((await home.run("gateway", "status", "--no-probe", "--json")).out);
  assertEquals([json.config.mismatch, json.config.daemon.exists], [true, false]);
  assertEquals(json.extraServices, []);
});

Deno.test("gateway status: the port that the service has wins, and the drift is told", async () => {
  await using gateway = startFakeGateway({ token: "test-token" });
  await using home = await createHome({ runCommand: systemctl() });
  await installUnit(home, gateway.port);
  const { out, err } = await home.run("gateway", "status");
  assertStringIncludes(out, `port=${gateway.port} (service args)\n`);
  assertStringIncludes(out, "Runtime: running (pid 4711, state active, sub running)\n");
  assertStringIncludes(out, "Connectivity probe: ok\n");
  assertStringIncludes(err, `The config names port 1, the service listens on ${gateway.port}.\n`);
  const json = JSON.parse((await home.run("gateway", "status", "--json")).out);
  assertEquals([json.config.mismatch, json.health, json.portCli.port], [undefined, undefined, 1]);
});

Deno.test("gateway status: a process that does not listen is warming up, its last error told", async () => {
  await using home = await createHome({ runCommand: systemctl() });
  // One that whoever runs the tests may listen on.
  const port = freePort();
  await installUnit(home, port);
  const record = (level: string, message: string) =>
    JSON.stringify({ _meta: { logLevelName: level }, message, time: "2026-11-22T08:00:00Z" });
  const lines = [
    record("ERROR", "first"),
    record("ERROR", "disk sk-abcdefgh1234"),
    record("INFO", "x"),
  ];
  await Deno.writeTextFile(home.logFile, lines.join("\n") + "\n");
  const { code, out, err } = await home.run("gateway", "status");
  assertEquals(code, 0);
  assertStringIncludes(out, "Warm-up: launch agents can take a few seconds. Try again shortly.\n");
  assertStringIncludes(err, `Gateway port ${port} is not listening (service appears running).\n`);
  assertStringIncludes(err, "Last gateway error: disk [redacted]\nLogs: journalctl --user");
  const json = JSON.parse((await home.run("gateway", "status", "--json")).out);
  assertEquals(json.health, { healthy: false, staleGatewayPids: [] });
  assertEquals(json.lastError, "disk [redacted]");
});

Deno.test("gateway status --deep: the hand-off, and services that nobody asked for", async () => {
  await using home = await createHome({ runCommand: systemctl() });
  await installUnit(home, 1);
  await installUnit(home, 2, { name: "openclaw-gateway-ops.service" });
  await installUnit(home, 3, { name: "my-openclaw.service" });
  const { clock } = home.host();
  await writeHandoff(`${home.dir}/.openclaw`, clock, {
    pid: 7,
    reason: "update",
    source: "gateway-update",
    restartKind: "update-process",
    supervisorMode: "systemd",
  });
  const deep = await home.run("gateway", "status", "--no-probe", "--deep");
  assertStringIncludes(
    deep.out,
    "Recent restart handoff: update-process via systemd; source=gateway-update; reason=update; " +
      "pid=7; age=0ms; expiresIn=1m\n",
  );
  const path = `${home.dir}/.config/systemd/user/my-openclaw.service`;
  assertStringIncludes(
    deep.err,
    "Other gateway-like services detected (best effort):\n" +
      `- my-openclaw.service (user, unit: ${path})\n` +
      `Cleanup hint: systemctl --user disable --now my-openclaw.service && rm ${path}\n`,
  );
  assert(!deep.err.includes("openclaw-gateway-ops"), "another profile is no stranger");
  const shallow = await home.run("gateway", "status", "--no-probe");
  assert(!shallow.out.includes("handoff") && !shallow.err.includes("my-openclaw"));
});

Deno.test("gateway status: a crash loop and a refused config are told from a stop", async () => {
  const failed = (show: Record<string, string>) => ({
    runCommand: systemctl({
      show: { ActiveState: "failed", SubState: "failed", MainPID: "0", ...show },
    }),
  });
  const looping = {
    Result: "start-limit-hit",
    NRestarts: "5",
    ExecMainStatus: "1",
    ExecMainCode: "1",
  };
  await using loop = await createHome(failed(looping));
  await installUnit(loop, 1);
  assertStringIncludes((await loop.run("gateway", "status")).err, "Service is crash-looping");
  await using refused = await createHome(failed({ ExecMainStatus: "78", ExecMainCode: "1" }));
  await installUnit(refused, 1);
  const { err } = await refused.run("gateway", "status");
  assertStringIncludes(err, "Fix: openclaw config validate, then: openclaw gateway restart\n");
  await using stopped = await createHome({
    runCommand: systemctl({ show: { ActiveState: "inactive", SubState: "dead", MainPID: "0" } }),
  });
  await installUnit(stopped, 1);
  const text = await stopped.run("gateway", "status");
  assertStringIncludes(text.err, "Service is installed but stopped. Run: openclaw gateway start\n");
});

Deno.test("gateway status --deep on macOS names jobs that nobody asked for", async () => {
  const runCommand: RunCommand = () => Promise.resolve({ code: 113, stdout: "", stderr: "" });
  await using home = await createHome({ os: "darwin", runCommand });
  const folder = `${home.dir}/Library/LaunchAgents`;
  await Deno.mkdir(folder, { recursive: true });
  const plist = (label: string) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>Label</key>` +
    `<string>${label}</string><key>ProgramArguments</key><array>` +
    `<string>/usr/local/bin/openclaw</string><string>gateway</string></array></dict></plist>\n`;
  for (const label of ["ai.openclaw.ops", "box.assistant"]) {
    await Deno.writeTextFile(`${folder}/${label}.plist`, plist(label));
  }
  const json = await home.run("gateway", "status", "--no-probe", "--deep", "--json");
  assertEquals(JSON.parse(json.out).extraServices, [{
    platform: "darwin",
    label: "box.assistant",
    detail: `plist: ${folder}/box.assistant.plist`,
    scope: "user",
    marker: "openclaw",
    legacy: false,
    cleanup: `launchctl bootout gui/$UID/box.assistant; mv ${folder}/box.assistant.plist ~/.Trash/`,
  }]);
});

Deno.test("gateway status --system: log and hints are those of the service of the system", async () => {
  const show = { LoadState: "not-found", ActiveState: "inactive", MainPID: "0" };
  await using home = await createHome({ runCommand: systemctl({ isEnabled: false, show }) });
  const status = ["gateway", "status", "--system", "--no-probe"];
  const plain = await home.run(...status);
  assertMatch(plain.out, /^File logs: \/var\/log\/openclaw\/openclaw-\d{4}-\d\d-\d\d\.log$/m);
  assertStringIncludes(plain.err, "Run: sudo openclaw gateway install --system\n");
  assertMatch(
    plain.out,
    /Troubles: run sudo env OPENCLAW_HOME=\/var\/lib\/openclaw openclaw status/,
  );
  const ops = await home.run("--profile", "ops", ...status);
  assertMatch(ops.out, /^File logs: \/var\/log\/openclaw-ops\/openclaw-ops-.*\.log$/m);
  assertStringIncludes(ops.err, "Run: sudo openclaw --profile ops gateway install --system\n");
});

Deno.test("gateway status: an error of another gateway in the same file is not this one's", async () => {
  await using home = await createHome({ runCommand: systemctl() });
  await installUnit(home, 1);
  const record = (configPath: string, message: string) =>
    JSON.stringify({ _meta: { configPath, logLevelName: "ERROR" }, message });
  const lines = [record(home.configPath, "own"), record("/elsewhere/openclaw.json", "foreign")];
  await Deno.writeTextFile(home.logFile, lines.join("\n") + "\n");
  assertStringIncludes((await home.run("gateway", "status")).err, "Last gateway error: own\n");
  const { out } = await home.run("logs", "--plain");
  assertEquals([out.includes("own"), out.includes("foreign")], [true, false]);
});

Deno.test("gateway restart warns of a token in the definition that the config does not have", async () => {
  await using gateway = startFakeGateway({ token: "test-token" });
  await using home = await createHome({ runCommand: systemctl(), port: gateway.port });
  for (const [token, count] of [["old-token", 2], ["test-token", 0]] as const) {
    await installUnit(home, gateway.port, {
      lines: [`Environment=OPENCLAW_GATEWAY_TOKEN=${token}`],
    });
    const { code, out } = await home.run("gateway", "restart", "--force", "--json");
    const { warnings = [] } = JSON.parse(out);
    assertEquals([code, warnings.length], [0, count], out);
    if (count > 0) assertStringIncludes(warnings[0], "Config token differs from service token.");
    assertEquals(out.includes("old-token"), false);
  }
});
