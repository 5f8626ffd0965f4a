import { assertEquals, assertFalse } from "@std/assert";
import { FakeGateway, helloRun, TEST_TOKEN } from "./testing.ts";

const LISTED = "https://app.example";
const AUTH = { authorization: `Bearer ${TEST_TOKEN}` };

function withOrigins(...origins: string[]): FakeGateway {
  return new FakeGateway(helloRun, { corsOrigins: () => origins });
}

function preflight(gateway: FakeGateway, path: string, headers: Record<string, string>) {
  return gateway.send(path, {
    method: "OPTIONS",
    headers: { "access-control-request-method": "POST", ...headers },
  });
}

function corsHeaders({ headers }: Response): string[] {
  return [...headers.keys()].filter((name) => name.startsWith("access-control-"));
}

Deno.test("createHttpHandler() answers the preflight of a listed page, without a credential", async () => {
  const gateway = withOrigins(LISTED);
  const response = await preflight(gateway, "/v1/chat/completions", {
    origin: "https://APP.example",
    "access-control-request-headers":
      "Authorization, x-stainless-os,x-forwarded-for, forwarded, a b",
    "access-control-request-private-network": "true",
  });
  assertEquals([response.status, response.body, gateway.authorizations], [204, null, 0]);
  const { headers } = response;
  assertEquals(headers.get("access-control-allow-origin"), "https://APP.example");
  assertEquals(headers.get("access-control-allow-methods"), "POST");
  assertEquals(headers.get("access-control-allow-headers"), "authorization, x-stainless-os");
  assertEquals(headers.get("access-control-allow-private-network"), "true");
  assertEquals(headers.get("access-control-max-age"), "600");
  assertEquals(headers.get("vary"), "Access-Control-Request-Headers, Origin");
  assertFalse(headers.has("access-control-allow-credentials"));
});

Deno.test("createHttpHandler() tells other pages what it tells everybody", async () => {
  const cases: [FakeGateway, string][] = [
    [withOrigins(LISTED), "https://elsewhere.example"],
    [withOrigins(LISTED), "https://app.example.evil.example"],
    [withOrigins(LISTED), "http://app.example"],
    [withOrigins(LISTED), "null"],
    [withOrigins("*"), "null"],
    [withOrigins(), LISTED],
  ];
  for (const [gateway, origin] of cases) {
    const asked = await preflight(gateway, "/v1/chat/completions", { origin });
    assertEquals([asked.status, asked.headers.get("allow")], [405, "POST"], origin);
    await asked.body?.cancel();
    const sent = await gateway.send("/v1/models", { headers: { ...AUTH, origin } });
    assertEquals([corsHeaders(asked), corsHeaders(sent)], [[], []]);
    await sent.body?.cancel();
  }
});

Deno.test("createHttpHandler() lets listed pages read answers, refusals and streams", async () => {
  const gateway = withOrigins(LISTED);
  const headers = { origin: LISTED };
  const messages = [{ role: "user", content: "hi" }];
  const answers = [
    await gateway.send("/v1/models", { headers: { ...AUTH, ...headers } }),
    await gateway.send("/v1/models", { headers }),
    await gateway.send("/v1/nothing", { headers }),
    await gateway.chat({ messages, stream: true }, headers),
  ];
  assertEquals(answers.map(({ status }) => status), [200, 401, 404, 200]);
  for (const answer of answers) {
    assertEquals(answer.headers.get("access-control-allow-origin"), LISTED);
    assertEquals(
      answer.headers.get("access-control-expose-headers"),
      "x-request-id, request-id, retry-after",
    );
    assertEquals(answer.headers.get("vary"), "Origin");
    await answer.text();
  }
});

Deno.test("createHttpHandler() varies by origin wherever a list is, and nowhere else", async () => {
  const vary = async (gateway: FakeGateway) => {
    const response = await gateway.send("/healthz");
    await response.body?.cancel();
    return response.headers.get("vary");
  };
  assertEquals(await vary(withOrigins(LISTED)), "Origin");
  assertEquals(await vary(withOrigins()), null);
});

Deno.test("createHttpHandler() takes a plain OPTIONS for a wrong method, listed or not", async () => {
  const response = await withOrigins(LISTED).send("/v1/models", {
    method: "OPTIONS",
    headers: { origin: LISTED },
  });
  await response.body?.cancel();
  assertEquals([response.status, response.headers.get("allow")], [405, "GET"]);
});
