/**
 * A gateway for tests: speaks the handshake and answers methods from a table. No tests of its own.
 *
 * @module
 */
import type { JsonObject } from "../../base/mod.ts";

/** The error of a refused call. */
export interface FakeError {
  code: string;
  message: string;
  details?: JsonObject;
}

/** What a method does: each value it yields becomes one response. */
export type FakeMethod = (
  params: JsonObject,
  socket: WebSocket,
) => unknown | { refused: FakeError };

/** How the fake behaves. */
export interface FakeOptions {
  token?: string;
  /** Refuses a handshake, before the token is looked at. */
  refuse?: (params: JsonObject) => FakeError | undefined;
  /** Goes into the `auth` of hello. */
  auth?: JsonObject;
  methods?: Record<string, FakeMethod>;
}

/** A running fake; dispose of it at the end of the test. */
export interface FakeGateway extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** The parameters of each handshake. */
  readonly connects: JsonObject[];
  /** Every call after the handshake. */
  readonly calls: { method: string; params: JsonObject }[];
}

/** Several responses to one request, first to last. */
export class Answers {
  readonly values: readonly unknown[];

  constructor(...values: unknown[]) {
    this.values = values;
  }
}

/** No response at all. */
export const NO_ANSWER: unique symbol = Symbol("no answer");

/** Starts a fake gateway on a free port of 127.0.0.1. */
export function startFakeGateway(options: FakeOptions = {}): FakeGateway {
  const connects: JsonObject[] = [];
  const calls: { method: string; params: JsonObject }[] = [];
  const sockets = new Set<WebSocket>();
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (request.headers.get("upgrade") !== "websocket") return new Response("fake");
    const { socket, response } = Deno.upgradeWebSocket(request);
    sockets.add(socket);
    socket.onclose = () => void sockets.delete(socket);
    socket.onopen = () =>
      send(socket, {
        type: "event",
        event: "connect.challenge",
        payload: { nonce: crypto.randomUUID(), ts: 1 },
      });
    socket.onmessage = ({ data }) => {
      const frame = JSON.parse(data) as { id: string; method: string; params?: JsonObject };
      const params = frame.params ?? {};
      if (frame.method === "connect") {
        connects.push(params);
        answerConnect(socket, frame.id, params, options);
        return;
      }
      calls.push({ method: frame.method, params });
      answerCall(socket, frame.id, frame.method, params, options);
    };
    return response;
  });
  const { port } = server.addr;
  return {
    port,
    url: `ws://127.0.0.1:${port}`,
    connects,
    calls,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.close();
      await server.shutdown();
    },
  };
}

function answerConnect(
  socket: WebSocket,
  id: string,
  params: JsonObject,
  options: FakeOptions,
): void {
  const error = options.refuse?.(params) ?? wrongToken(params, options);
  if (error !== undefined) {
    send(socket, { type: "res", id, ok: false, error });
    socket.close(1008, error.message);
    return;
  }
  send(socket, { type: "res", id, ok: true, payload: helloOk(params, options.auth) });
}

function wrongToken(params: JsonObject, { token }: FakeOptions): FakeError | undefined {
  const auth = (params.auth ?? {}) as JsonObject;
  if (token === undefined || auth.token === token) return undefined;
  const message = "unauthorized: gateway token mismatch (set gateway.remote.token)";
  return { code: "INVALID_REQUEST", message, details: { code: "AUTH_TOKEN_MISMATCH" } };
}

function helloOk(params: JsonObject, auth: JsonObject = {}): JsonObject {
  return {
    type: "hello-ok",
    protocol: 4,
    server: { version: "2026.5.12", connId: "c-1" },
    features: { methods: ["health", "status"], events: [] },
    snapshot: {
      presence: [],
      health: { ok: true, ts: 1 },
      stateVersion: { presence: 1, health: 1 },
      uptimeMs: 1,
      configPath: "/tmp/openclaw.json",
      stateDir: "/tmp",
      authMode: "token",
    },
    auth: { role: params.role ?? "operator", scopes: params.scopes ?? [], ...auth },
    policy: { maxPayload: 26214400, maxBufferedBytes: 52428800, tickIntervalMs: 30000 },
  };
}

function answerCall(
  socket: WebSocket,
  id: string,
  method: string,
  params: JsonObject,
  { methods = {} }: FakeOptions,
): void {
  const run = methods[method];
  if (run === undefined) {
    const error = { code: "INVALID_REQUEST", message: `unknown method: ${method}` };
    send(socket, { type: "res", id, ok: false, error });
    return;
  }
  const answer = run(params, socket);
  const values = answer instanceof Answers ? answer.values : [answer];
  for (const value of values) {
    if (value === NO_ANSWER) continue;
    const { refused, payload } = (value ?? {}) as { refused?: FakeError; payload?: unknown };
    send(
      socket,
      refused === undefined
        ? { type: "res", id, ok: true, payload: value }
        : { type: "res", id, ok: false, error: refused, ...(payload ? { payload } : {}) },
    );
  }
}

function send(socket: WebSocket, frame: unknown): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}
