/**
 * A gateway with a scripted provider behind it, and requests to `/v1/responses`.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { TestGateway, type TestGatewayOptions, TOKEN } from "../harness/gateway.ts";
import { type Piece, type Script, ScriptedProvider } from "../harness/scripted_provider.ts";
import { eventsOf, validateResponse, validateStream } from "./responses_validator.ts";

// deno-lint-ignore no-explicit-any
export type Json = Record<string, any>;

/** A gateway that answers as a test says. */
export class ResponsesWorld implements AsyncDisposable {
  private constructor(readonly provider: ScriptedProvider, readonly gateway: TestGateway) {}

  static async start(
    script: Piece[] | Script = [{ text: "Hello" }, { finish: "stop" }],
    options: TestGatewayOptions = {},
  ): Promise<ResponsesWorld> {
    const provider = new ScriptedProvider(Array.isArray(script) ? () => script : script);
    const config = { ...provider.config, ...options.config };
    return new ResponsesWorld(provider, await TestGateway.start({ ...options, config }));
  }

  get baseURL(): string {
    return `${this.gateway.httpUrl}/v1`;
  }

  fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${TOKEN}`, ...init.headers };
    return fetch(`${this.baseURL}/responses${path}`, { ...init, headers });
  }

  post(body: Json, headers: Record<string, string> = {}): Promise<Response> {
    const init = { method: "POST", body: JSON.stringify({ model: "openclaw", ...body }), headers };
    return this.fetch("", init);
  }

  /** Asks for a response and fails on anything that the validator finds. */
  async create(body: Json, headers: Record<string, string> = {}): Promise<Json> {
    const answer = await this.post(body, headers);
    const response = await answer.json();
    assertEquals([answer.status, validateResponse(response)], [200, []], JSON.stringify(response));
    return response;
  }

  /** The same as a stream: its events. */
  async stream(body: Json, headers: Record<string, string> = {}): Promise<Json[]> {
    const answer = await this.post({ ...body, stream: true }, headers);
    const text = await answer.text();
    assertEquals([answer.status, validateStream(text)], [200, []], text);
    return eventsOf(text);
  }

  /** The status and the error of a request that is refused. */
  async refusal(body: Json, headers: Record<string, string> = {}): Promise<[number, Json]> {
    const answer = await this.post(body, headers);
    return [answer.status, (await answer.json()).error];
  }

  async get(path: string): Promise<Json> {
    const answer = await this.fetch(path);
    assertEquals(answer.status, 200);
    return await answer.json();
  }

  /** What the model was last sent, as `role: text` lines without the system prompt. */
  get lastMessages(): string[] {
    return this.provider.calls.at(-1)!.messages.slice(1).map(({ role, content }) => {
      const text = typeof content === "string"
        ? content
        : (content ?? []).map((part) => part.text ?? `<${part.type}>`).join("");
      return `${role}: ${text}`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.provider[Symbol.asyncDispose]();
  }
}
