import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import type { PairedDeviceRow, PendingDevice } from "../../protocol/mod.ts";
import { findDevice, findRequest, latestRequest, tokenRole } from "./find.ts";

function waiting(requestId: string, deviceId: string, ts = 1): PendingDevice {
  return { requestId, deviceId, publicKey: "k", ts };
}

function approved(deviceId: string, roles = ["operator"]): PairedDeviceRow {
  return {
    deviceId,
    publicKey: "k",
    role: "operator",
    roles,
    scopes: [],
    createdAtMs: 1,
    approvedAtMs: 1,
    tokens: [],
  };
}

const LIST = {
  pending: [waiting("aa11", "d0001"), waiting("aa12", "d0002", 9), waiting("aa1", "d0003")],
  paired: [approved("ffee01"), approved("ffee02", ["node", "operator"])],
};

function codeOf(act: () => unknown): [code: string, message: string] {
  const error = assertThrows(act, AppError);
  return [error.code, error.message];
}

Deno.test("findRequest() takes the beginning of either id, in either case", () => {
  assertEquals(findRequest(LIST, "aa12").requestId, "aa12");
  assertEquals(findRequest(LIST, "AA11").requestId, "aa11");
  assertEquals(findRequest(LIST, "d0003").requestId, "aa1");
  assertEquals(findRequest(LIST, "aa1").requestId, "aa1", "a whole id beats a beginning");
});

Deno.test("findRequest() says why it finds none", () => {
  assertEquals(codeOf(() => findRequest(LIST, "aa"))[0], "USAGE");
  assertEquals(codeOf(() => findRequest(LIST, ""))[0], "PAIRING_REQUEST_NOT_FOUND");
  const [code, message] = codeOf(() => findRequest(LIST, "ffee"));
  assertEquals(code, "PAIRING_REQUEST_NOT_FOUND");
  assertStringIncludes(message, "is approved and asks for nothing");
});

Deno.test("latestRequest() takes the newest, and there may be none", () => {
  assertEquals(latestRequest(LIST).requestId, "aa12");
  const none = () => latestRequest({ pending: [], paired: [] });
  assertEquals(codeOf(none)[0], "PAIRING_REQUEST_NOT_FOUND");
});

Deno.test("findDevice() takes a beginning and points to a request", () => {
  assertEquals(findDevice(LIST, "ffee02").deviceId, "ffee02");
  assertEquals(codeOf(() => findDevice(LIST, "ffee"))[0], "USAGE");
  const error = assertThrows(() => findDevice(LIST, "d0001"), AppError);
  assertEquals([error.code, error.hint], ["DEVICE_NOT_FOUND", "openclaw devices reject aa11"]);
});

Deno.test("tokenRole() is the one role, or the one that was named", () => {
  assertEquals(tokenRole(LIST.paired[0]!, undefined), "operator");
  assertEquals(tokenRole(LIST.paired[1]!, "node"), "node");
  assertEquals(codeOf(() => tokenRole(LIST.paired[1]!, undefined))[0], "USAGE");
});
