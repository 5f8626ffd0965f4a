import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { delay } from "../base/mod.ts";
import type { RunCommand } from "./command.ts";
import {
  cpuUsage,
  currentPid,
  executablePath,
  isProcessAlive,
  memoryUsage,
  parseProcStat,
  processCommand,
  processStartTime,
} from "./process.ts";

Deno.test("facts about this process have their forms", () => {
  assertEquals(currentPid(), Deno.pid);
  assert(memoryUsage().rss > 1_000_000);
  const before = cpuUsage();
  assert(before.user + before.system > 0);
  assert(cpuUsage().user >= before.user);
  assert(Deno.statSync(executablePath()).isFile);
});

Deno.test("isProcessAlive() tells the living from the dead", async () => {
  assertEquals(isProcessAlive(Deno.pid), true);
  for (const pid of [0, -1, 1.5, NaN, 2 ** 31 - 1]) assertEquals(isProcessAlive(pid), false);
  const child = new Deno.Command(Deno.execPath(), { args: ["--version"], stdout: "null" }).spawn();
  await child.status;
  assertEquals(isProcessAlive(child.pid), false);
});

Deno.test({
  name: "isProcessAlive() counts an ended process that nobody collects as gone",
  ignore: Deno.build.os !== "linux",
  async fn() {
    // The child ends only after its parent has become a program that collects no children.
    const child = 'while [ -e /proc/$$ ] && [ "$(cat /proc/$$/comm)" != sleep ]; do :; done';
    const parent = new Deno.Command("sh", {
      args: ["-c", `(${child}) & echo $!; exec sleep 60`],
      stdout: "piped",
    }).spawn();
    const reader = parent.stdout.getReader();
    const pid = Number(new TextDecoder().decode((await reader.read()).value));
    await reader.cancel();
    const isZombie = () => Deno.readTextFileSync(`/proc/${pid}/stat`).includes(") Z ");
    while (!isZombie()) await delay(5);
    assertEquals(isProcessAlive(pid), false);
    parent.kill("SIGKILL");
    await parent.status;
  },
});

Deno.test({
  name: "processStartTime() and processCommand() read the process table",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const start = processStartTime(Deno.pid);
    assert(start !== undefined && start > 0);
    assertEquals(processStartTime(Deno.pid), start);
    assertEquals(processStartTime(2 ** 31 - 1), undefined);
    assertStringIncludes(await processCommand(Deno.pid) ?? "", "deno");
    assertEquals(await processCommand(2 ** 31 - 1), undefined);
  },
});

Deno.test("parseProcStat() is not misled by the program's name", () => {
  const rest = Array.from({ length: 48 }, (_, i) => i + 5).join(" ");
  assertEquals(parseProcStat(`7 (a) S 1 (b)) Z 4 ${rest}`), {
    state: "Z",
    ppid: 4,
    startTime: 22,
  });
  assertEquals(parseProcStat(""), undefined);
});

Deno.test("processCommand() asks the programs of other systems", async () => {
  const calls: string[] = [];
  const run: RunCommand = (command, args) => {
    calls.push([command, ...args].join(" "));
    return Promise.resolve({ code: 0, stdout: " openclaw gateway\r\n", stderr: "" });
  };
  assertEquals(await processCommand(5, run, "darwin"), "openclaw gateway");
  assertEquals(await processCommand(5, run, "windows"), "openclaw gateway");
  assertEquals(calls[0], "ps -ww -p 5 -o command=");
  assertStringIncludes(calls[1]!, "ProcessId=5");
  const absent: RunCommand = () => Promise.reject(new Error("absent"));
  assertEquals(await processCommand(5, absent, "darwin"), undefined);
});
