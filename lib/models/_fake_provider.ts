/**
 * A provider on this machine, for the tests of this room.
 *
 * @module
 */
import { ModelCatalog, type ModelCatalogOptions } from "./catalog.ts";
import type { ProviderSettings } from "./config.ts";
import { envOf } from "../base/mod.ts";
import { ModelError, type ModelEvent, type ModelRequest } from "./types.ts";

/** What the fake provider was sent. */
export interface SeenRequest {
  path: string;
  headers: Headers;
  body: Record<string, unknown>;
}

/** A running fake provider. */
export interface FakeProvider extends AsyncDisposable {
  readonly baseUrl: string;
  readonly seen: SeenRequest[];
}

/** Starts a provider that gives the answers of `answer`, called with the number of the request. */
export function startProvider(
  answer: (index: number, request: Request) => Response | Promise<Response>,
): FakeProvider {
  const seen: SeenRequest[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname: path } = new URL(request.url);
      seen.push({ path, headers: request.headers, body: await request.json() });
      return await answer(seen.length - 1, request);
    },
  );
  return {
    baseUrl: `http://127.0.0.1:${server.addr.port}/v1`,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Text parts, objects and `[DONE]` as an event stream, one network chunk each. */
export function sse(
  ...parts: (string | Record<string, unknown> | Uint8Array)[]
): Response {
  const encoder = new TextEncoder();
  const chunks = parts.map((part) => {
    if (part instanceof Uint8Array) return part;
    if (typeof part === "string" && part !== "[DONE]") {
      return encoder.encode(part);
    }
    return encoder.encode(`data: ${typeof part === "string" ? part : JSON.stringify(part)}\n\n`);
  });
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = chunks[next++];
      if (chunk) controller.enqueue(chunk);
      else controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
}

/** A chunk with a delta. */
export function delta(content: Record<string, unknown>, finish: string | null = null) {
  return { id: "chatcmpl-1", choices: [{ index: 0, delta: content, finish_reason: finish }] };
}

/** A whole answer of one word. */
export function goodAnswer(text = "hello"): Response {
  return sse(delta({ role: "assistant", content: text }), delta({}, "stop"), "[DONE]");
}

/** A catalogue that knows one provider `fake` with the model `fake/m1`. */
export function catalogOf(
  baseUrl: string,
  options: ModelCatalogOptions = {},
  settings: ProviderSettings = {},
): ModelCatalog {
  const models = [{ id: "m1", name: "Model one", maxTokens: 1000 }];
  return new ModelCatalog(
    { providers: { fake: { baseUrl, apiKey: "secret-key-1", models, ...settings } } },
    envOf({}),
    { retryDelaysMs: [], ...options },
  );
}

/** A request of one user message. */
export function ask(text = "hi", rest: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: "Be brief.",
    messages: [{ role: "user", content: [{ type: "text", text }] }],
    signal: new AbortController().signal,
    ...rest,
  };
}

/** Calls `fake/m1` and collects what it streams. */
export async function collect(
  catalog: ModelCatalog,
  request: ModelRequest = ask(),
): Promise<ModelEvent[]> {
  return await Array.fromAsync(catalog.create({ provider: "fake", model: "m1" }).stream(request));
}

/** The text of some events. */
export function textOf(events: readonly ModelEvent[]): string {
  return events.map((event) => event.type === "text" ? event.delta : "").join("");
}

/** The `ModelError` that `promise` fails with. */
export async function failureOf(promise: Promise<unknown>): Promise<ModelError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof ModelError) return thrown;
    throw thrown;
  }
  throw new Error("The call did not fail");
}
