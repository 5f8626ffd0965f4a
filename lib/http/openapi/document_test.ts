import { assert, assertEquals } from "@std/assert";
import * as z from "zod/mini";
import { ERRORS } from "../../protocol/mod.ts";
import { routeLabel, ROUTES } from "../router.ts";
import { FakeGateway, TEST_TOKEN } from "../testing.ts";
import { bodySchema, buildDocument, codesByStatus } from "./document.ts";
import { type Endpoint, ENDPOINTS } from "./endpoints.ts";
import { renderEndpoints } from "./reference.ts";

const POST: Endpoint = {
  method: "POST",
  path: "/v1/things/{id}",
  route: "/v1/things/*",
  group: "Runs",
  summary: "Makes a thing",
  scope: "operator.write",
  switch: { name: "things", isOn: true },
  parameters: [{ in: "path", name: "id", description: "Which", schema: { type: "string" } }],
  body: {
    schema: () =>
      Promise.resolve(z.strictObject({
        name: z.string().check(z.describe("What it is called")),
        size: z.catch(z.optional(z.number()), 3),
      })),
    limit: "1 KiB",
    example: { name: "x" },
  },
  answer: { type: "application/json", description: "The thing", mayStream: true },
  codes: ["AGENT_NOT_FOUND"],
};

Deno.test("ENDPOINTS has every route with all its methods, and no other", () => {
  const routed = ROUTES.flatMap((route) =>
    route.methods.filter((method) => method !== "HEAD").map((method) =>
      `${method} ${routeLabel(route)}`
    )
  );
  const listed = ENDPOINTS.map(({ method, route }) => `${method} ${route}`);
  for (const each of new Set(routed)) assert(listed.includes(each), `no entry for ${each}`);
  const outside = ENDPOINTS.filter(({ group }) => group !== "Webhooks");
  for (const { method, route } of outside) assert(routed.includes(`${method} ${route}`), route);
});

Deno.test("ENDPOINTS says of scope and switch what the routes do", () => {
  for (const routed of ROUTES) {
    const { path, scope, switches } = routed;
    const own = ENDPOINTS.filter(({ route }) => route === routeLabel(routed));
    for (const endpoint of own) {
      assertEquals(endpoint.scope === undefined, scope === undefined, path);
      const { switch: toggle } = endpoint;
      if (toggle !== undefined) assert(switches?.some((name) => name === toggle.name), path);
    }
  }
});

Deno.test("ENDPOINTS names codes of the table only, and each path and method once", () => {
  for (const endpoint of ENDPOINTS) {
    for (const [, codes] of codesByStatus(endpoint)) {
      for (const code of codes) assert(Object.hasOwn(ERRORS, code), `${endpoint.path}: ${code}`);
    }
  }
  const names = ENDPOINTS.map(({ method, path }) => `${method} ${path}`);
  assertEquals(names.length, new Set(names).size);
});

Deno.test("ENDPOINTS gives examples that its own schemas take", async () => {
  for (const { path, body } of ENDPOINTS) {
    if (body?.schema === undefined) continue;
    const result = z.safeParse(await body.schema(), body.example);
    assert(result.success, `${path}: ${JSON.stringify(result.error?.issues)}`);
  }
});

Deno.test("ENDPOINTS asks for the fields that its endpoints ask for", async () => {
  const required = new Map<string, unknown>();
  for (const endpoint of ENDPOINTS.filter(({ body }) => body !== undefined)) {
    const schema = await bodySchema(endpoint);
    const needed = (schema?.required ?? []) as string[];
    const example = endpoint.body?.example as Record<string, unknown>;
    assertEquals(needed.filter((name) => !(name in example)), [], endpoint.path);
    required.set(endpoint.path, needed);
  }
  assertEquals(required.get("/hooks/wake"), ["text"]);
  assertEquals(required.get("/hooks/agent"), ["message"]);
  assertEquals(required.get("/v1/chat/completions"), ["messages"]);
});

Deno.test("bodySchema() tells what clients send, without what stands in for it", async () => {
  assertEquals(await bodySchema(POST), {
    type: "object",
    properties: {
      name: { type: "string", description: "What it is called" },
      size: { type: "number" },
    },
    required: ["name"],
    additionalProperties: false,
  });
  assertEquals(await bodySchema(ENDPOINTS[0]!), undefined);
});

Deno.test("buildDocument() writes an operation with all that is known of it", async () => {
  const document = await buildDocument([POST]) as {
    // deno-lint-ignore no-explicit-any -- looked into as far as this test needs
    paths: any;
  };
  const { post } = document.paths["/v1/things/{id}"];
  assertEquals(post.operationId, "post_v1_things_id");
  assertEquals(post.security, [{ credential: [] }]);
  assertEquals(post["x-openclaw-scope"], "operator.write");
  assertEquals(post["x-openclaw-switch"], "gateway.http.endpoints.things.enabled");
  assertEquals(post.parameters[0].required, true);
  assertEquals(post.requestBody.content["application/json"].example, { name: "x" });
  assertEquals(Object.keys(post.responses[200].content), ["application/json", "text/event-stream"]);
  const statuses = ["200", "400", "401", "403", "404", "408", "413", "415", "429", "431", "500"];
  assertEquals(Object.keys(post.responses), [...statuses, "503"]);
});

Deno.test("buildDocument() tells what is no envelope of an error, and how else to show a credential", async () => {
  const document = await buildDocument([{
    ...POST,
    credentials: ["credential", "apiKey", "none"],
    others: {
      204: { description: "Nothing to do" },
      404: { type: "text/plain", description: "Not there" },
    },
  }]) as {
    // deno-lint-ignore no-explicit-any -- looked into as far as this test needs
    paths: any;
  };
  const { security, responses } = document.paths["/v1/things/{id}"].post;
  assertEquals(security, [{ credential: [] }, { apiKey: [] }, {}]);
  assertEquals(responses[204], { description: "Nothing to do" });
  assertEquals(Object.keys(responses[404].content), ["application/json", "text/plain"]);
});

Deno.test("answerOpenApi() gives the document to those who may read", async () => {
  const gateway = new FakeGateway();
  const refused = await gateway.send("/openapi.json");
  await refused.body?.cancel();
  const headers = { authorization: `Bearer ${TEST_TOKEN}` };
  const answer = await gateway.send("/openapi.json", { headers });
  assertEquals([refused.status, answer.status], [401, 200]);
  assertEquals(await answer.json(), await buildDocument(ENDPOINTS));
});

Deno.test("renderEndpoints() has a section with an example for each endpoint", async () => {
  const page = await renderEndpoints();
  for (const { method, path } of ENDPOINTS) {
    assert(page.includes(`\n### ${method} ${path}\n`), path);
  }
  assertEquals(page.split("```sh").length - 1, ENDPOINTS.length);
});
