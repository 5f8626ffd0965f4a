/**
 * One request to a provider and its whole answer as JSON; never retried in here.
 *
 * @module
 */
import {
  errorMessage,
  formatBytes,
  formatDuration,
  parseJsonOrUndefined,
  VERSION,
} from "../../base/mod.ts";
import { HttpRefusal, NetworkFault, StreamFault } from "../faults.ts";
import { fetchLettingGo } from "../fetch_letting_go.ts";
import { readStart } from "../openai_connector.ts";
import { Watchdog } from "../watchdog.ts";

/** Bytes of an answer that are read. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** How many times the longest silence a whole answer may take. */
const MAX_SILENCES = 5;

/** One request. */
export interface JsonCall {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Longest silence, in milliseconds. */
  readonly idleTimeoutMs: number;
  /** Ends the request with its own reason. */
  readonly signal: AbortSignal;
}

/**
 * Posts once.
 *
 * @returns The parsed answer.
 * @throws {HttpRefusal} When the status is no success.
 * @throws {StreamFault} When the provider is silent, breaks off, or sends no JSON.
 * @throws {NetworkFault} When it cannot be reached.
 */
export async function postJson(call: JsonCall): Promise<unknown> {
  call.signal.throwIfAborted();
  const watchdog = new Watchdog(call.signal, call.idleTimeoutMs);
  try {
    const response = await watchdog.guard(send(call, watchdog.signal));
    if (!response.ok) {
      const start = await watchdog.guard(readStart(response));
      throw new HttpRefusal(response.status, response.headers, start);
    }
    const text = await readText(response, watchdog, call.idleTimeoutMs * MAX_SILENCES);
    const value = parseJsonOrUndefined(text);
    if (value !== undefined) return value;
    throw new StreamFault("garbage", "answered with something that is not JSON");
  } finally {
    watchdog.close();
  }
}

async function send(call: JsonCall, signal: AbortSignal): Promise<Response> {
  try {
    return await fetchLettingGo(call.url, {
      method: "POST",
      // A key must not travel to where an answer points.
      redirect: "manual",
      headers: {
        "content-type": "application/json",
        "accept": "application/json",
        "user-agent": `openclaw/${VERSION}`,
        ...(call.apiKey === undefined ? {} : { authorization: `Bearer ${call.apiKey}` }),
        ...call.headers,
      },
      body: JSON.stringify(call.body),
      signal,
    });
  } catch (thrown) {
    throw new NetworkFault(thrown);
  }
}

async function readText(
  response: Response,
  watchdog: Watchdog,
  deadlineMs: number,
): Promise<string> {
  const reader = response.body?.getReader();
  if (!reader) return "";
  const decoder = new TextDecoder();
  let text = "";
  let byteCount = 0;
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // Ends the read under way, which then reports why.
    reader.cancel().catch(() => {});
  }, deadlineMs);
  try {
    while (true) {
      const { done, value } = await watchdog.guard(reader.read().catch(toCut));
      if (isLate) {
        throw new StreamFault("timeout", `took longer than ${formatDuration(deadlineMs)}`);
      }
      if (done) return text + decoder.decode();
      byteCount += value.length;
      if (byteCount > MAX_ANSWER_BYTES) {
        const most = formatBytes(MAX_ANSWER_BYTES);
        throw new StreamFault("garbage", `sent an answer of more than ${most}`);
      }
      text += decoder.decode(value, { stream: true });
    }
  } finally {
    clearTimeout(timer);
    // Ending an answer nobody reads any more; that it fails means that it has ended already.
    await reader.cancel().catch(() => {});
  }
}

function toCut(thrown: unknown): never {
  throw new StreamFault("cut", `broke the connection (${errorMessage(thrown)})`, thrown);
}
