import { assertEquals } from "@std/assert";
import type { Peer } from "../../http/mod.ts";
import type { GatewayState } from "../state.ts";
import { isHostAllowed } from "./host.ts";

const HERE: Peer = {
  address: "127.0.0.1",
  socketAddress: "127.0.0.1",
  isDirect: true,
  isLocalDirect: true,
};

function judge(url: string, host?: string): boolean {
  const state = { authenticator: { mode: "token" }, config: () => ({ config: {} }) };
  const headers = new Headers(host === undefined ? {} : { host });
  // These are all it looks at.
  return isHostAllowed(state as unknown as GatewayState, { headers, url }, HERE);
}

Deno.test("isHostAllowed() looks at the name in front of the path where no header has it", () => {
  assertEquals(judge("http://evil.example/v1/models"), false);
  assertEquals(judge("http://localhost:18789/v1/models"), true);
  assertEquals(judge("http://localhost:18789/", "evil.example"), false);
  assertEquals(judge("http+unix://%2Ftmp%2Fgate/v1/models"), true);
});
