import { assertEquals } from "@std/assert";
import { parseAgentTarget } from "./models.ts";
import { FakeGateway, TEST_TOKEN } from "./testing.ts";

function get(path: string): Promise<Response> {
  return new FakeGateway().send(path, { headers: { authorization: `Bearer ${TEST_TOKEN}` } });
}

Deno.test("parseAgentTarget() reads every way to name an agent", () => {
  assertEquals(parseAgentTarget("openclaw"), {});
  assertEquals(parseAgentTarget("OpenClaw/Default"), {});
  assertEquals(parseAgentTarget("openclaw/main"), { agentId: "main" });
  assertEquals(parseAgentTarget("openclaw:a_b-1"), { agentId: "a_b-1" });
  assertEquals(parseAgentTarget("agent:main"), { agentId: "main" });
  const wrong = [
    "",
    "gpt-4",
    "openclaw/",
    "openclaw/-a",
    "openclaw/a b",
    "openclaw/a/b",
    "agent/x",
  ];
  for (const model of [...wrong, `openclaw/${"a".repeat(65)}`]) {
    assertEquals(parseAgentTarget(model), undefined, model);
  }
});

Deno.test("listModels() lists the aliases, the default agent, then the others", async () => {
  const response = await get("/v1/models");
  const { object, data } = await response.json();
  assertEquals(object, "list");
  assertEquals(data[0], {
    id: "openclaw",
    object: "model",
    created: 0,
    owned_by: "openclaw",
    permission: [],
  });
  assertEquals(
    data.map((model: { id: string }) => model.id),
    ["openclaw", "openclaw/default", "openclaw/main", "openclaw/helper"],
  );
});

Deno.test("retrieveModel() takes encoded and raw ids", async () => {
  for (const id of ["openclaw", "openclaw%2Fmain", "openclaw/main", "openclaw/helper?x=1"]) {
    const response = await get(`/v1/models/${id}`);
    assertEquals(response.status, 200, id);
    assertEquals((await response.json()).object, "model");
  }
});

Deno.test("retrieveModel() tells bad ids from unknown ones", async () => {
  const cases: [string, number, string][] = [
    ["", 400, "Missing model id."],
    ["%20", 400, "Invalid model id."],
    ["%zz", 400, "Invalid model id encoding."],
    ["gpt-4", 400, "Invalid model id."],
    ["openclaw/nope", 404, "Model 'openclaw/nope' not found."],
    ["openclaw:main", 404, "Model 'openclaw:main' not found."],
    ["OpenClaw", 404, "Model 'OpenClaw' not found."],
  ];
  for (const [id, status, message] of cases) {
    const response = await get(`/v1/models/${id}`);
    const { error } = await response.json();
    assertEquals([response.status, error.message], [status, message]);
    assertEquals(error.type, "invalid_request_error");
  }
});

Deno.test("retrieveModel() decodes an id once, and trusts none of it", async () => {
  const invalid = "Invalid model id.";
  const cases: [string, number, string][] = [
    ["openclaw%252Fmain", 400, invalid],
    ["openclaw%2Fmain%00", 400, invalid],
    ["%00", 400, invalid],
    ["openclaw/main/", 400, invalid],
    ["openclaw//main", 400, invalid],
    ["openclaw/", 400, invalid],
    ["/openclaw", 400, invalid],
    ["openclaw%5Cmain", 400, invalid],
    ["openclaw/..%2Fmain", 400, invalid],
    ["openclaw/m%C3%A4in", 400, invalid],
    ["openclaw/%E2%80%AEniam", 400, invalid],
    ["openclaw/__proto__", 400, invalid],
    ["openclaw/constructor", 404, "Model 'openclaw/constructor' not found."],
    [`openclaw/${"a".repeat(64)}`, 404, `Model 'openclaw/${"a".repeat(64)}' not found.`],
    [`openclaw/${"a".repeat(65)}`, 400, invalid],
    ["a".repeat(8000), 400, invalid],
    ["%", 400, "Invalid model id encoding."],
    ["%E4%B8", 400, "Invalid model id encoding."],
    ["openclaw%2", 400, "Invalid model id encoding."],
    ["%C0%AFopenclaw", 400, "Invalid model id encoding."],
    ["openclaw/Main", 404, "Model 'openclaw/Main' not found."],
    ["OPENCLAW/DEFAULT", 404, "Model 'OPENCLAW/DEFAULT' not found."],
    ["agent:main", 404, "Model 'agent:main' not found."],
    ["%09", 400, invalid],
    ["%20openclaw%20", 404, "Model ' openclaw ' not found."],
  ];
  for (const [id, status, message] of cases) {
    const response = await get(`/v1/models/${id}`);
    const { error } = await response.json();
    assertEquals([response.status, error.message], [status, message], id.slice(0, 80));
  }
});

Deno.test("retrieveModel() takes every spelling of the percent signs", async () => {
  for (const id of ["openclaw%2fmain", "%6Fpenclaw", "openclaw%2Fdefault"]) {
    const response = await get(`/v1/models/${id}`);
    await response.body?.cancel();
    assertEquals(response.status, 200, id);
  }
});
