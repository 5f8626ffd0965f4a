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

Deno.test("parseChatMessages() folds earlier messages into context", () => {
  const turn = parseChatMessages([
    { role: "user", content: "What is 2+2?" },
    { role: "assistant", content: "4" },
    { role: "assistant", content: null, tool_calls: [{ id: "call_1" }] },
    { role: "tool", tool_call_id: "call_1", content: "sunny" },
    { role: "function", name: "old", content: "cloudy" },
    {
      role: "user",
      content: [{ type: "text", text: "And" }, { type: "input_text", text: "3+3?" }],
    },
  ]);
  assertEquals(
    turn.message,
    [
      "[Chat messages since your last reply - for context]",
      "User: What is 2+2?",
      "Assistant: 4",
      "Tool:call_1: sunny",
      "Tool: cloudy",
      "",
      "[Current message - respond to this]",
      "User: And\n3+3?",
    ].join("\n"),
  );
});

Deno.test("parseChatMessages() answers the last user or tool message", () => {
  const turn = parseChatMessages([
    { role: "user", content: "first" },
    { role: "tool", tool_call_id: "c", content: "second" },
    { role: "assistant", content: "left out" },
  ]);
  assertEquals(turn.message.endsWith("[Current message - respond to this]\nTool:c: second"), true);
  assertEquals(turn.message.includes("left out"), false);
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
