import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Store } from "../store/mod.ts";
import { connect, ManualClock, newDevice, withFolder } from "./_testing.ts";
import { NodeQueue } from "./node_queue.ts";
import { NodeRegistryStore } from "./nodes.ts";
import { DevicePairing } from "./pairing.ts";
import { SetupCodes } from "./setup_code.ts";
import { DeviceTokens } from "./tokens.ts";

async function firstLine(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<string> {
  let text = "";
  for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return text;
}

Deno.test("what was acknowledged survives a killed process", async () => {
  await withFolder(async (stateDir) => {
    const device = await newDevice();
    const { deviceId, publicKeyBase64Url } = device;
    const script = fromFileUrl(new URL("./_crash_child.ts", import.meta.url));
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", script, stateDir, deviceId, publicKeyBase64Url],
      stdout: "piped",
    }).spawn();
    const told = JSON.parse(await firstLine(child.stdout));
    child.kill("SIGKILL");
    await child.status;

    const store = await Store.open(stateDir);
    try {
      const clock = new ManualClock();
      const pairing = new DevicePairing(store, clock);
      const tokens = new DeviceTokens(store, clock);
      assertEquals((await pairing.evaluate(connect(device))).kind, "paired");
      assert((await tokens.verify(deviceId, "operator", told.token, ["operator.read"])).ok);
      await pairing.approve(told.requestId, ["operator.admin"]);
      const claim = { deviceId, role: "node" as const, scopes: [] };
      assert(await new SetupCodes(store, clock).claim(told.bootstrapToken, claim));
      await new NodeRegistryStore(store, clock).approve(told.nodeRequestId, ["operator.admin"]);
      const actions = new NodeQueue(store, clock).actions("n1");
      assertEquals(actions.map(({ id }) => id), [told.actionId]);
      assertEquals(store.findDamage(), []);
    } finally {
      store.close();
    }
  });
});
