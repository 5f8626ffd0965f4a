import { assertEquals } from "@std/assert";
import { MAX_STORED_INPUT_CHARS, toStoredInput } from "./stored_input.ts";

const ID = "resp_00000000-0000-4000-8000-000000000000";
const BASE = ID.slice("resp_".length);

Deno.test("toStoredInput() gives items ids and the form that clients list", () => {
  const stored = toStoredInput([
    { role: "user", content: "a" },
    { role: "assistant", content: "b", id: "msg_own" },
    { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    { type: "function_call_output", call_id: "c", output: "d" },
    { type: "function_call_output", call_id: "e", output: [{ type: "input_text", text: "f" }] },
  ], ID);
  const status = "completed";
  assertEquals(stored, [
    {
      type: "message",
      id: `msg_${BASE}_i0`,
      role: "user",
      content: [{ type: "input_text", text: "a" }],
      status,
    },
    {
      type: "message",
      id: "msg_own",
      role: "assistant",
      content: [{ type: "output_text", text: "b" }],
      status,
    },
    {
      type: "function_call",
      id: `fc_${BASE}_i2`,
      call_id: "c",
      name: "f",
      arguments: "{}",
      status,
    },
    { type: "function_call_output", id: `fco_${BASE}_i3`, call_id: "c", output: "d", status },
    {
      type: "function_call_output",
      id: `fco_${BASE}_i4`,
      call_id: "e",
      output: [{ type: "input_text", text: "f" }],
      status,
    },
  ]);
});

Deno.test("toStoredInput() leaves the data of images and files out, and keeps addresses and names", () => {
  const [item] = toStoredInput([{
    role: "user",
    content: [
      { type: "input_image", image_url: "data:image/png;base64,AAAA" },
      { type: "input_image", source: { type: "url", url: "https://a.test/x.png" } },
      { type: "input_file", filename: "a.txt", file_data: "QQ==" },
      { type: "input_file", file_url: "https://a.test/b.txt" },
    ],
  }], ID);
  assertEquals(item!.content, [
    { type: "input_image", detail: "auto", image_url: null },
    { type: "input_image", detail: "auto", image_url: "https://a.test/x.png" },
    { type: "input_file", filename: "a.txt" },
    { type: "input_file", file_url: "https://a.test/b.txt" },
  ]);
});

Deno.test("toStoredInput() keeps the newest of a long input", () => {
  const long = "x".repeat(MAX_STORED_INPUT_CHARS * 0.6);
  const items = ["a", long, long, "b"].map((content) => ({ role: "user" as const, content }));
  const stored = toStoredInput(items, ID);
  assertEquals(stored.map(({ id }) => id), [`msg_${BASE}_i2`, `msg_${BASE}_i3`]);
});
