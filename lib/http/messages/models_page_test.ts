import { assertEquals, assertThrows } from "@std/assert";
import { HttpError } from "../errors.ts";
import { FakeGateway, TEST_TOKEN } from "../testing.ts";
import { anthropicModelsPage } from "./models_page.ts";

const IDS = ["openclaw", "openclaw/default", "openclaw/main", "openclaw/a", "openclaw/b"];

function page(query: string): [string[], boolean, string | null, string | null] {
  const { data, has_more, first_id, last_id } = anthropicModelsPage(
    IDS,
    new URLSearchParams(query),
  );
  return [data.map(({ id }) => id), has_more, first_id, last_id];
}

Deno.test("anthropicModelsPage() gives pages in both directions", () => {
  assertEquals(page(""), [IDS, false, "openclaw", "openclaw/b"]);
  assertEquals(page("limit=2"), [IDS.slice(0, 2), true, "openclaw", "openclaw/default"]);
  assertEquals(page("limit=2&after_id=openclaw/default"), [
    IDS.slice(2, 4),
    true,
    "openclaw/main",
    "openclaw/a",
  ]);
  assertEquals(page("limit=2&after_id=openclaw/a")[1], false);
  assertEquals(page("limit=2&before_id=openclaw/a"), [
    IDS.slice(1, 3),
    true,
    "openclaw/default",
    "openclaw/main",
  ]);
  assertEquals(page("after_id=openclaw/b"), [[], false, null, null]);
});

Deno.test("anthropicModelsPage() refuses limits and ids by name", () => {
  for (const query of ["limit=0", "limit=x", "limit=1001", "limit=-1", "limit="]) {
    const error = assertThrows(() => page(query), HttpError);
    assertEquals(error.message, "limit: Input should be an integer from 1 to 1000");
  }
  const error = assertThrows(() => page("after_id=nope"), HttpError);
  assertEquals(error.message, "after_id: no model of the list has this id");
});

Deno.test("listModels() and retrieveModel() answer Anthropic's clients in their shape", async () => {
  const gateway = new FakeGateway();
  const headers = { "x-api-key": TEST_TOKEN, "anthropic-version": "2023-06-01" };
  const list = await (await gateway.send("/v1/models?limit=1", { headers })).json();
  assertEquals(list, {
    data: [{
      type: "model",
      id: "openclaw",
      display_name: "OpenClaw",
      created_at: "1970-01-01T00:00:00Z",
    }],
    has_more: true,
    first_id: "openclaw",
    last_id: "openclaw",
  });
  const one = await gateway.send("/v1/models/openclaw%2Fmain", { headers });
  assertEquals((await one.json()).display_name, "OpenClaw main");
  const none = await gateway.send("/v1/models/openclaw%2Fnope", { headers });
  const { error, request_id } = await none.json();
  assertEquals([none.status, error.type], [404, "not_found_error"]);
  assertEquals(request_id, none.headers.get("request-id"));
});
