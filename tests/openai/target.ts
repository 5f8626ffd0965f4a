/**
 * What the black-box tests of this folder talk to.
 *
 * @module
 */
import { createHttpHandler, type HttpRunEvent, type HttpRunRequest } from "../../lib/http/mod.ts";

/** A gateway that answers OpenAI clients. */
export interface Target extends AsyncDisposable {
  /** Base URL for OpenAI clients, ending in `/v1`. */
  baseURL: string;
  /** The credential it accepts. */
  token: string;
  /** Resolves when a run ended because its client went away. */
  aborted: Promise<void>;
}

/**
 * Starts a gateway on a free port of 127.0.0.1.
 *
 * It has one agent, `main`, which answers `echo: <message>` in two pieces; the message `wait` makes
 * it say one piece and then wait for its client to go away; the backend model `none/none` is not
 * allowed.
 */
export function startTarget(): Promise<Target> {
  const token = "test-token";
  const aborted = Promise.withResolvers<void>();
  const handle = createHttpHandler({
    now: () => 1_700_000_000_000,
    authorize: (request) =>
      request.headers.get("authorization") === `Bearer ${token}`
        ? { ok: true, scopes: ["operator.admin"], isOwner: true }
        : { ok: false, status: 401, reason: "token_mismatch" },
    readiness: () => ({ ready: true, failing: [], uptimeMs: 1 }),
    agents: () => [{ id: "main", isDefault: true }],
    isEndpointEnabled: () => true,
    maxBodyBytes: () => 1024 * 1024,
    strictTransportSecurity: () => undefined,
    run: (request) => echo(request, () => aborted.resolve()),
    reportError(where, error) {
      throw new Error(`Unexpected failure in ${where}`, { cause: error });
    },
  });
  const peer = { address: "127.0.0.1", isLocalDirect: true };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => handle(request, peer),
  );
  return Promise.resolve({
    baseURL: `http://127.0.0.1:${server.addr.port}/v1`,
    token,
    aborted: aborted.promise,
    [Symbol.asyncDispose]: () => server.shutdown(),
  });
}

async function* echo(
  { message, model, signal }: HttpRunRequest,
  onAbort: () => void,
): AsyncGenerator<HttpRunEvent> {
  if (model === "none/none") {
    const text = "Model 'none/none' is not allowed for agent 'main'.";
    yield {
      type: "error",
      code: "MODEL_NOT_ALLOWED",
      message: text,
      status: 400,
    };
    return;
  }
  yield { type: "text", delta: "echo: " };
  if (message === "fail") {
    yield {
      type: "error",
      code: "MODEL_UNREACHABLE",
      message: "Model is gone",
      status: 502,
    };
    return;
  }
  if (message === "wait") {
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    }
    onAbort();
    throw signal.reason;
  }
  yield { type: "text", delta: message };
  yield {
    type: "end",
    text: `echo: ${message}`,
    stopReason: "stop",
    usage: { input: 10, output: 4, cacheRead: 0, cacheWrite: 0 },
  };
}
