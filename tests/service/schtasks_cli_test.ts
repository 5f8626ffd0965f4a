/**
 * The whole command line on Windows: its programs are fakes on the PATH, the gateway they start is real.
 *
 * @module
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { freePort } from "../../scripts/harness/ports.ts";
import { type CliOutcome, WindowsMachine } from "../harness/fakes/windows_machine.ts";

const TASK = "OpenClaw Gateway";

function assertDone({ code, out, err }: CliOutcome): void {
  assertEquals(code, 0, out + err);
}

async function isServing(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}

function install(machine: WindowsMachine, port: number, ...more: string[]): Promise<CliOutcome> {
  const args = ["--port", String(port), "--wrapper", machine.program, ...more];
  return machine.openclaw(["gateway", "install", ...args]);
}

async function left({ stateDir }: WindowsMachine): Promise<string[]> {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(stateDir)) {
    // The gateway's own files stay, and one of them begins with its name.
    if (/^gateway[.-]/.test(name) && name !== "gateway.guard") names.push(name);
  }
  return names;
}

Deno.test("install, status, stop, start, restart, uninstall by a scheduled task", async () => {
  await using machine = await WindowsMachine.start({ language: "de" });
  const port = freePort();
  const installed = await install(machine, port);
  assertDone(installed);
  assertStringIncludes(installed.out, `Installed Scheduled Task: ${TASK}`);
  assertStringIncludes(installed.out, `Gateway serves on port ${port}.`);
  assert(await isServing(port));

  const status = JSON.parse((await machine.openclaw(["gateway", "status", "--json"])).out);
  const { label, loaded, loadedText, runtime, state } = status.service;
  assertEquals([label, loaded, loadedText, state], [
    "Scheduled Task",
    true,
    "registered",
    "running",
  ]);
  assertEquals([runtime.pid, runtime.lastRunResult], [machine.state.processes[0]!.pid, "0x41301"]);
  assertEquals(status.rpc.ok, true);

  const again = await install(machine, port, "--json");
  assertEquals(JSON.parse(again.out).result, "already-installed");

  // Somebody ends the process: the script that has run it runs it again.
  Deno.kill(runtime.pid, "SIGKILL");
  const restarted = await machine.openclaw(["gateway", "restart", "--force"]);
  assertDone(restarted);
  assertStringIncludes(restarted.out, `Restarted Scheduled Task: ${TASK}`);
  assert(await isServing(port));

  assertDone(await machine.openclaw(["gateway", "stop"]));
  assertEquals([await isServing(port), machine.state.processes.length], [false, 0]);
  const stopped = await machine.openclaw(["gateway", "status"]);
  assertMatch(stopped.err, /installed but stopped. Run: openclaw gateway start/);
  assertDone(await machine.openclaw(["gateway", "start"]));
  assert(await isServing(port));

  assertDone(await machine.openclaw(["gateway", "uninstall"]));
  assertEquals([await isServing(port), machine.state.tasks], [false, {}]);
  assertEquals(await left(machine), []);
  const gone = await machine.openclaw(["gateway", "stop"]);
  assertStringIncludes(gone.out, "Gateway service missing.");
  assertStringIncludes(gone.out, `Start with: schtasks /Run /TN "${TASK}"`);
});

Deno.test("a user who may not create tasks gets a login item, and all verbs", async () => {
  await using machine = await WindowsMachine.start({
    language: "es",
    faults: [{ match: "schtasks /Create", times: 1, kind: "denied" }],
  });
  const port = freePort();
  const installed = await install(machine, port, "--json");
  assertDone(installed);
  const answer = JSON.parse(installed.out);
  assertEquals([answer.result, answer.service.loaded], ["installed", true]);
  assertMatch(answer.warnings[0], /Acceso denegado.*Startup folder/);
  assert(await isServing(port));
  assertDone(await machine.openclaw(["gateway", "restart", "--force"]));
  assertDone(await machine.openclaw(["gateway", "stop"]));
  assertEquals(await isServing(port), false);
  assertDone(await machine.openclaw(["gateway", "uninstall"]));
  assertEquals(await left(machine), []);
});

Deno.test("install --dry-run shows files and commands, no secret, and touches nothing", async () => {
  await using machine = await WindowsMachine.start();
  const config = `{gateway:{mode:"local"},models:{providers:{openai:{apiKey:` +
    `{source:"env",id:"CANARY_KEY"}}}}}`;
  await Deno.mkdir(machine.stateDir);
  await Deno.writeTextFile(join(machine.stateDir, "openclaw.json"), config);
  const args = ["gateway", "install", "--dry-run", "--wrapper", machine.program];
  const plan = await machine.openclaw(args, { CANARY_KEY: "canary-4711" });
  assertDone(plan);
  assertStringIncludes(plan.out, "CANARY_KEY=***");
  assertStringIncludes(plan.out, "$ icacls ");
  assertMatch(plan.out, /\$ schtasks \/Create .*gateway\.task\.xml/);
  assert(!plan.out.includes("canary-4711"));
  assertEquals(await left(machine), []);
  assertEquals(machine.state.tasks, {});
});
