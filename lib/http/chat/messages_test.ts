import { assertEquals } from "@std/assert";
import { parseChatMessages } from "./messages.ts";

Deno.test("parseChatMessages() gives a single message as it is", () => {
  const turn = parseChatMessages([{ role: "user", content: "  indented\n" }]);
  assertEquals(turn.message, "  indented\n");
});

Deno.test("parseChatMessages() keeps what was said before, calls and results included", () => {
  const turn = parseChatMessages([
    { role: "user", content: "What is 2+2?" },
    { role: "assistant", content: "4" },
    { role: "assistant", content: null },
    {
      role: "assistant",
      content: [{ type: "refusal", refusal: "no" }],
      tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: "{" } }, 5],
    },
    { role: "tool", tool_call_id: "call_1", content: "sunny" },
    {
      role: "user",
      content: [{ type: "text", text: "And" }, { type: "input_text", text: "3+3?" }],
    },
  ]);
  assertEquals(turn, {
    message: "And\n3+3?",
    imageParts: [],
    fileParts: [],
    earlier: [
      { role: "user", text: "What is 2+2?" },
      { role: "assistant", text: "4" },
      {
        role: "assistant",
        text: "no",
        toolCalls: [{ id: "call_1", name: "f", arguments: "{" }],
      },
      { role: "tool", id: "call_1", text: "sunny" },
    ],
  });
});

Deno.test("parseChatMessages() takes results at the end as the turn", () => {
  const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
  const turn = parseChatMessages([
    { role: "user", content: "go" },
    { role: "assistant", content: "", tool_calls: [call("a"), call("b")] },
    { role: "tool", tool_call_id: "b", content: [{ type: "text", text: "two" }] },
    { role: "tool", tool_call_id: "a", content: "" },
    { role: "assistant", content: "left out" },
  ]);
  assertEquals(turn.message, "Tool:b: two\nTool:a: ");
  assertEquals(turn.toolResults, [{ id: "b", text: "two" }, { id: "a", text: "" }]);
  assertEquals(turn.earlier?.map(({ role }) => role), ["user", "assistant"]);
});

Deno.test("parseChatMessages() finds the call of a result that does not name it", () => {
  const asks = (name: string) => ({ role: "assistant", function_call: { name, arguments: "{}" } });
  const turn = parseChatMessages([
    { role: "user", content: "go" },
    asks("f"),
    { role: "function", name: "f", content: "one" },
    asks("f"),
    asks("g"),
    { role: "function", name: "g", content: "two" },
    { role: "tool", content: "three" },
    { role: "tool", content: "nobody asked" },
  ]);
  const ids = turn.earlier?.flatMap((each) => each.role === "assistant" ? each.toolCalls ?? [] : [])
    .map(({ id }) => id);
  assertEquals(ids, ["call_1", "call_2", "call_3"]);
  assertEquals(turn.earlier?.[2], { role: "tool", id: "call_1", text: "one" });
  assertEquals(turn.toolResults, [
    { id: "call_3", text: "two" },
    { id: "call_2", text: "three" },
    { id: "unknown", text: "nobody asked" },
  ]);
});

Deno.test("parseChatMessages() collects system and developer text", () => {
  const turn = parseChatMessages([
    { role: "system", content: "Be brief." },
    { role: "user", content: "hi" },
    { role: "developer", content: [{ type: "text", text: "Be kind." }] },
    { role: "system", content: " " },
  ]);
  assertEquals(turn.extraSystemPrompt, "Be brief.\n\nBe kind.");
  assertEquals(turn.message, "hi");
});

Deno.test("parseChatMessages() takes images of the current user message only", () => {
  const old = { type: "image_url", image_url: "old" };
  const part = { type: "image_url", image_url: { url: "data:," } };
  const turn = parseChatMessages([
    { role: "user", content: [old] },
    { role: "user", content: [{ type: "text", text: "see" }, part, part, { type: "audio" }] },
  ]);
  assertEquals(turn.imageParts, [part, part]);
  assertEquals(turn.earlier, [{ role: "user", text: "User sent image(s) with no text." }]);
  const afterTool = parseChatMessages([
    { role: "user", content: [{ type: "text", text: "see" }, part] },
    { role: "tool", content: "done" },
  ]);
  assertEquals(afterTool.imageParts, []);
});

Deno.test("parseChatMessages() says so when images come without text", () => {
  const turn = parseChatMessages([
    { role: "user", content: [{ type: "image_url", image_url: "data:," }] },
  ]);
  assertEquals(turn.message, "User sent image(s) with no text.");
});
