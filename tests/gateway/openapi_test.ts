import { Validator } from "@seriousme/openapi-schema-validator";
import { assert, assertEquals } from "@std/assert";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { STORM_CONFIG } from "../security/http_storm.ts";

Deno.test("openapi: the document is a valid one of version 3.1, and of this gateway", async () => {
  await using gateway = await TestGateway.start({ config: STORM_CONFIG });
  const refused = await fetch(`${gateway.httpUrl}/openapi.json`);
  await refused.body?.cancel();
  assertEquals(refused.status, 401);
  const headers = { authorization: `Bearer ${TOKEN}` };
  const answer = await fetch(`${gateway.httpUrl}/openapi.json`, { headers });
  assertEquals(answer.headers.get("content-type"), "application/json; charset=utf-8");
  const document = await answer.json();
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document));
  assert(result.valid, JSON.stringify(result.errors));
  assertEquals(validator.version, "3.1");
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const method of Object.keys(methods as Record<string, unknown>)) {
      const target = `${gateway.httpUrl}${path.replaceAll(/\{\w+\}/g, "x")}`;
      const { status, body } = await fetch(target, { method: method.toUpperCase() });
      await body?.cancel();
      assert(![404, 405].includes(status), `${method} ${path}: ${status}`);
    }
  }
});

const HOOK_TOKEN = "hook-token-of-this-test";
const BEARER = { authorization: `Bearer ${TOKEN}` };

/** What a document says of one method, as far as it is looked at here. */
interface Operation {
  security: Record<string, unknown>[];
  requestBody?: { content: Record<string, { example: unknown }> };
  responses: Record<string, { content?: Record<string, unknown> }>;
}

/** Requests that go well and badly, in every way that has a status of its own. */
function requestsFor(method: string, { security, requestBody }: Operation): RequestInit[] {
  const isHook = security.some((each) => "hookToken" in each);
  const headers = isHook ? { authorization: `Bearer ${HOOK_TOKEN}` } : BEARER;
  const wrong = { authorization: "Bearer wrong" };
  if (requestBody === undefined) {
    return [{ method }, { method, headers }, { method, headers: wrong }];
  }
  const example = requestBody.content["application/json"]!.example as Record<string, unknown>;
  const bodies = [example, {}, { ...example, model: "gpt" }, { ...example, stream: true }];
  const texts = [...bodies.map((body) => JSON.stringify(body)), "{bad", `"${"x".repeat(3e5)}"`];
  const named = { ...headers, "x-openclaw-model": "none/none" };
  const stranger = { ...headers, "x-openclaw-agent-id": "nobody" };
  return [
    { method, body: texts[0]! },
    { method, headers: wrong, body: texts[0]! },
    { method, headers: { ...headers, "content-encoding": "gzip" }, body: texts[0]! },
    ...texts.map((body) => ({ method, headers, body })),
    ...[named, stranger].map((headers) => ({ method, headers, body: texts[0]! })),
  ];
}

Deno.test("openapi: every answer of every endpoint is one that the document names", async () => {
  await using gateway = await TestGateway.start({
    config: {
      hooks: { enabled: true, token: HOOK_TOKEN, mappings: [] },
      gateway: { mode: "local", http: { endpoints: { metrics: { enabled: true } } } },
    },
  });
  const url = gateway.httpUrl;
  const { paths } = await (await fetch(`${url}/openapi.json`, { headers: BEARER })).json();
  for (const [path, methods] of Object.entries<Record<string, Operation>>(paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      for (const init of requestsFor(method.toUpperCase(), operation)) {
        const answer = await fetch(`${url}${path.replaceAll(/\{\w+\}/g, "x")}`, init);
        await answer.body?.cancel();
        const type = answer.headers.get("content-type")?.split(";")[0] ?? "";
        const types = Object.keys(operation.responses[answer.status]?.content ?? {});
        const what = `${method} ${path}: ${answer.status} ${type}, named ${types}`;
        assert(types.includes(type), `${what}, of ${String(init.body).slice(0, 80)}`);
      }
    }
  }
});
