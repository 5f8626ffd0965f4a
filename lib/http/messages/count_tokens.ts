/**
 * `POST /v1/messages/count_tokens`: how large a request is, estimated from its text.
 *
 * No provider is asked, so the count is the same offline, for every backend, and free. What the agent
 * adds (its own prompt, the stored session) is not part of the request and is not counted.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { readJsonBody } from "../body.ts";
import type { RequestContext } from "../context.ts";
import { invalidRequest, JSON_TYPE } from "../errors.ts";
import { MODELS_HINT, parseAgentTarget } from "../models.ts";
import { INVALID_MODEL } from "../run_target.ts";
import { checkedBy } from "./checked.ts";
import { type CountTokensBody, countTokensSchema } from "./schema.ts";
import { readTools } from "./tools.ts";

/** Answers a request for a count. */
export async function countTokens({ request, deps }: RequestContext): Promise<Response> {
  const body = check(await readJsonBody(request, deps.maxBodyBytes("messages")));
  if (parseAgentTarget(body.model) === undefined) throw invalidRequest(INVALID_MODEL, MODELS_HINT);
  readTools(body);
  const answer = { input_tokens: estimateTokens(body), is_estimate: true };
  return new Response(JSON.stringify(answer), { headers: { "content-type": JSON_TYPE } });
}

const check = checkedBy(countTokensSchema);

/** About as many bytes are one token, in European languages and in code. */
const BYTES_PER_TOKEN = 4;

/** Role and separators of a message. */
const TOKENS_PER_MESSAGE = 4;

/** An image of usual size. */
const TOKENS_PER_IMAGE = 1500;

/** The pages that are read of a file, of usual length. */
const TOKENS_PER_FILE = 3000;

/** Estimated tokens of a request, at least one. */
export function estimateTokens({ messages, system, tools }: CountTokensBody): number {
  const weight = new Weight();
  weight.add(system);
  for (const { content } of messages) weight.add(content);
  weight.add(tools);
  return weight.tokens + messages.length * TOKENS_PER_MESSAGE;
}

/** Adds up the text in a value; the names of fields are weighed in schemas only. */
class Weight {
  #bytes = 0;
  #images = 0;
  #files = 0;

  get tokens(): number {
    return Math.ceil(this.#bytes / BYTES_PER_TOKEN) + this.#images * TOKENS_PER_IMAGE +
      this.#files * TOKENS_PER_FILE;
  }

  add(value: unknown, depth = 0): void {
    if (typeof value === "string") this.#bytes += byteLength(value);
    else if (typeof value !== "object" || value === null) return;
    else if (depth > MAX_DEPTH) this.#bytes += byteLength(JSON.stringify(value));
    else if (Array.isArray(value)) { for (const item of value) this.add(item, depth + 1); }
    else this.#addObject(value, depth);
  }

  #addObject(fields: object, depth: number): void {
    for (const [name, value] of Object.entries(fields)) {
      if (NOT_SHOWN.has(name)) continue;
      if (name === "input" || name === "input_schema") {
        this.#bytes += byteLength(JSON.stringify(value));
      } else if (name === "source" && "type" in fields && fields.type === "image") this.#images++;
      else if (name === "source" && isFile(value)) this.#files++;
      else this.add(value, depth + 1);
    }
  }
}

/** Whether the source of a document is a file, which is not read for a count. */
function isFile(source: unknown): boolean {
  return isObject(source) && (source.type === "base64" || source.type === "url");
}

/** More levels than blocks within blocks have; what is below is weighed whole. */
const MAX_DEPTH = 12;

/** Fields that the model is not shown. */
const NOT_SHOWN: ReadonlySet<string> = new Set(["type", "cache_control", "signature", "thinking"]);

function byteLength(text: string): number {
  return encoder.encode(text).length;
}

const encoder = new TextEncoder();
