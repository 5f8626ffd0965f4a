import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { commandText, shellLine } from "./command_text.ts";
import { parseRun } from "./run_params.ts";

function refused(params: Record<string, unknown>): string {
  const error = assertThrows(() => parseRun(params), AppError);
  assertEquals(error.code, "INVALID_REQUEST");
  return error.message;
}

Deno.test("parseRun() refuses what is no command, in words that callers know", () => {
  for (const command of [undefined, null, "ls", [], [""], ["  "]]) {
    assertEquals(refused({ command }), "command required");
  }
  assertEquals(
    refused({ command: ["ls", 1] }),
    "INVALID_REQUEST: command must be an array of strings",
  );
  assertEquals(
    refused({ command: ["ls", "a\0b"] }),
    "INVALID_REQUEST: command has a NUL character",
  );
  assertEquals(
    refused({ command: ["echo", "x"], rawCommand: "echo y" }),
    "INVALID_REQUEST: rawCommand does not match command",
  );
  assertEquals(refused({ command: ["ls"], cwd: 1 }), "INVALID_REQUEST: cwd must be a string");
  assertEquals(
    refused({ command: ["ls"], timeoutMs: 0 }),
    "INVALID_REQUEST: timeoutMs must be a number > 0",
  );
  assertEquals(
    refused({ command: ["ls"], env: { A: 1 } }),
    "INVALID_REQUEST: env values must be strings",
  );
});

Deno.test("parseRun() takes a text that says the same as the command", () => {
  const line = ["sh", "-c", "echo hi | cat"];
  assertEquals(parseRun({ command: line, rawCommand: "echo hi | cat" }).text, commandText(line));
  assertEquals(
    parseRun({ command: line, rawCommand: 'sh -c "echo hi | cat"' }).argv,
    line,
  );
});

Deno.test("parseRun() counts only what says yes as an approval", () => {
  const approvalOf = (over: Record<string, unknown>) =>
    parseRun({ command: ["ls"], ...over }).approval;
  assertEquals(approvalOf({}), undefined);
  assertEquals(approvalOf({ approved: true }), "allow-once");
  assertEquals(approvalOf({ approvalDecision: "allow-always" }), "allow-always");
  assertEquals(approvalOf({ approved: "true" }), undefined);
  assertEquals(approvalOf({ approved: false, approvalDecision: "deny" }), undefined);
  assertEquals(approvalOf({ approvalDecision: null }), undefined);
});

Deno.test("commandText() quotes what has blanks or quotes", () => {
  assertEquals(commandText(["a", "b c", 'd"e', "", "f'g"]), `a "b c" "d\\"e" "" f'g`);
});

Deno.test("shellLine() is the text of a shell and of nothing else", () => {
  assertEquals(shellLine(["/bin/bash", "-lc", "ls"]), "ls");
  assertEquals(shellLine(["sh", "-c", "ls", "more"]), undefined);
  assertEquals(shellLine(["python3", "-c", "x"]), undefined);
});
