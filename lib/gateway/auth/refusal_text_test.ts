import { assert, assertEquals, assertMatch } from "@std/assert";
import { AUTH_FAILURES } from "../../protocol/mod.ts";
import { credentialMessage } from "./refusal_text.ts";

const HERE = { isPage: false, isLocalDirect: false };

const PROXY_REASONS = [
  "trusted_proxy_no_proxies_configured",
  "trusted_proxy_untrusted_source",
  "trusted_proxy_loopback_source",
  "trusted_proxy_missing_header_x-user",
  "trusted_proxy_user_missing",
  "trusted_proxy_user_not_allowed",
  "trusted_proxy_origin_not_allowed",
];

Deno.test("credentialMessage() names a command for every reason that has one", () => {
  const reasons = [undefined, ...Object.keys(AUTH_FAILURES), ...PROXY_REASONS];
  for (const reason of reasons.filter((reason) => reason !== "rate_limited")) {
    const message = credentialMessage({ ...HERE, reason });
    assertMatch(message, /^unauthorized: [^(]+ \(.*openclaw [a-z].*\)$/, reason);
  }
  const waiting = credentialMessage({ ...HERE, reason: "rate_limited", retryAfterMs: 59_001 });
  assertMatch(waiting, /\(retry after 60s\)$/);
});

const PASTED: [name: string, text: string, advice: RegExp][] = [
  ["device token", "d".repeat(43), /a device token: good only from its own device/],
  ["node token", "n".repeat(48), /a node token: .*openclaw devices list/],
  ["gateway token", "0123456789abcdef".repeat(3), /a gateway token: openclaw config set/],
  ["bootstrap token", "b".repeat(32), /the bootstrap token of a setup code: .*openclaw qr/],
  ["setup code", `eyJ1cmwi${"A".repeat(80)}`, /a setup code: .*openclaw qr/],
  ["device id", "0123456789abcdef".repeat(4), /a device id: .*openclaw devices list/],
  ["request id", crypto.randomUUID(), /a request id: .*openclaw devices approve <request>/],
  ["provider key", "sk-abcdefghijklmnop", /an API key of another service: .*models\.providers/],
  ["private key", "-----BEGIN PRIVATE KEY-----", /a private key: never to be sent/],
];

for (const [name, presented, advice] of PASTED) {
  Deno.test(`credentialMessage() tells a ${name} in the wrong place, and does not repeat it`, () => {
    for (const reason of ["token_mismatch", "password_mismatch", "bootstrap_token_invalid"]) {
      const message = credentialMessage({ ...HERE, reason, presented });
      assertMatch(message, /what was sent looks like /);
      if (reason === "token_mismatch") assertMatch(message, advice);
      assert(!message.includes(presented));
    }
  });
}

Deno.test("credentialMessage() says nothing of what has no form of its own", () => {
  const message = credentialMessage({ ...HERE, reason: "token_mismatch", presented: "swordfish" });
  assertEquals(message, credentialMessage({ ...HERE, reason: "token_mismatch" }));
});

Deno.test("credentialMessage() sends the user of a page to its settings", () => {
  const message = credentialMessage({ ...HERE, isPage: true, reason: "token_missing" });
  assertEquals(
    message,
    "unauthorized: gateway token missing (enter the gateway token in the settings of the page)",
  );
});
