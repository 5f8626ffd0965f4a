import { assertEquals } from "@std/assert";
import { createDeviceSigner, ensureIdentity } from "../../devices/mod.ts";
import type { ConnectParams } from "../../protocol/methods/mod.ts";
import { Store } from "../../store/mod.ts";
import { ManualClock, policyOf, REMOTE_PEER } from "../_testing.ts";
import { admitConnect } from "../admission.ts";
import { Broadcaster } from "../broadcaster.ts";
import { openDevices } from "../device_events.ts";
import type { ConnectionPeer } from "../handshake.ts";

const NONCE = "nonce";
const PEER: ConnectionPeer = {
  ...REMOTE_PEER,
  address: "192.168.7.9",
  socketAddress: "192.168.7.9",
  host: "gateway:18789",
};

/** Connects a new device; answers whether it was let in. */
async function isLetIn(
  { role = "node", scopes = [] }: { role?: "node" | "operator"; scopes?: string[] } = {},
  peer: Partial<ConnectionPeer> = {},
): Promise<boolean> {
  const folder = await Deno.makeTempDir({ prefix: "gateway-test-" });
  const clock = new ManualClock();
  const store = await Store.open(folder);
  try {
    const client = { id: "node-host", mode: "node", version: "1", platform: "linux" } as const;
    const signer = createDeviceSigner(await ensureIdentity(folder, clock), clock);
    const token = "right";
    const device = await signer.sign({ nonce: NONCE, client, role, scopes, token });
    const params: ConnectParams = {
      minProtocol: 4,
      maxProtocol: 4,
      client,
      role,
      scopes,
      auth: { token },
      device,
    };
    const policy = policyOf({ mode: "token", secret: token }, {
      origins: {
        allowedOrigins: ["http://192.168.7.1"],
        allowsHostFallback: false,
        hearsLocalPages: true,
      },
      nodeNetworks: ["192.168.0.0/16", "127.0.0.0/8"],
    }, clock);
    const attempt = { params, peer: { ...PEER, ...peer }, nonce: NONCE, nowMs: clock.now() };
    return (await admitConnect(attempt, policy, openDevices(store, clock, new Broadcaster()))).ok;
  } finally {
    store.close();
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("autoApproveCidrs lets new nodes in that ask for nothing more", async () => {
  assertEquals(await isLetIn(), true);
  assertEquals(await isLetIn({}, { address: "192.169.7.9" }), false, "another network");
  assertEquals(await isLetIn({ scopes: ["operator.read"] }), false, "it asks for scopes");
  assertEquals(await isLetIn({ role: "operator" }), false, "it is no node");
  assertEquals(await isLetIn({}, { origin: "http://192.168.7.1" }), false, "it is a page");
  assertEquals(await isLetIn({}, { address: "127.0.0.1" }), false, "it came through a proxy");
});
