import { assertEquals } from "@std/assert";
import { OFFERED_METHODS } from "../../lib/protocol/methods/mod.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectParams, TestSocket } from "../harness/socket.ts";

Deno.test("hello announces exactly the methods that the reference calls offered", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.open(gateway.wsUrl);
  const hello = await socket.call("connect", connectParams({ auth: { token: TOKEN } }));
  assertEquals(hello.payload.features.methods, [...OFFERED_METHODS]);
});
