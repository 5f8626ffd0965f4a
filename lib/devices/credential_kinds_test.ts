import { assertEquals } from "@std/assert";
import { randomHex, randomId } from "../base/mod.ts";
import { connect, newDevice, withStore } from "./_testing.ts";
import { describeCredential } from "./credential_kinds.ts";
import { privateKeyPem } from "./keys.ts";
import { NodeRegistryStore } from "./nodes.ts";
import { DevicePairing } from "./pairing.ts";
import { SetupCodes } from "./setup_code.ts";
import { DeviceTokens } from "./tokens.ts";

Deno.test("describeCredential() tells the kinds apart that this gateway makes", async () => {
  await withStore(async ({ store, clock }) => {
    const device = await newDevice();
    const { deviceId } = device;
    await new DevicePairing(store, clock).evaluate(connect(device, { isLocal: true }));
    const issued = await new DeviceTokens(store, clock).issue({ deviceId, role: "operator" });
    const setup = await new SetupCodes(store, clock).issue(["ws://127.0.0.1:18789"]);
    const nodes = new NodeRegistryStore(store, clock);
    const { request } = await nodes.request({ nodeId: "n" });
    const { node } = await nodes.approve(request.requestId, ["operator.admin"]);
    const table: [string, string][] = [
      ["", "none"],
      [` ${randomHex(24)} `, "gateway-token"],
      [issued!.token, "device-token"],
      [setup.setupCode, "setup-code"],
      [setup.bootstrapToken, "bootstrap-token"],
      [node.token, "node-token"],
      [deviceId, "device-id"],
      [randomId(), "request-id"],
      ["sk-abcdefghijklmnop", "provider-key"],
      [privateKeyPem(new Uint8Array(32)), "private-key"],
      ["correct horse", "unknown"],
    ];
    for (const [text, kind] of table) assertEquals(describeCredential(text).kind, kind, kind);
  });
});
