import { assertEquals } from "@std/assert";
import { parseNodeText } from "./mod.ts";

Deno.test("parseNodeText() reads what devices report, and nothing else", () => {
  assertEquals(parseNodeText("Node: box"), { host: "box" });
  assertEquals(
    parseNodeText("Node: my box (192.0.2.1) · app 1.0 · mode remote · reason periodic"),
    {
      host: "my box",
      ip: "192.0.2.1",
      version: "1.0",
      mode: "remote",
      reason: "periodic",
    },
  );
  assertEquals(parseNodeText("The kettle is on"), {});
});
