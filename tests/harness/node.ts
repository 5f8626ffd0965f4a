/**
 * A node of a test: a device with a socket of role node, which answers as the test says.
 *
 * @module
 */
import { TestDevice } from "./device.ts";
import { TOKEN } from "./gateway.ts";
import { connectParams, type Frame, TestSocket } from "./socket.ts";

/** What a node says of itself unless a test says otherwise. */
export const LINUX_NODE: Frame = {
  role: "node",
  scopes: [],
  client: { id: "node-host", version: "1.0", platform: "linux", mode: "node", displayName: "Box" },
  caps: ["system"],
  commands: ["system.run", "system.which"],
};

/** Connects a device, which pairs it where that is possible; answers the socket and what came back. */
export async function connectDevice(
  url: string,
  device: TestDevice,
  over: Frame,
  headers: Record<string, string> = {},
): Promise<{ socket: TestSocket; response: Frame }> {
  const socket = await TestSocket.open(url, headers);
  const params = connectParams({ auth: { token: TOKEN }, ...over });
  const { nonce } = socket.frames[0]!.payload;
  const signed = await device.sign(params, { nonce, signedAt: Date.now(), version: "v3" });
  return { socket, response: await socket.call("connect", { ...params, device: signed }) };
}

/** A connected node. */
export class TestNode implements AsyncDisposable {
  readonly device: TestDevice;
  readonly socket: TestSocket;
  readonly hello: Frame;

  private constructor(device: TestDevice, socket: TestSocket, hello: Frame) {
    this.device = device;
    this.socket = socket;
    this.hello = hello;
  }

  /** Connects a node; a refusal fails the test. */
  static async connect(url: string, over: Frame = {}, device?: TestDevice): Promise<TestNode> {
    const own = device ?? await TestDevice.create();
    const { socket, response } = await connectDevice(url, own, { ...LINUX_NODE, ...over });
    if (!response.ok) throw new Error(`Node was refused: ${JSON.stringify(response.error)}`);
    return new TestNode(own, socket, response.payload);
  }

  /** The node's id. */
  get id(): string {
    return this.device.id;
  }

  /** Calls a method as the node. */
  async call(method: string, params: unknown = {}): Promise<Frame> {
    return await this.socket.call(method, params);
  }

  /** The next command that the gateway asks for. */
  async asked(): Promise<Frame> {
    return (await this.socket.event("node.invoke.request")).payload;
  }

  /** Waits for the next command and answers it. */
  async answer(result: Frame): Promise<Frame> {
    const { id } = await this.asked();
    return await this.call("node.invoke.result", { id, nodeId: this.id, ...result });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.socket[Symbol.asyncDispose]();
  }
}
