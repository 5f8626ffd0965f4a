import { assertEquals } from "@std/assert";
import { foreignOrigin } from "./pages.ts";

const HOST = "127.0.0.1:18789";

function judge(headers: Record<string, string>, ...listed: string[]): string | undefined {
  return foreignOrigin(new Headers({ host: HOST, ...headers }), listed);
}

Deno.test("foreignOrigin() lets programs, the gateway's own pages and listed ones through", () => {
  assertEquals(judge({}), undefined);
  assertEquals(judge({ "sec-fetch-site": "none" }), undefined);
  assertEquals(judge({ "sec-fetch-site": "same-origin" }), undefined);
  assertEquals(judge({ origin: `http://${HOST}` }), undefined);
  assertEquals(judge({ origin: `https://${HOST}` }), undefined, "behind something that ends TLS");
  assertEquals(judge({ origin: "http://localhost", host: "LOCALHOST:80" }), undefined);
  assertEquals(judge({ origin: "http://[::1]:1", host: "[::1]:1" }), undefined);
  const listed = { origin: "https://app.example", "sec-fetch-site": "cross-site" };
  assertEquals(judge(listed, "https://APP.example/"), undefined);
});

Deno.test("foreignOrigin() names all others", () => {
  const origins = [
    "https://evil.example",
    "http://localhost:18789",
    "http://127.0.0.1:3000",
    "http://127.0.0.1",
    "http://127.0.0.1:18789.evil.example",
    "null",
    "file://",
    "chrome-extension://abcdef",
    "not an origin",
    "",
  ];
  for (const origin of origins) {
    assertEquals(judge({ origin }, "https://app.example", "*", "null"), origin);
  }
  for (const site of ["cross-site", "same-site", "Cross-Site"]) {
    assertEquals(judge({ "sec-fetch-site": site }, "*"), "another site");
  }
});

Deno.test("foreignOrigin() leaves a given origin to who judged it before", () => {
  const headers = new Headers({ origin: "https://ui.example", host: HOST });
  assertEquals(foreignOrigin(headers, [], true), undefined);
});
