import { assertEquals, assertThrows } from "@std/assert";
import { parseChatMessages } from "./messages.ts";
import { HttpError } from "../errors.ts";
import { MAX_IMAGE_BYTES } from "../limits.ts";

const PIXEL = "iVBORw0KGgo=";

function image(url: unknown) {
  return { type: "image_url", image_url: { url } };
}

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
    images: [],
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
  const url = `data:image/png;base64,${PIXEL}`;
  const turn = parseChatMessages([
    { role: "user", content: [image("data:image/png;base64,broken!")] },
    { role: "user", content: [{ type: "text", text: "see" }, image(url), image(url)] },
  ]);
  assertEquals(turn.images, [
    { data: PIXEL, mimeType: "image/png" },
    { data: PIXEL, mimeType: "image/png" },
  ]);
  const afterTool = parseChatMessages([
    { role: "user", content: [{ type: "text", text: "see" }, image(url)] },
    { role: "tool", content: "done" },
  ]);
  assertEquals(afterTool.images, []);
});

Deno.test("parseChatMessages() says so when images come without text", () => {
  const turn = parseChatMessages([
    { role: "user", content: [{ type: "image_url", image_url: `data:image/GIF;base64,${PIXEL}` }] },
  ]);
  assertEquals(turn.message, "User sent image(s) with no text.");
  assertEquals(turn.images, [{ data: PIXEL, mimeType: "image/gif" }]);
});

Deno.test("parseChatMessages() refuses images outside the limits", () => {
  const png = (data: string) => image(`data:image/png;base64,${data}`);
  const tenMiB = "A".repeat(Math.ceil(MAX_IMAGE_BYTES / 3) * 4);
  const cases: [string, unknown[]][] = [
    ["remote address", [image("https://gateway.test/a.png")]],
    ["no address", [image(undefined)]],
    ["not base64", [image("data:image/png,abc")]],
    ["no comma", [image("data:image/png;base64")]],
    ["type", [image("data:image/svg+xml;base64,AAAA")]],
    ["empty", [png("")]],
    ["characters", [png("A*A=")]],
    ["cut off", [png("AAAAA")]],
    ["too many", Array.from({ length: 9 }, () => png("AAAA"))],
    ["too large", [png(tenMiB)]],
    ["too large together", Array.from({ length: 3 }, () => png(tenMiB.slice(8)))],
  ];
  for (const [name, content] of cases) {
    const run = () => parseChatMessages([{ role: "user", content }]);
    const error = assertThrows(run, HttpError, undefined, name);
    assertEquals([error.status, error.code], [400, "INVALID_IMAGE"], name);
    assertEquals(error.message, "Invalid image_url content in `messages`.");
  }
});
