/**
 * The public registry of skills, over HTTP.
 *
 * @see ClawHub docs, http-api
 * @module
 */
import {
  AppError,
  type Env,
  errorMessage,
  isObject,
  type JsonObject,
  parseJsonOrUndefined,
} from "../../../../base/mod.ts";
import { ioError, type Network } from "../../../../platform/mod.ts";
import { MAX_SKILL_ARCHIVE_BYTES } from "../../../../protocol/mod.ts";

const DEFAULT_URL = "https://clawhub.ai";
/** Another registry, or a mirror of it. */
const URL_VARIABLES = ["OPENCLAW_CLAWHUB_URL", "CLAWHUB_URL"];
const ANSWER_TIMEOUT_MS = 20_000;
const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** One registry. */
export class ClawHub {
  readonly url: string;
  readonly #network: Network;

  constructor(env: Env, network: Network) {
    const found = URL_VARIABLES.map((name) => env.get(name)?.trim()).find(Boolean);
    this.url = (found ?? DEFAULT_URL).replace(/\/+$/, "");
    this.#network = network;
  }

  /** Skills that fit a query, best first. */
  async search(query: string, limit: number | undefined): Promise<JsonObject[]> {
    const asked: Record<string, string> = { q: query };
    if (limit !== undefined) asked.limit = String(limit);
    const answer = await this.#getJson("search", asked);
    return Array.isArray(answer.results) ? answer.results.filter(isObject) : [];
  }

  /** What is known of a skill. @throws {AppError} `SKILL_NOT_FOUND` */
  async detail(slug: string): Promise<JsonObject> {
    return await this.#getJson(`skills/${encodeURIComponent(slug)}`, {}, slug);
  }

  /** Writes the archive of a version into an empty file. @throws {AppError} `SKILL_NOT_FOUND` */
  async download(slug: string, version: string, path: string): Promise<void> {
    const response = await this.#get("download", { slug, version }, slug, DOWNLOAD_TIMEOUT_MS);
    let received = 0;
    const file = await Deno.open(path, { write: true });
    try {
      for await (const chunk of this.#chunks(response)) {
        received += chunk.length;
        if (received > MAX_SKILL_ARCHIVE_BYTES) throw this.#broken("the archive is too large");
        let written = 0;
        while (written < chunk.length) {
          written += await file.write(chunk.subarray(written)).catch((error) => {
            throw ioError("write", path, error);
          });
        }
      }
    } finally {
      file.close();
    }
  }

  async #getJson(path: string, query: Record<string, string>, slug?: string): Promise<JsonObject> {
    const response = await this.#get(path, query, slug, ANSWER_TIMEOUT_MS);
    let text = "";
    const decoder = new TextDecoder();
    for await (const chunk of this.#chunks(response)) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > MAX_ANSWER_BYTES) throw this.#broken("the answer is too large");
    }
    const answer = parseJsonOrUndefined(text);
    if (isObject(answer)) return answer;
    throw this.#broken("the answer is not what was expected");
  }

  /** What comes of an answer; that it breaks off is the registry's failure. */
  async *#chunks({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const reader = body?.getReader();
    try {
      while (reader) {
        const { done, value } = await reader.read().catch((error) => {
          throw this.#unreachable(error);
        });
        if (done) return;
        yield value;
      }
    } finally {
      await reader?.cancel().catch(() => {
        // The caller has had enough, or the stream has broken off: either way it is of no more use.
      });
    }
  }

  async #get(
    path: string,
    query: Record<string, string>,
    slug: string | undefined,
    timeoutMs: number,
  ): Promise<Response> {
    const url = `${this.url}/api/v1/${path}?${new URLSearchParams(query)}`;
    const response = await this.#network
      .fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
      .catch((error) => {
        throw this.#unreachable(error);
      });
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 404 && slug !== undefined) throw notFound(slug, this.url);
    throw this.#broken(`it answered ${response.status}`, response.status === 429);
  }

  #unreachable(cause: unknown): AppError {
    return new AppError(
      "UNAVAILABLE",
      `Cannot reach ClawHub at ${this.url}: ${errorMessage(cause)}`,
      { hint: `Check the network, or set ${URL_VARIABLES[0]}`, retryable: true, cause },
    );
  }

  #broken(why: string, retryable = false): AppError {
    return new AppError("UNAVAILABLE", `Cannot use ClawHub at ${this.url}: ${why}`, {
      hint: "openclaw logs",
      retryable,
    });
  }
}

function notFound(slug: string, url: string): AppError {
  return new AppError("SKILL_NOT_FOUND", `Skill not found: ${slug} (${url})`, {
    hint: `openclaw gateway call skills.search --params '{"query":"${slug}"}'`,
  });
}
