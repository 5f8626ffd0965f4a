import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import { findNode, findNodeRequest } from "./find.ts";

const BOX = { nodeId: "ab12", displayName: "Box", remoteIp: "192.0.2.7", connected: false };
const NEW_BOX = { nodeId: "ab34", displayName: "box", connected: true };
const DESK = { nodeId: "cd56", displayName: "Desk", remoteIp: "192.0.2.8" };
const ROWS = [BOX, NEW_BOX, DESK];

function refusal(act: () => unknown): string {
  return assertThrows(act, AppError).code;
}

Deno.test("findNode() goes by name, address and the beginning of the id", () => {
  assertEquals(findNode(ROWS, "BOX"), NEW_BOX, "the connected one of two");
  assertEquals(findNode(ROWS, "192.0.2.8"), DESK);
  assertEquals(findNode(ROWS, "c"), DESK);
  assertEquals(findNode(ROWS, "ab12"), BOX);
  assertEquals(refusal(() => findNode(ROWS, "ab")), "USAGE");
  assertEquals(refusal(() => findNode(ROWS, "")), "NODE_NOT_FOUND");
  assertEquals(refusal(() => findNode(ROWS, "zz")), "NODE_NOT_FOUND");
  const twins = [DESK, { ...DESK, nodeId: "ef" }];
  assertEquals(refusal(() => findNode(twins, "desk")), "USAGE");
});

Deno.test("findNode() takes no node for another whose id it chose as its name", () => {
  const liar = { nodeId: "ff00", displayName: "ab12", connected: true };
  assertEquals(findNode([BOX, liar], "ab12"), BOX);
  assertEquals(refusal(() => findNode([BOX, { ...liar, displayName: "ab1" }], "ab1")), "USAGE");
});

Deno.test("findNodeRequest() goes by request and by node", () => {
  const row = { requestId: "1f0c", nodeId: "ab12", ts: 1 };
  const list = { pending: [row, { ...row, requestId: "1f99", nodeId: "cd56" }], paired: [] };
  assertEquals(findNodeRequest(list, "1f0"), row);
  assertEquals(findNodeRequest(list, "ab"), row);
  assertEquals(refusal(() => findNodeRequest(list, "1f")), "USAGE");
  assertEquals(refusal(() => findNodeRequest(list, "zz")), "PAIRING_REQUEST_NOT_FOUND");
});
