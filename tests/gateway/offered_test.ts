import { assertEquals } from "@std/assert";
import {
  type MethodName,
  METHODS,
  offeredMethods,
  UNAVAILABLE_METHODS,
} from "../../lib/protocol/methods/mod.ts";
import { TestGateway, TOKEN } from "../harness/gateway.ts";
import { connectParams, TestSocket } from "../harness/socket.ts";

Deno.test("hello announces exactly the methods that are not listed as unavailable", async () => {
  await using gateway = await TestGateway.start();
  await using socket = await TestSocket.open(gateway.wsUrl);
  const hello = await socket.call("connect", connectParams({ auth: { token: TOKEN } }));
  assertEquals(hello.payload.features.methods, offeredMethods());
});

Deno.test("every method without a handler says why, and is no unknown method", async () => {
  await using gateway = await TestGateway.start();
  await using operator = await TestSocket.connect(gateway.wsUrl, TOKEN);
  for (const [method, reason] of Object.entries(UNAVAILABLE_METHODS)) {
    if (METHODS[method as MethodName].access.kind === "node") continue;
    const { ok, error } = await operator.call(method, {});
    assertEquals([ok, error], [false, {
      code: "UNAVAILABLE",
      message: `${method} is not available: ${reason}`,
      details: { code: "METHOD_UNAVAILABLE", method, reason },
      retryable: false,
    }]);
  }
});
