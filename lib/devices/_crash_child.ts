/**
 * Runs in a process of its own that is killed: pairs, issues, requests, and says so.
 *
 * @module
 */
import { Store } from "../store/mod.ts";
import { connect, ManualClock } from "./_testing.ts";
import { NodeQueue } from "./node_queue.ts";
import { NodeRegistryStore } from "./nodes.ts";
import { DevicePairing } from "./pairing.ts";
import { SetupCodes } from "./setup_code.ts";
import { DeviceTokens } from "./tokens.ts";

if (import.meta.main) {
  const [stateDir, deviceId, publicKeyBase64Url] = Deno.args as [string, string, string];
  const store = await Store.open(stateDir);
  const clock = new ManualClock();
  const device = { deviceId, publicKeyBase64Url };
  const pairing = new DevicePairing(store, clock);
  await pairing.evaluate(connect(device, { isLocal: true }));
  const upgrade = await pairing.evaluate(connect(device, { scopes: ["operator.admin"] }));
  const issued = await new DeviceTokens(store, clock).issue({ deviceId, role: "operator" });
  const setup = await new SetupCodes(store, clock).issue(["ws://127.0.0.1:18789"]);
  const { request } = await new NodeRegistryStore(store, clock).request({ nodeId: "n1" });
  const command = { command: "camera.list", paramsJSON: null, idempotencyKey: "k1" };
  const action = await new NodeQueue(store, clock).addAction("n1", command);
  console.log(JSON.stringify({
    requestId: upgrade.kind === "pending" ? upgrade.request.requestId : "",
    token: issued?.token,
    bootstrapToken: setup.bootstrapToken,
    nodeRequestId: request.requestId,
    actionId: action.id,
  }));
  setInterval(() => {}, 1_000);
}
