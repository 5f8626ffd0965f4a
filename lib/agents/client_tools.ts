/**
 * Functions of a client's own: offered to the model next to the agent's tools, carried out by the
 * client. A call of one ends the turn; the answer comes with a later message.
 *
 * @module
 */
import { AppError, parseObjectOrUndefined, randomHex } from "../base/mod.ts";
import type {
  ModelEvent,
  ModelRequest,
  ModelStopReason,
  ModelTool,
  ModelToolCall,
  ModelToolChoice,
} from "../models/mod.ts";
import type { ToolResultMessage } from "../sessions/mod.ts";

/** What a client wants of its tools. */
export interface ClientTools {
  readonly tools: readonly ModelTool[];
  /** Only the client's tools are meant; it holds for the first call of the model. */
  readonly toolChoice?: ModelToolChoice;
  /** `false`: at most one call in an answer. */
  readonly parallelToolCalls?: boolean;
}

/** What stands in a transcript until the client has answered a call. */
const PENDING_TEXT = "pending";

/**
 * Checks a client's tools against each other, the agent's and the choice.
 *
 * @throws {AppError} `INVALID_REQUEST`.
 */
export function checkClientTools(client: ClientTools, agentTools: readonly ModelTool[]): void {
  const names = new Set<string>();
  for (const { name } of client.tools) {
    if (names.has(name)) throw invalid(`Two of the functions have the name "${name}"`);
    if (agentTools.some((tool) => tool.name === name)) {
      throw invalid(`Rename the function "${name}": the agent has a tool of this name`);
    }
    names.add(name);
  }
  const { toolChoice } = client;
  if (toolChoice === "required" && names.size === 0) {
    throw invalid("Offer at least one function where one has to be called");
  }
  if (typeof toolChoice === "object" && !names.has(toolChoice.name)) {
    throw invalid(`Offer the function "${toolChoice.name}" that has to be called`);
  }
}

function invalid(hint: string): AppError {
  return new AppError("INVALID_REQUEST", "invalid tool configuration", { hint });
}

/**
 * What a model is offered.
 *
 * @param isFirst Whether it is the turn's first call of a model. When that one has to call a function
 * of the client, it sees no others.
 */
export function offeredTools(
  agentTools: readonly ModelTool[],
  { tools, toolChoice = "auto", parallelToolCalls }: ClientTools,
  isFirst: boolean,
): Pick<ModelRequest, "tools" | "shownTools" | "toolChoice" | "parallelToolCalls"> {
  const isForced = isFirst && toolChoice !== "auto" && toolChoice !== "none";
  const offered = [...isForced ? [] : agentTools, ...toolChoice === "none" ? [] : tools];
  if (offered.length === 0) return {};
  return {
    tools: offered.map(declarationOf),
    ...(tools.length === 0 || toolChoice === "none"
      ? {}
      : { shownTools: new Set(tools.map(({ name }) => name)) }),
    ...(isForced ? { toolChoice } : {}),
    ...(parallelToolCalls === undefined || toolChoice === "none" ? {} : { parallelToolCalls }),
  };
}

function declarationOf({ name, description, parameters, strict }: ModelTool): ModelTool {
  const declaration = { name, description, parameters };
  return strict === undefined ? declaration : { ...declaration, strict };
}

/** Whether a call is the client's to carry out. */
export function isClientCall(
  { tools, toolChoice }: ClientTools,
  call: Pick<ModelToolCall, "name">,
): boolean {
  return toolChoice !== "none" && tools.some(({ name }) => name === call.name);
}

/**
 * The calls of one answer that stand: those of the client under ids that nobody else gives, so that a
 * result finds its call however long ago it was.
 *
 * Where the length ran out, calls of the agent's tools are dropped: half a call must not be carried
 * out. The client is told why the answer ended and can judge for itself.
 */
export function standingCalls(
  client: ClientTools,
  calls: readonly ModelToolCall[],
  stopReason: ModelStopReason,
  begun: BegunCalls = new BegunCalls(client),
): ModelToolCall[] {
  const standing = calls.flatMap((call, index) => {
    if (isClientCall(client, call)) return [{ ...call, id: begun.idOf(index) }];
    return stopReason === "length" ? [] : [plainCall(call)];
  });
  return client.parallelToolCalls === false ? standing.slice(0, 1) : standing;
}

/** Calls of the client that are shown while the model still writes them, under ids of their own. */
export class BegunCalls {
  readonly #client: ClientTools;
  /** By the place in the answer. */
  readonly #ids = new Map<number, string>();

  constructor(client: ClientTools) {
    this.#client = client;
  }

  /** Whether any call has begun. */
  get isAny(): boolean {
    return this.#ids.size > 0;
  }

  /**
   * Reads a piece of a call.
   *
   * @returns The piece under the call's id; nothing where the client has no business with the call, or
   * it may be left out of the answer.
   */
  take({ index, name, delta }: ModelEvent & { type: "toolCallDelta" }) {
    const isLeftOut = index > 0 && this.#client.parallelToolCalls === false;
    if (isLeftOut || !isClientCall(this.#client, { name })) return undefined;
    const id = this.idOf(index);
    this.#ids.set(index, id);
    return { type: "toolCallDelta" as const, id, name, delta };
  }

  /** The id of the call at a place of the answer. */
  idOf(index: number): string {
    return this.#ids.get(index) ?? `call_${randomHex(12)}`;
  }
}

/** A call without the text it was read from; what could not be read keeps it. */
function plainCall(call: ModelToolCall): ModelToolCall {
  if (!hasObject(call)) return call;
  const { argumentsText: _text, ...plain } = call;
  return plain;
}

/** Whether the model wrote a JSON object as arguments. */
export function hasObject({ argumentsText }: ModelToolCall): boolean {
  return argumentsText === undefined || parseObjectOrUndefined(argumentsText) !== undefined;
}

/** What stands for the answer to a call until the client gives it. */
export function pendingResult({ id, name }: ModelToolCall, now: number): ToolResultMessage {
  return {
    role: "toolResult",
    toolCallId: id,
    toolName: name,
    content: [{ type: "text", text: PENDING_TEXT }],
    isError: false,
    timestamp: now,
    isPending: true,
  };
}
