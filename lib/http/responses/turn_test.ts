import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "../errors.ts";
import type { InputItem } from "./schema.ts";
import { toTurn } from "./turn.ts";

const USER = (content: string): InputItem => ({ role: "user", content });
const SAID = (content: string): InputItem => ({ role: "assistant", content });
const CALL = (call_id: string): InputItem => ({
  type: "function_call",
  call_id,
  name: "f",
  arguments: "{}",
});
const RESULT = (call_id: string, output = "ok"): InputItem => ({
  type: "function_call_output",
  call_id,
  output,
});

const call = (id: string) => ({ id, name: "f", arguments: "{}" });

Deno.test("toTurn() takes the last user message as the current one", () => {
  const turn = toTurn([USER("one"), SAID("two"), USER("three"), USER("four")]);
  assertEquals([turn.message, turn.toolResults], ["four", []]);
  assertEquals(turn.earlier, [
    { role: "user", text: "one" },
    { role: "assistant", text: "two" },
    { role: "user", text: "three" },
  ]);
});

Deno.test("toTurn() joins the calls of a turn and takes their answers as the current one", () => {
  const items = [USER("go"), SAID("hm"), CALL("a"), CALL("b"), RESULT("a"), RESULT("b", "no")];
  const turn = toTurn(items);
  assertEquals(turn.message, "Tool:a: ok\nTool:b: no");
  assertEquals(turn.toolResults, [{ id: "a", text: "ok" }, { id: "b", text: "no" }]);
  assertEquals(turn.earlier, [
    { role: "user", text: "go" },
    { role: "assistant", text: "hm", toolCalls: [call("a"), call("b")] },
  ]);
});

Deno.test("toTurn() keeps rounds of calls apart", () => {
  const turn = toTurn([USER("go"), CALL("a"), RESULT("a"), CALL("b"), RESULT("b")]);
  assertEquals(turn.toolResults, [{ id: "b", text: "ok" }]);
  assertEquals(turn.earlier, [
    { role: "user", text: "go" },
    { role: "assistant", text: "", toolCalls: [call("a")] },
    { role: "tool", id: "a", text: "ok" },
    { role: "assistant", text: "", toolCalls: [call("b")] },
  ]);
});

Deno.test("toTurn() lets a user message bring the answers right before it along", () => {
  const turn = toTurn([CALL("a"), RESULT("a"), USER("and now?")]);
  assertEquals([turn.message, turn.toolResults.length], ["and now?", 1]);
  const later = toTurn([CALL("a"), RESULT("a"), USER("one"), USER("two")]);
  assertEquals([later.message, later.toolResults], ["two", []]);
  assertEquals(later.earlier.map(({ role }) => role), ["assistant", "tool", "user"]);
});

Deno.test("toTurn() gathers instructions, and skips thoughts and what comes behind the turn", () => {
  const turn = toTurn([
    { role: "system", content: "S" },
    { type: "reasoning", id: "rs", summary: [] },
    { role: "developer", content: [{ type: "input_text", text: "D" }] },
    USER("hi"),
    SAID("prefix"),
  ]);
  assertEquals([turn.system, turn.message, turn.earlier], [["S", "D"], "hi", []]);
});

Deno.test("toTurn() takes pictures of the current message and files of all", () => {
  const image = { type: "input_image" as const, image_url: "x" };
  const file = { type: "input_file" as const, file_url: "y" };
  const turn = toTurn([
    { role: "user", content: [image, file] },
    SAID("ok"),
    { role: "user", content: [image, { type: "input_text", text: "a" }] },
  ]);
  assertEquals([turn.images.length, turn.files.length, turn.message], [1, 1, "a"]);
  assertEquals(turn.earlier[0], { role: "user", text: "User sent image(s) with no text." });
  const only = toTurn([{ role: "user", content: [file] }]);
  assertEquals(only.message, "User sent file(s) with no text.");
  const answered = toTurn([{ type: "function_call_output", call_id: "a", output: [image] }]);
  assertEquals([answered.images.length, answered.toolResults[0]!.text], [1, ""]);
});

Deno.test("toTurn() refuses input without anything to answer", () => {
  const cases: InputItem[][] = [
    [],
    [USER("")],
    [USER(" \n")],
    [SAID("x")],
    [{ role: "system", content: "x" }],
    [CALL("a")],
  ];
  for (const items of cases) {
    assertThrows(() => toTurn(items), HttpError, "Missing user message in `input`.");
  }
});
