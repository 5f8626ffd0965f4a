import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import type { CommandResult } from "../../platform/mod.ts";
import { TaskScheduler } from "./scheduler.ts";

function answering(result: Partial<CommandResult> | AppError): TaskScheduler {
  const run = () =>
    result instanceof AppError
      ? Promise.reject(result)
      : Promise.resolve({ code: 0, stdout: "", stderr: "", ...result });
  return new TaskScheduler(run, "T");
}

const OUTCOMES: readonly (readonly [string, Partial<CommandResult>])[] = [
  ["done", {}],
  ["denied", { code: 0x80070005 | 0 }],
  ["denied", { code: 0x80070005 }],
  ["denied", { code: 1, stderr: "ERROR: Access is denied." }],
  ["denied", { code: 1, stderr: "ERROR: Acceso denegado." }],
  ["denied", { code: 1, stderr: "FEHLER: Zugriff verweigert" }],
  ["missing", { code: 0x80070002 | 0 }],
  ["bad-definition", { code: 0x8004131a | 0 }],
  ["bad-definition", { code: 1, stderr: "エラー: (8,27):Count:999" }],
  ["failed", { code: 1, stderr: "エラー" }],
  ["failed", { code: 0x80041315 | 0 }],
];

for (const [outcome, result] of OUTCOMES) {
  Deno.test(`create() of ${JSON.stringify(result)} is ${outcome}`, async () => {
    assertEquals((await answering(result).create("x.xml")).outcome, outcome);
  });
}

Deno.test("find() knows a disabled task, and takes a plain failure for no task", async () => {
  const xml = (enabled: boolean) =>
    `<Task><Triggers><LogonTrigger><Enabled>false</Enabled></LogonTrigger></Triggers>` +
    `<Settings><Enabled>${enabled}</Enabled></Settings></Task>`;
  assertEquals(await answering({ stdout: xml(true) }).find(), { isEnabled: true });
  assertEquals(await answering({ stdout: xml(false) }).find(), { isEnabled: false });
  assertEquals(await answering({ code: 1, stderr: "エラー" }).find(), undefined);
});

Deno.test("find() names a scheduler that refuses, hangs or is not there", async () => {
  const hangs = new AppError("COMMAND_TIMEOUT", "x", { hint: "y" });
  const absent = new AppError("COMMAND_NOT_FOUND", "x", { hint: "y" });
  const cases: readonly (readonly [Partial<CommandResult> | AppError, string])[] = [
    [{ code: 0x80070005 | 0 }, "SERVICE_CHECK_FAILED"],
    [hangs, "SERVICE_CHECK_FAILED"],
    [absent, "SERVICE_MANAGER_UNAVAILABLE"],
  ];
  for (const [result, code] of cases) {
    const error = await assertRejects(() => answering(result).find(), AppError);
    assertEquals(error.code, code);
  }
});
