/**
 * The parameters of `system.run` and of `system.run.prepare`.
 *
 * @module
 */
import { isObject, randomId } from "../base/mod.ts";
import { checkRawCommand, commandText } from "./command_text.ts";
import { DEFAULT_RUN_TIMEOUT_MS, MAX_RUN_TIMEOUT_MS } from "./limits.ts";
import { commandWords, optionalCount, optionalText, variables } from "./params.ts";
import type { RunWish } from "./plan.ts";
import type { CommandParams, SystemRunPlan } from "./types.ts";

/** The session that events are about when the invoke names none. */
const NO_SESSION = "node";

/** A run as it was asked for. */
export interface RunRequest extends RunWish {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Id of the run; that of the approval where there is one. */
  readonly runId: string;
  /** The command in one line. */
  readonly text: string;
  /** Session that events are about. */
  readonly eventSession: string;
  readonly suppressNotifyOnExit: boolean;
  /** What a person decided, as the gateway vouches for it. */
  readonly approval: "allow-once" | "allow-always" | undefined;
  readonly plan: Partial<SystemRunPlan> | undefined;
}

/**
 * What both commands take.
 *
 * @throws {AppError} `INVALID_REQUEST`
 */
export function parseWish(params: CommandParams): RunWish {
  const argv = commandWords(params);
  checkRawCommand(argv, optionalText(params, "rawCommand"));
  return {
    argv,
    cwd: optionalText(params, "cwd"),
    agentId: optionalText(params, "agentId"),
    sessionKey: optionalText(params, "sessionKey"),
  };
}

/** What `system.run` takes. @throws {AppError} `INVALID_REQUEST` */
export function parseRun(params: CommandParams): RunRequest {
  const wish = parseWish(params);
  return {
    ...wish,
    env: variables(params),
    timeoutMs: optionalCount(params, "timeoutMs", MAX_RUN_TIMEOUT_MS) ?? DEFAULT_RUN_TIMEOUT_MS,
    runId: optionalText(params, "runId") ?? randomId(),
    text: commandText(wish.argv),
    eventSession: wish.sessionKey ?? NO_SESSION,
    suppressNotifyOnExit: params.suppressNotifyOnExit === true,
    approval: approvalOf(params),
    plan: isObject(params.systemRunPlan)
      ? params.systemRunPlan as Partial<SystemRunPlan>
      : undefined,
  };
}

/** The gateway hands on an approval only after it has checked it; a denial is none. */
function approvalOf({ approved, approvalDecision }: CommandParams): RunRequest["approval"] {
  if (approvalDecision === "allow-always") return "allow-always";
  return approvalDecision === "allow-once" || approved === true ? "allow-once" : undefined;
}
