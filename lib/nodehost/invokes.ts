/**
 * Takes invokes, runs each once and answers it.
 *
 * @module
 */
import { AppError, type Clock, errorMessage, isObject, type Logger } from "../base/mod.ts";
import { errorFacts } from "../protocol/mod.ts";
import { KeptAnswers, type NodeAnswer } from "./kept_answers.ts";
import { MAX_PARALLEL_CALLS, MAX_PARALLEL_RUNS, MAX_WAITING_INVOKES } from "./limits.ts";
import { badParams } from "./params.ts";
import { Places } from "./places.ts";
import type { CommandCall, CommandEntry, CommandParams } from "./types.ts";

/** One invoke as the gateway sent it. */
export interface NodeInvoke {
  readonly id: string;
  readonly command: string;
  readonly paramsJSON: string | null;
  readonly idempotencyKey?: string;
}

/** What invokes need. */
export interface InvokeDeskOptions {
  readonly commands: ReadonlyMap<string, CommandEntry>;
  readonly call: CommandCall;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Reads the payload of a `node.invoke.request`.
 *
 * @returns `undefined` when it cannot even be answered.
 */
export function parseInvoke(payload: unknown, nodeId: string): NodeInvoke | undefined {
  if (!isObject(payload) || payload.nodeId !== nodeId) return undefined;
  const { id, command, paramsJSON, idempotencyKey } = payload;
  if (typeof id !== "string" || id === "" || typeof command !== "string") return undefined;
  return {
    id,
    command,
    paramsJSON: typeof paramsJSON === "string" ? paramsJSON : null,
    ...(typeof idempotencyKey === "string" && idempotencyKey !== "" ? { idempotencyKey } : {}),
  };
}

/** Runs invokes within the bounds of parallel work; a repeat joins what it repeats. */
export class InvokeDesk {
  readonly #options: InvokeDeskOptions;
  readonly #kept: KeptAnswers;
  readonly #runs = new Places(MAX_PARALLEL_RUNS, MAX_WAITING_INVOKES);
  readonly #calls = new Places(MAX_PARALLEL_CALLS, MAX_WAITING_INVOKES);
  readonly #underWay = new Set<Promise<NodeAnswer>>();

  constructor(options: InvokeDeskOptions) {
    this.#options = options;
    this.#kept = new KeptAnswers(options.clock);
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  /** Runs an invoke, or joins an earlier one with its id or key; never rejects. */
  answer(invoke: NodeInvoke): Promise<NodeAnswer> {
    const { id, idempotencyKey } = invoke;
    const keys = [`id:${id}`, ...(idempotencyKey === undefined ? [] : [`key:${idempotencyKey}`])];
    const question = `${invoke.command}\n${invoke.paramsJSON}`;
    const known = this.#kept.find(keys);
    if (known !== undefined) {
      return known.question === question ? known.answer : Promise.resolve(refusalOf(badParams(
        "INVALID_REQUEST: idempotency key was used for another invoke",
      )));
    }
    const answer = this.#run(invoke);
    this.#kept.add(keys, question, answer);
    this.#underWay.add(answer);
    answer.then(() => this.#underWay.delete(answer));
    return answer;
  }

  async #run({ command, paramsJSON }: NodeInvoke): Promise<NodeAnswer> {
    const { commands, call, log } = this.#options;
    try {
      const entry = commands.get(command);
      if (entry === undefined) throw new AppError("UNAVAILABLE", "command not supported");
      const params = parseParams(paramsJSON);
      const places = entry.isLong ? this.#runs : this.#calls;
      const payload = await places.use(() => {
        call.signal.throwIfAborted();
        return entry.run(params, call);
      });
      return { ok: true, payloadJSON: JSON.stringify(payload) };
    } catch (error) {
      if (call.signal.aborted) {
        return refusalOf(new AppError("UNAVAILABLE", "the node host stopped"));
      }
      if (!(error instanceof AppError)) {
        log.error(`Cannot answer "${command}": ${errorMessage(error)}`);
      }
      return refusalOf(error);
    }
  }
}

function parseParams(paramsJSON: string | null): CommandParams {
  if (paramsJSON === null) throw badParams("INVALID_REQUEST: paramsJSON required");
  let params: unknown;
  try {
    params = JSON.parse(paramsJSON);
  } catch (cause) {
    throw badParams(`INVALID_REQUEST: paramsJSON is not JSON: ${errorMessage(cause)}`);
  }
  if (!isObject(params)) throw badParams("INVALID_REQUEST: params must be an object");
  return params;
}

function refusalOf(error: unknown): NodeAnswer {
  const code = error instanceof AppError ? errorFacts(error.code).wire : "UNAVAILABLE";
  return { ok: false, error: { code, message: errorMessage(error) } };
}
