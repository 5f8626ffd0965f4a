import { assert, assertEquals, assertMatch } from "@std/assert";
import type { ConnectParams } from "../protocol/methods/mod.ts";
import { LOCAL_PEER, paramsOf } from "./_testing.ts";
import { checkOffer, type ConnectionPeer, isPage } from "./handshake.ts";

const NO_ORIGINS = { allowedOrigins: [], allowsHostFallback: false, hearsLocalPages: true };

function refusal(over: Partial<ConnectParams>, peer: ConnectionPeer = LOCAL_PEER) {
  const verdict = checkOffer(paramsOf(over), peer, NO_ORIGINS);
  assert(verdict, "it was not refused");
  const { error: { code, message, details }, closeCode, closeReason } = verdict;
  return { code, message, details: details as Record<string, unknown>, closeCode, closeReason };
}

Deno.test("checkOffer() accepts every range that holds protocol 4", () => {
  const ranges = [[4, 4], [1, 4], [4, 9], [3, 5], [1, 3], [5, 6], [5, 4]] as const;
  const verdicts = ranges.map(([minProtocol, maxProtocol]) =>
    checkOffer(paramsOf({ minProtocol, maxProtocol }), LOCAL_PEER, NO_ORIGINS) === undefined
  );
  assertEquals(verdicts, [true, true, true, true, false, false, false]);
  const refused = refusal({ maxProtocol: 3, minProtocol: 3, role: "king" });
  assertEquals([refused.closeCode, refused.closeReason], [1002, "protocol mismatch"]);
  assertEquals(refused.details, { expectedProtocol: 4, minimumProbeProtocol: 4 });
});

Deno.test("checkOffer() refuses roles that are none", () => {
  assertEquals(refusal({ role: "king" }).closeReason, "invalid role");
});

Deno.test("checkOffer() refuses foreign pages, and pages without an origin", () => {
  const foreign = refusal({}, { ...LOCAL_PEER, origin: "https://elsewhere.example" });
  assertEquals(foreign.details, {
    code: "CONTROL_UI_ORIGIN_NOT_ALLOWED",
    reason: "origin not allowed",
  });
  assertMatch(foreign.message, /openclaw config set gateway\.controlUi\.allowedOrigins/);
  const pages = [["openclaw-control-ui", "ui"], ["webchat-ui", "ui"], ["cli", "webchat"]] as const;
  for (const [id, mode] of pages) {
    const client = { id, mode, version: "1", platform: "linux" };
    assertEquals(isPage({ client }), true);
    assertEquals(refusal({ client }).details.reason, "origin missing or invalid", id);
  }
});
