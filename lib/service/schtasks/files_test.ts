import { assertEquals, assertThrows } from "@std/assert";
import { AppError, envOf } from "../../base/mod.ts";
import { buildRunner, headlessCommand, taskFiles } from "./files.ts";

Deno.test("taskFiles() keeps everything beside the script, wherever that is", () => {
  assertEquals(taskFiles("/s", envOf({})).runner, "/s/gateway-run.cmd");
  const named = taskFiles("/s", envOf({ OPENCLAW_TASK_SCRIPT_NAME: "claw.cmd" }));
  assertEquals([named.script, named.environment], ["/s/claw.cmd", "/s/claw.windows.env"]);
  const elsewhere = taskFiles("/s", envOf({ OPENCLAW_TASK_SCRIPT: "/t/x.cmd" }));
  assertEquals([elsewhere.folder, elsewhere.xml], ["/t", "/t/x.task.xml"]);
});

Deno.test("taskFiles() refuses a name that would mean something to cmd.exe", () => {
  for (const name of ["a b.cmd", "a&b.cmd", "%x%.cmd", "x.bat", ".cmd"]) {
    const error = assertThrows(() => taskFiles("/s", envOf({ OPENCLAW_TASK_SCRIPT_NAME: name })));
    assertEquals((error as AppError).code, "SERVICE_NAME_INVALID");
  }
});

Deno.test("buildRunner() starts again but for success, 78 and a word to stop", () => {
  const text = buildRunner(taskFiles("/s", envOf({})));
  const at = (line: string) => text.split("\r\n").indexOf(line);
  const order = [
    'set "OPENCLAW_TASK_STATUS=%errorlevel%"',
    "if exist gateway.stop goto end",
    'if "%OPENCLAW_TASK_STATUS%"=="0" goto end',
    'if "%OPENCLAW_TASK_STATUS%"=="78" exit 78',
    "if not exist gateway.stop goto again",
  ].map(at);
  assertEquals(order.includes(-1), false);
  assertEquals(order, order.toSorted((a, b) => a - b));
});

Deno.test("headlessCommand() names no folder of the user", () => {
  const { program, args } = headlessCommand(taskFiles("C:/R&D 100%", envOf({})));
  assertEquals(/R&D|100/.test(program + args), false);
});
