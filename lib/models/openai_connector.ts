/**
 * Sends a chat completion through the official client, one client per address and key.
 *
 * The client is loaded with the first call. It makes the request; retries, deadlines and reading the
 * stream stay with the caller.
 *
 * @module
 */
import type OpenAI from "openai";
import { VERSION } from "../base/mod.ts";
import { HttpRefusal } from "./faults.ts";
import { fetchLettingGo } from "./fetch_letting_go.ts";

/** One request. */
export interface ConnectorCall {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
  /** Ends the request and the reading of its answer. */
  readonly signal: AbortSignal;
}

/** How a provider is reached. */
export interface ModelConnector {
  /**
   * Posts a chat completion once.
   *
   * @returns A response with a success status, its body unread.
   * @throws {HttpRefusal} When the status is no success; any other error is one of the network.
   */
  post(call: ConnectorCall): Promise<Response>;
}

/** Bytes of a refusal that are read. */
const MAX_REFUSAL_BYTES = 64 * 1024;

/** The longest time a timer can hold; deadlines are the caller's. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

/** Headers of the client that describe this machine; no provider needs them. */
const DROPPED_HEADERS = {
  "x-stainless-arch": null,
  "x-stainless-lang": null,
  "x-stainless-os": null,
  "x-stainless-package-version": null,
  "x-stainless-retry-count": null,
  "x-stainless-runtime": null,
  "x-stainless-runtime-version": null,
  "x-stainless-timeout": null,
};

/** The connector over the official `openai` client. */
export class OpenAiConnector implements ModelConnector {
  readonly #clients = new Map<string, Promise<OpenAI>>();

  /** Posts once; see {@linkcode ModelConnector.post}. */
  async post(call: ConnectorCall): Promise<Response> {
    const client = await this.#client(call);
    try {
      return await client.post("/chat/completions", {
        body: call.body,
        headers: call.headers,
        signal: call.signal,
        stream: true,
      }).asResponse();
    } catch (thrown) {
      // The client wraps what its fetch threw; the cause is what happened.
      throw thrown instanceof Error && thrown.cause instanceof Error ? thrown.cause : thrown;
    }
  }

  #client(call: ConnectorCall): Promise<OpenAI> {
    const id = `${call.baseUrl}\n${call.apiKey ?? ""}`;
    let client = this.#clients.get(id);
    if (!client) {
      client = createClient(call.baseUrl, call.apiKey);
      this.#clients.set(id, client);
    }
    return client;
  }
}

async function createClient(baseUrl: string, apiKey: string | undefined): Promise<OpenAI> {
  const { OpenAI } = await import("openai");
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? "none",
    // Nothing of the environment goes to a provider it was not meant for.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    maxRetries: 0,
    timeout: NO_TIMEOUT_MS,
    logLevel: "off",
    fetch: fetchOrRefuse,
    defaultHeaders: {
      ...DROPPED_HEADERS,
      "user-agent": `openclaw/${VERSION}`,
      ...(apiKey === undefined ? { authorization: null } : {}),
    },
  });
}

/** `fetch` that follows no redirect, for a key must not travel, and throws on any other refusal. */
async function fetchOrRefuse(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetchLettingGo(input, { ...init, redirect: "manual" });
  if (response.ok) return response;
  throw new HttpRefusal(response.status, response.headers, await readStart(response));
}

/** The first {@linkcode MAX_REFUSAL_BYTES} of a body as text; the rest is dropped. */
export async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let byteCount = 0;
  try {
    for await (const bytes of response.body ?? []) {
      byteCount += bytes.length;
      text += decoder.decode(bytes, { stream: true });
      if (byteCount >= MAX_REFUSAL_BYTES) break;
    }
  } catch {
    // The status says enough; a body that breaks off is shown as far as it came.
  }
  return text;
}
