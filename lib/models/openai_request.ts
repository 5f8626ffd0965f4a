/**
 * Writes a model call as the body of `POST /chat/completions`.
 *
 * @module
 */
import type { ModelTarget } from "./providers.ts";
import type {
  ModelContentPart,
  ModelMessage,
  ModelRequest,
  ModelResponseFormat,
  ModelTool,
  ModelToolChoice,
  ThinkingLevel,
} from "./types.ts";

const OPENAI_HOST = "api.openai.com";

/** The JSON body; its fields are those of the wire format. */
export type CompletionBody = Record<string, unknown>;

/** Builds the body of a streaming call. */
export function buildCompletionBody(target: ModelTarget, request: ModelRequest): CompletionBody {
  const { compat, info } = target;
  const body: CompletionBody = {
    ...target.params,
    model: info.model,
    messages: buildMessages(target, request),
    stream: true,
  };
  if (compat.supportsUsageInStreaming !== false) {
    body.stream_options = { include_usage: true };
  }
  const effort = reasoningEffort(target, request.thinking);
  if (effort !== undefined) body.reasoning_effort = effort;
  const limit = tokenLimit(target, request.maxTokens);
  if (limit !== undefined) {
    body[compat.maxTokensField ?? "max_completion_tokens"] = limit;
  }
  return {
    ...body,
    ...samplingFields(target, request),
    ...hintFields(target, request),
    ...toolFields(target, request),
  };
}

/** Many look-alikes of OpenAI refuse fields that they do not know. */
function hintFields({ baseUrl, compat }: ModelTarget, { hints = {} }: ModelRequest) {
  if (!isOpenAi(baseUrl)) {
    const isTaken = compat.supportsPromptCacheKey && hints.promptCacheKey !== undefined;
    return isTaken ? { prompt_cache_key: hints.promptCacheKey } : {};
  }
  const { serviceTier, verbosity, promptCacheKey, safetyIdentifier, store, metadata } = hints;
  return defined({
    service_tier: serviceTier,
    verbosity,
    prompt_cache_key: promptCacheKey,
    safety_identifier: safetyIdentifier,
    store,
    // Taken only with what is kept.
    metadata: store === true ? metadata : undefined,
  });
}

/** The fields that have a value. */
function defined(fields: CompletionBody): CompletionBody {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function samplingFields({ baseUrl }: ModelTarget, request: ModelRequest): CompletionBody {
  const { sampling = {}, responseFormat } = request;
  const fields = {
    temperature: sampling.temperature,
    top_p: sampling.topP,
    // OpenAI itself refuses a request with this field, its look-alikes have it.
    top_k: isOpenAi(baseUrl) ? undefined : sampling.topK,
    stop: sampling.stop,
    seed: sampling.seed,
    frequency_penalty: sampling.frequencyPenalty,
    presence_penalty: sampling.presencePenalty,
    response_format: responseFormat === undefined ? undefined : formatField(responseFormat),
  };
  return defined(fields);
}

function formatField(format: ModelResponseFormat): unknown {
  // Text is what every provider answers with unasked.
  if (format.type === "text") return undefined;
  if (format.type === "json_object") return format;
  const { type, ...json_schema } = format;
  return { type, json_schema };
}

function toolFields({ compat }: ModelTarget, request: ModelRequest): CompletionBody {
  const { tools = [], toolChoice = "auto", parallelToolCalls } = request;
  if (tools.length === 0 || compat.supportsTools === false) return {};
  return {
    tools: tools.map((tool) => toolField(tool, compat.supportsStrictMode !== false)),
    tool_choice: toolChoiceField(toolChoice),
    ...(parallelToolCalls === undefined ? {} : { parallel_tool_calls: parallelToolCalls }),
  };
}

function toolField(tool: ModelTool, takesStrict: boolean): unknown {
  const { name, description, parameters, strict } = tool;
  return {
    type: "function",
    function: {
      name,
      ...(description === "" ? {} : { description }),
      parameters,
      ...(strict === undefined || !takesStrict ? {} : { strict }),
    },
  };
}

function toolChoiceField(choice: ModelToolChoice): unknown {
  return typeof choice === "string" ? choice : { type: "function", function: choice };
}

/** What the wire calls a level of thinking; nothing where the model or its provider has no word for it. */
function reasoningEffort(
  { info, compat, baseUrl }: ModelTarget,
  level: ThinkingLevel | undefined,
): string | undefined {
  if (level === undefined || level === "off" || level === "adaptive" || !info.reasoning) {
    return undefined;
  }
  const isUnderstood = compat.supportsReasoningEffort ?? isOpenAi(baseUrl);
  if (!isUnderstood) return undefined;
  return level === "max" ? "xhigh" : level;
}

function isOpenAi(baseUrl: string): boolean {
  return URL.parse(baseUrl)?.hostname === OPENAI_HOST;
}

/** What was asked for, within the model's stated limit; a limit that is a guess is not sent. */
function tokenLimit(target: ModelTarget, asked: number | undefined): number | undefined {
  if (!target.hasStatedLimit) return asked;
  return Math.min(asked ?? target.info.maxTokens, target.info.maxTokens);
}

function buildMessages(target: ModelTarget, request: ModelRequest): unknown[] {
  const ids = new CallIds();
  const messages = request.messages.flatMap((message) => buildMessage(target, message, ids));
  return request.system === ""
    ? messages
    : [{ role: "system", content: request.system }, ...messages];
}

function buildMessage(target: ModelTarget, message: ModelMessage, ids: CallIds): unknown[] {
  switch (message.role) {
    case "user":
      return [{ role: "user", content: buildContent(target, message.content) }];
    case "tool": {
      const content = message.text || "(no output)";
      return [{ role: "tool", tool_call_id: ids.toWire(message.toolCallId), content }];
    }
    case "assistant": {
      const { text, toolCalls } = message;
      if (toolCalls.length === 0) {
        return text === "" ? [] : [{ role: "assistant", content: text }];
      }
      const calls = toolCalls.map((call) => ({
        id: ids.toWire(call.id),
        type: "function",
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      }));
      return [{ role: "assistant", content: text === "" ? null : text, tool_calls: calls }];
    }
  }
}

/** Plain text where there is nothing else, parts where there are images the model takes. */
function buildContent(target: ModelTarget, parts: readonly ModelContentPart[]): unknown {
  const takesImages = target.info.input.includes("image") &&
    target.compat.requiresStringContent !== true;
  const hasImages = parts.some((part) => part.type === "image");
  if (takesImages && (hasImages || parts.length > 1)) {
    return parts.map((part) =>
      part.type === "text" ? { type: "text", text: part.text } : {
        type: "image_url",
        image_url: { url: `data:${part.mimeType};base64,${part.data}` },
      }
    );
  }
  const texts = parts.map((part) =>
    part.type === "text" ? part.text : "(image left out: this model takes text only)"
  );
  if (parts.length > 1 && target.compat.requiresStringContent !== true) {
    return texts.map((text) => ({ type: "text", text }));
  }
  return texts.join("\n");
}

/**
 * Ids of tool calls as every provider takes them: letters and digits only.
 *
 * Two ids that become equal are told apart by a number at the end.
 */
class CallIds {
  readonly #wireIds = new Map<string, string>();
  readonly #taken = new Set<string>();

  toWire(id: string): string {
    const known = this.#wireIds.get(id);
    if (known !== undefined) return known;
    const plain = id.replace(/[^A-Za-z0-9]/g, "") || "call";
    let wireId = plain;
    for (let number = 2; this.#taken.has(wireId); number++) {
      wireId = `${plain}${number}`;
    }
    this.#wireIds.set(id, wireId);
    this.#taken.add(wireId);
    return wireId;
  }
}
