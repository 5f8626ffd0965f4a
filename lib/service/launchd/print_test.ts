import { assertEquals } from "@std/assert";
import { parsePrint, runtimeOf } from "./print.ts";

function job(...lines: string[]): string {
  return `gui/501/ai.openclaw.gateway = {\n${lines.map((line) => `\t${line}\n`).join("")}}\n`;
}

Deno.test("parsePrint() reads the outermost level and the first of equal names", () => {
  const text = job(
    "active count = 1",
    "state = not running",
    "environment = {",
    "\tstate = trap",
    "\tA => b = c",
    "}",
    "Runs = 3",
    "last exit code = 78: EX_CONFIG",
    "resource coalition = {",
    "\tstate = active",
    "}",
    "state = later",
  );
  assertEquals(parsePrint(text), {
    "active count": "1",
    state: "not running",
    runs: "3",
    "last exit code": "78: EX_CONFIG",
  });
});

Deno.test("parsePrint() takes lines without a heading, and lines that end in CR", () => {
  assertEquals(parsePrint("state = waiting\r\npid = 12\r\n"), { state: "waiting", pid: "12" });
  assertEquals(parsePrint(""), {});
});

const CASES: readonly [string, string[], ReturnType<typeof runtimeOf>][] = [
  [
    "a running job",
    ["state = running", "runs = 1", "pid = 501", "last exit code = (never exited)"],
    {
      state: "running",
      managerState: "running",
      pid: 501,
      restarts: 0,
    },
  ],
  ["a job that has never run", ["state = not running", "runs = 0"], {
    state: "stopped",
    managerState: "not running",
    restarts: 0,
  }],
  ["an end on purpose", ["state = not running", "runs = 1", "last exit code = 0"], {
    state: "stopped",
    managerState: "not running",
    lastExitStatus: 0,
    restarts: 0,
    detail: "it has ended by itself with success, so it is not started again",
  }],
  ["a first crash", ["state = spawn scheduled", "runs = 1", "last exit code = 1"], {
    state: "starting",
    managerState: "spawn scheduled",
    lastExitStatus: 1,
    restarts: 0,
  }],
  ["a crash loop", ["state = spawn scheduled", "runs = 7", "last exit code = 1"], {
    state: "crash_looping",
    managerState: "spawn scheduled",
    lastExitStatus: 1,
    restarts: 6,
    detail: "it was started 7 times and ended each time",
  }],
  ["a kill", ["state = spawn scheduled", "runs = 2", "last terminating signal = Killed: 9"], {
    state: "starting",
    managerState: "spawn scheduled",
    lastExitStatus: 137,
    lastExitSignal: "SIGKILL",
    restarts: 1,
  }],
  ["a crash as older systems word it", ["state = waiting", "last exit status = 1"], {
    state: "starting",
    managerState: "waiting",
    lastExitStatus: 1,
  }],
  ["a program that cannot be started", [
    "state = spawn scheduled",
    "runs = 2",
    "last exit code = 78: EX_CONFIG",
    "job state = spawn failed",
  ], {
    state: "failed",
    managerState: "spawn scheduled",
    lastExitStatus: 78,
    restarts: 1,
    detail: "launchd cannot start the program",
  }],
  ["a refused signature", [
    "state = not running",
    "runs = 1",
    "last terminating signal = Killed: 9",
    "last exit reason = OS_REASON_CODESIGNING",
  ], {
    state: "failed",
    managerState: "not running",
    lastExitStatus: 137,
    lastExitSignal: "SIGKILL",
    lastExitReason: "OS_REASON_CODESIGNING",
    restarts: 0,
    detail: "macOS refuses the signature of the program, install it again",
  }],
];

for (const [name, lines, runtime] of CASES) {
  Deno.test(`runtimeOf() knows ${name}`, () => {
    assertEquals(runtimeOf(parsePrint(job(...lines))), runtime);
  });
}

Deno.test("runtimeOf() counts what came before a start for nothing", () => {
  const old = ["state = spawn scheduled", "last exit code = 1"];
  assertEquals(runtimeOf(parsePrint(job(...old, "runs = 9")), 9).state, "starting");
  assertEquals(runtimeOf(parsePrint(job(...old, "runs = 10")), 9).state, "starting");
  assertEquals(runtimeOf(parsePrint(job(...old, "runs = 12")), 9).state, "crash_looping");
  const refused = job("state = not running", "runs = 10", "last exit code = 0");
  assertEquals(runtimeOf(parsePrint(refused), 9).state, "failed");
});
