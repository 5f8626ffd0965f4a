import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import {
  type DeviceIdentity,
  ensureIdentity,
  readGatewayToken,
  writeGatewayToken,
} from "../../devices/client.ts";
import type { PairedDeviceRow } from "../../protocol/mod.ts";
import { runCommandLine } from "../main.ts";
import type { CommandContext } from "../table.ts";
import type { Target } from "../remote/target.ts";
import { createHome } from "../testing/run_test.ts";
import type { Call } from "../remote/ask.ts";
import { removeDevice } from "./remove.ts";
import { endToken } from "./token.ts";

const FAR: Target = {
  url: "wss://gateway.example",
  source: "cli --url",
  isLocal: false,
  needsDevice: true,
  configPath: "/openclaw.json",
  warnings: [],
};
const CLOCK = { now: () => 1, monotonic: () => 0 };
const CUT_OFF = new AppError("GATEWAY_CLOSED", "closed", { details: { closeCode: 4001 } });

function deviceRow(deviceId: string): PairedDeviceRow {
  const roles = ["operator"];
  const base = { deviceId, publicKey: "k", role: "operator", roles, scopes: [], tokens: [] };
  return { ...base, createdAtMs: 1, approvedAtMs: 1 };
}

/** Runs with the context of a command in a home whose device has a stored token. */
async function withDevice(
  act: (context: CommandContext, identity: DeviceIdentity) => Promise<void>,
): Promise<string | undefined> {
  await using home = await createHome();
  const stateDir = `${home.dir}/.openclaw`;
  const identity = await ensureIdentity(stateDir, CLOCK);
  const row = { token: "old", role: "operator", scopes: [], updatedAtMs: 1 };
  const place = { stateDir, deviceId: identity.deviceId, url: FAR.url, isShared: false };
  await writeGatewayToken(place, row);
  let failure: unknown;
  const run = (context: CommandContext) =>
    act(context, identity).then(() => 0, (error) => {
      failure = error;
      return 1;
    });
  const load = () => Promise.resolve({ run });
  await runCommandLine(["act"], home.host(), [{ path: ["act"], summary: "Acts", load }]);
  if (failure !== undefined) throw failure;
  return (await readGatewayToken(place, "operator"))?.token;
}

/** A gateway that answers everything with `answer`. */
function answering(answer: () => unknown): Call {
  return <T>() => Promise.resolve().then(() => answer() as T);
}

function cutOff(): never {
  throw CUT_OFF;
}

Deno.test("removeDevice() of this machine ends with its connection and its token", async () => {
  const left = await withDevice(async (context, { deviceId }) => {
    await removeDevice(context, FAR, answering(cutOff), deviceRow(deviceId));
  });
  assertEquals(left, undefined);
});

Deno.test("removeDevice() of another machine does not take a closed connection for success", async () => {
  const failing = withDevice(async (context) => {
    await removeDevice(context, FAR, answering(cutOff), deviceRow("other"));
  });
  assertEquals(await assertRejects(() => failing, AppError), CUT_OFF);
});

Deno.test("endToken() keeps the new token of this machine, and no other one's", async () => {
  const rotated = { deviceId: "d", role: "operator", token: "new", scopes: ["operator.read"] };
  const end = (call: Call, idOf: (own: string) => string) =>
    withDevice(async (context, { deviceId }) => {
      const owner = { device: deviceRow(idOf(deviceId)), role: "operator" };
      await endToken(context, { target: FAR, call, owner }, "device.token.rotate");
    });
  assertEquals(await end(answering(() => rotated), (own) => own), "new");
  assertEquals(await end(answering(() => rotated), () => "other"), "old");
  assertEquals(await end(answering(cutOff), (own) => own), undefined, "the answer was lost");
});
