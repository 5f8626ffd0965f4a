import { assertEquals } from "@std/assert";
import { isAllowedHost, isAllowedOrigin, type OriginPolicy } from "./origin.ts";

const LOCAL = { isLocalDirect: true, host: "127.0.0.1:18789" };
const NONE: OriginPolicy = { allowedOrigins: [], allowsHostFallback: false, hearsLocalPages: true };
const ONE: OriginPolicy = { ...NONE, allowedOrigins: ["https://ui.example"] };
const OWN: OriginPolicy = { ...NONE, hearsLocalPages: false };
const FALLBACK: OriginPolicy = { ...NONE, allowsHostFallback: true };

const CASES: [
  origin: string,
  peer: { isLocalDirect: boolean; host: string | undefined },
  policy: OriginPolicy,
  isAllowed: boolean,
][] = [
  // Loopback pages, straight from there, to a loopback name.
  ["http://127.0.0.1:18789", LOCAL, NONE, true],
  ["http://localhost:3000", LOCAL, NONE, true],
  ["http://[::1]:5173", { ...LOCAL, host: "[::1]:18789" }, NONE, true],
  ["http://app.localhost", LOCAL, NONE, true],
  // Where other programs' pages are not heard.
  ["http://127.0.0.1:18789", LOCAL, OWN, true],
  ["http://localhost:18789", LOCAL, OWN, false],
  ["http://127.0.0.1:3000", LOCAL, OWN, false],
  ["http://localhost:3000", LOCAL, { ...OWN, allowedOrigins: ["http://localhost:3000"] }, true],
  // Through a proxy, to a name that only resolves to loopback, or from a page of elsewhere.
  ["http://localhost:3000", { ...LOCAL, isLocalDirect: false }, NONE, false],
  ["http://localhost:3000", { ...LOCAL, host: "rebound.example:18789" }, NONE, false],
  ["http://localhost:3000", { ...LOCAL, host: undefined }, NONE, false],
  ["https://elsewhere.example", LOCAL, NONE, false],
  ["http://localhost.example", LOCAL, NONE, false],
  ["http://127.0.0.1.example:18789", LOCAL, NONE, false],
  // Texts that are no origin.
  ["null", LOCAL, NONE, false],
  ["", LOCAL, NONE, false],
  ["localhost", LOCAL, NONE, false],
  ["file:///home/user/page.html", LOCAL, NONE, false],
  ["null", LOCAL, { ...NONE, allowedOrigins: ["null"] }, false],
  // Configured ones: scheme, host and port must be the same, spelling need not.
  ["https://ui.example", LOCAL, ONE, true],
  ["https://UI.example:443", LOCAL, ONE, true],
  ["http://ui.example", LOCAL, ONE, false],
  ["https://ui.example:8443", LOCAL, ONE, false],
  ["https://ui.example.evil.example", LOCAL, ONE, false],
  ["https://ui.example", LOCAL, { ...NONE, allowedOrigins: ["https://ui.example/"] }, true],
  ["https://ui.example", LOCAL, { ...NONE, allowedOrigins: ["ui.example"] }, false],
  ["https://anything.example", LOCAL, { ...NONE, allowedOrigins: ["*"] }, true],
  // The name it was served under.
  ["https://my.example:8443", { isLocalDirect: false, host: "MY.example:8443" }, FALLBACK, true],
  ["https://my.example", { isLocalDirect: false, host: "my.example:8443" }, FALLBACK, false],
  ["https://my.example", { isLocalDirect: false, host: undefined }, FALLBACK, false],
  ["https://my.example", { isLocalDirect: false, host: "my.example" }, NONE, false],
];

for (const [origin, peer, policy, expected] of CASES) {
  const to = `${peer.isLocalDirect ? "directly" : "by a proxy"} to ${peer.host}`;
  const name = `isAllowedOrigin() ${expected ? "accepts" : "refuses"} "${origin}" ${to}, ` +
    `allowed [${policy.allowedOrigins}]${policy.allowsHostFallback ? " or its own name" : ""}` +
    (policy.hearsLocalPages ? "" : ", of local pages its own");
  Deno.test(name, () => assertEquals(isAllowedOrigin(origin, peer, policy), expected));
}

Deno.test("isAllowedHost() knows this machine, private addresses and listed names, spelled in full", () => {
  const listed = ["https://ui.example", "http://plain.example:8080", "not an origin"];
  const allowed = ["localhost", "localhost.:1", "10.0.0.8:18789", "[fe80::1]", "ui.example"];
  for (const host of [...allowed, "UI.example:443", "plain.example:8080"]) {
    assertEquals(isAllowedHost(host, listed), true, host);
  }
  const refused = ["", "evil.example", "8.8.8.8", "[::1]evil.example", "[::1].evil.example"];
  for (const host of [...refused, "ui.example:8443", "plain.example", "evil@ui.example"]) {
    assertEquals(isAllowedHost(host, listed), false, host);
  }
  assertEquals(isAllowedHost(null, listed), true);
});
