/**
 * What the tests of method families share: a gateway, a socket with every scope, calls that must
 * succeed.
 *
 * @module
 */
import { assert } from "@std/assert";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { type Frame, TestSocket } from "../harness/socket.ts";

/** Calls a method and answers its payload; a refusal fails the test. */
export type Call = (method: string, params?: Frame) => Promise<Frame>;

/** What a test is handed. */
export interface MethodsContext {
  gateway: TestGateway;
  socket: TestSocket;
  result: Call;
}

/** Runs `test` against a gateway of its own. */
export async function withGateway(
  test: (context: MethodsContext) => Promise<void>,
  config: Frame = {},
  options: TestGatewayOptions = {},
): Promise<void> {
  await using gateway = await TestGateway.start({ config, ...options });
  await using socket = await TestSocket.connect(gateway.wsUrl, TOKEN);
  const result: Call = async (method, params = {}) => {
    const { ok, payload, error } = await socket.call(method, params);
    assert(ok, `${method}: ${JSON.stringify(error)}`);
    return payload;
  };
  await test({ gateway, socket, result });
}
