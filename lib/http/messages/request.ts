/**
 * The body of `POST /v1/messages`, from `unknown` to what a run is asked.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";
import type { HttpResponseFormat, HttpRunRequest, HttpSampling } from "../types.ts";
import type { FileOrigin } from "../files/load.ts";
import { checkedBy } from "./checked.ts";
import type { ImageSource } from "./blocks.ts";
import { findDocuments } from "./documents.ts";
import { type CountTokensBody, type MessagesBody, messagesSchema } from "./schema.ts";
import { readTools } from "./tools.ts";
import { readTurn } from "./turns.ts";

/** What a request asks for. */
export interface MessagesRequest {
  /** As sent; the answer echoes it. */
  model: string;
  /** `metadata.user_id`, not empty. */
  user?: string;
  isStream: boolean;
  /** Whether the client wants to see what the model thinks. */
  showsThinking: boolean;
  /** Images of the turn, not loaded yet. */
  images: ImageSource[];
  /** Documents of all turns that are files, not loaded yet. */
  documents: FileOrigin[];
  /** The run, without its target and its images. */
  run: Omit<HttpRunRequest, "runId" | "agentId" | "sessionKey" | "model" | "images" | "signal">;
}

/**
 * Parses the body of a request.
 *
 * @throws {HttpError} `INVALID_REQUEST`.
 */
export function parseMessagesRequest(body: unknown): MessagesRequest {
  const fields = check(body);
  const { images, ...turn } = readTurn(fields);
  const sampling = readSampling(fields);
  const user = fields.metadata?.user_id?.trim();
  return {
    model: fields.model,
    ...(user ? { user } : {}),
    isStream: fields.stream === true,
    showsThinking: readsThoughts(fields.thinking),
    images,
    documents: findDocuments(fields.messages),
    run: {
      ...turn,
      maxTokens: fields.max_tokens,
      ...readTools(fields),
      ...(sampling === undefined ? {} : { sampling }),
      ...readThinking(fields),
      ...readFormat(fields.output_config),
    },
  };
}

const check = checkedBy(messagesSchema);

function readSampling(fields: MessagesBody): HttpSampling | undefined {
  const { temperature, top_p: topP, top_k: topK, stop_sequences: stop } = fields;
  const given: [keyof HttpSampling, unknown][] = [
    ["temperature", temperature],
    ["topP", topP],
    ["topK", topK],
    ["stop", stop?.length === 0 ? undefined : stop],
  ];
  const set = given.filter(([, value]) => value !== undefined && value !== null);
  return set.length === 0 ? undefined : Object.fromEntries(set);
}

function readsThoughts(thinking: CountTokensBody["thinking"]): boolean {
  if (!thinking || thinking.type === "disabled") return false;
  return thinking.display !== "omitted";
}

/** A stated effort before the budget, which is only turned into the nearest level. */
function readThinking(fields: MessagesBody): { thinking?: string } {
  const { thinking, output_config: output, max_tokens: maxTokens } = fields;
  if (thinking?.type === "disabled") return { thinking: "off" };
  if (thinking?.type === "enabled" && thinking.budget_tokens >= maxTokens) {
    throw invalidRequest("max_tokens: should be greater than thinking.budget_tokens");
  }
  if (output?.effort) return { thinking: output.effort };
  if (thinking?.type === "adaptive") return { thinking: "adaptive" };
  return thinking?.type === "enabled" ? { thinking: levelOf(thinking.budget_tokens) } : {};
}

/** The level whose usual budget is nearest above. */
function levelOf(budgetTokens: number): string {
  return BUDGETS.find(([most]) => budgetTokens <= most)?.[1] ?? "xhigh";
}

/** Tokens of thought up to which a level is meant. */
const BUDGETS: readonly (readonly [most: number, level: string])[] = [
  [1024, "minimal"],
  [4096, "low"],
  [16_384, "medium"],
  [32_768, "high"],
];

function readFormat(
  output: CountTokensBody["output_config"],
): { responseFormat?: HttpResponseFormat } {
  const format = output?.format;
  if (!format) return {};
  return {
    responseFormat: { type: "json_schema", name: "output", schema: format.schema, strict: true },
  };
}
