import { assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import { METHODS } from "./methods/mod.ts";
import { METHOD_SUMMARIES } from "./methods/summaries.ts";
import { renderProtocolReference } from "./reference.ts";

Deno.test("renderProtocolReference() has one row per method, in one family", () => {
  const methods = renderProtocolReference().split("## Events")[0]!;
  const rows = [...methods.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  assertEquals(rows.sort(), Object.keys(METHODS).sort());
});

Deno.test("renderProtocolReference() tells scope, bounds and whether a method is offered", () => {
  const page = renderProtocolReference(["logs.tail"]);
  assertStringIncludes(
    page,
    "| `logs.tail` | ✓ | `read` | `cursor?: integer 0..`<br>`limit?: integer 1..5000`<br>" +
      "`maxBytes?: integer 1..1000000` | ",
  );
  assertStringIncludes(page, "| `chat.abort` |  | `write` |");
  assertStringIncludes(page, "| `skills.bins` |  | `node` |  |");
  assertStringIncludes(page, "| `health` |  | – |");
  assertStringIncludes(page, "answers the 1 marked");
});

Deno.test("renderProtocolReference() keeps the columns of its tables", () => {
  for (const line of renderProtocolReference().split("\n")) {
    if (!line.startsWith("| `")) continue;
    const columns = line.replaceAll("\\|", "").split("|").length - 2;
    assertFalse(columns < 2 || columns > 5, line);
    assertFalse(/undefined|\[object/.test(line), line);
  }
});

Deno.test("METHOD_SUMMARIES are single lines without a full stop", () => {
  assertEquals(Object.keys(METHOD_SUMMARIES).sort(), Object.keys(METHODS).sort());
  for (const [method, summary] of Object.entries(METHOD_SUMMARIES)) {
    assertMatch(summary, /^[A-Z`][^\n|]{2,110}[^.\s]$/, method);
  }
});
