import { assertEquals } from "@std/assert";
import type { GatewayState } from "../state.ts";
import { maxResponsesBodyBytes, responseLimits } from "./response_limits.ts";

const MEBIBYTE = 1024 * 1024;

function stateWith(responses: unknown): GatewayState {
  const config = { gateway: { http: { endpoints: { responses } } } };
  return { config: () => ({ config }) } as unknown as GatewayState;
}

Deno.test("responseLimits() has the documented defaults", () => {
  const { maxUrlParts, files, images } = responseLimits(stateWith(undefined));
  assertEquals([maxUrlParts, files.maxChars], [8, 200_000]);
  assertEquals(files.pdf, { maxPages: 4, minTextChars: 200 });
  for (const kind of [files, images]) {
    const { allowUrl, maxRedirects, timeoutMs, urlAllowlist } = kind;
    assertEquals([allowUrl, maxRedirects, timeoutMs, urlAllowlist], [true, 3, 10_000, undefined]);
  }
  assertEquals([files.maxBytes, images.maxBytes], [5 * MEBIBYTE, 10 * MEBIBYTE]);
  assertEquals(maxResponsesBodyBytes(stateWith(undefined)), 20 * MEBIBYTE);
});

Deno.test("responseLimits() takes what is configured", () => {
  const state = stateWith({
    maxUrlParts: 0,
    files: { allowUrl: false, maxChars: 5, urlAllowlist: ["a.test"], pdf: { maxPages: 1 } },
    images: { maxBytes: 30 * MEBIBYTE, allowedMimes: ["image/png"], timeoutMs: undefined },
  });
  const { maxUrlParts, files, images } = responseLimits(state);
  assertEquals([maxUrlParts, files.allowUrl, files.maxChars], [0, false, 5]);
  assertEquals([files.urlAllowlist, files.pdf], [["a.test"], { maxPages: 1, minTextChars: 200 }]);
  assertEquals([images.allowedMimes, images.timeoutMs], [["image/png"], 10_000]);
  assertEquals(maxResponsesBodyBytes(state), 60 * MEBIBYTE);
  assertEquals(maxResponsesBodyBytes(stateWith({ maxBodyBytes: 7 })), 7);
});
