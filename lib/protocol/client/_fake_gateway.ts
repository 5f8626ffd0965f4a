/**
 * A gateway for tests: answers the handshake and hands every call to the test.
 *
 * @module
 */
import { encodeError, encodeEvent, encodeResponse, parseFrame } from "../frames.ts";

/** One connection, seen from the server. */
export interface FakeConnection {
  socket: WebSocket;
  headers: Headers;
  /** Parameters of `connect`. */
  connect: Record<string, unknown>;
}

/** What a test decides. */
export interface FakeBehaviour {
  /** Whether a challenge is sent; yes unless false. */
  challenge?: boolean;
  /** Answers `connect`; hello unless given. */
  onConnect?: (connection: FakeConnection, id: string) => void;
  /** Answers every other call. */
  onCall?: (
    connection: FakeConnection,
    call: { id: string; method: string; params: unknown },
  ) => void;
  tickIntervalMs?: number;
}

/** A running fake. */
export interface FakeGateway extends AsyncDisposable {
  url: string;
  connections: FakeConnection[];
}

/** A hello that clients accept. */
export function fakeHello(tickIntervalMs = 30_000): Record<string, unknown> {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "1", connId: "c" },
    features: { methods: [], events: [] },
    snapshot: {},
    auth: { role: "operator", scopes: [] },
    policy: { maxPayload: 1, maxBufferedBytes: 1, tickIntervalMs },
  };
}

/** Starts a fake on a free port of 127.0.0.1. */
export function startFakeGateway(behaviour: FakeBehaviour = {}): FakeGateway {
  const connections: FakeConnection[] = [];
  const ended: Promise<void>[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    // A copy, since those of the request are gone after the upgrade.
    const headers = new Headers(request.headers);
    const { socket, response } = Deno.upgradeWebSocket(request);
    const connection = { socket, headers, connect: {} };
    connections.push(connection);
    ended.push(new Promise((resolve) => socket.onclose = () => resolve()));
    serve(connection, behaviour);
    return response;
  });
  return {
    url: `ws://127.0.0.1:${server.addr.port}`,
    connections,
    async [Symbol.asyncDispose]() {
      for (const { socket } of connections) {
        if (socket.readyState <= WebSocket.OPEN) socket.close();
      }
      await Promise.all(ended);
      await server.shutdown();
    },
  };
}

function serve(connection: FakeConnection, behaviour: FakeBehaviour): void {
  const { socket } = connection;
  socket.onopen = () => {
    if (behaviour.challenge === false) return;
    socket.send(encodeEvent("connect.challenge", { nonce: "n-1", ts: 1 }));
  };
  socket.onmessage = ({ data }) => {
    const frame = parseFrame(data);
    if (frame.kind !== "request") throw new Error(`Client sent ${data}`);
    if (frame.method !== "connect") return behaviour.onCall?.(connection, frame);
    connection.connect = frame.params as Record<string, unknown>;
    if (behaviour.onConnect !== undefined) return behaviour.onConnect(connection, frame.id);
    socket.send(encodeResponse(frame.id, fakeHello(behaviour.tickIntervalMs)));
  };
}

/** Refuses a `connect` the way a gateway does: an error, then a close with its message. */
export function refuse(
  { socket }: FakeConnection,
  id: string,
  error: Parameters<typeof encodeError>[1],
  code = 1008,
): void {
  socket.send(encodeError(id, error));
  socket.close(code, error.message.slice(0, 120));
}
