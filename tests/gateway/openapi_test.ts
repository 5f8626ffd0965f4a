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
