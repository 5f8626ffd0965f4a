/**
 * How the service commands answer: lines for people, or exactly one JSON object.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { ServiceManager } from "../../service/mod.ts";
import { exitCodeFor } from "../errors.ts";
import type { CommandContext } from "../table.ts";
import { failureInScope } from "./system_scope.ts";

/** What was asked for. */
export type ServiceAction = "install" | "uninstall" | "start" | "stop" | "restart";

/** What came of it. */
export type ServiceResult =
  | "installed"
  | "already-installed"
  | "uninstalled"
  | "started"
  | "scheduled"
  | "stopped"
  | "not-loaded"
  | "restarted";

/** What a service command has to say. */
export interface ServiceAnswer {
  readonly result: ServiceResult;
  /** For people, most important first. */
  readonly lines: readonly string[];
  readonly warnings?: readonly string[];
  /** Commands to run next. */
  readonly hints?: readonly string[];
}

/**
 * Runs a service command and shows what it answers.
 *
 * @param manager Absent when it could not even be found.
 * @returns The exit code: 0, or what the failure's code means.
 */
export async function answerVerb(
  context: CommandContext,
  action: ServiceAction,
  work: (seen: (manager: ServiceManager) => void) => Promise<ServiceAnswer>,
): Promise<number> {
  let manager: ServiceManager | undefined;
  const isJson = context.options.flag("json");
  try {
    const answer = await work((found) => manager = found);
    if (isJson) context.out.json(await answerJson(action, answer, manager));
    else showAnswer(context, answer);
    return 0;
  } catch (failure) {
    const error = failureInScope(context, failure);
    if (!isJson || !(error instanceof AppError)) throw error;
    context.out.json(await failureJson(action, error, manager));
    return await exitCodeFor(error);
  }
}

function showAnswer({ out, say }: CommandContext, answer: ServiceAnswer): void {
  for (const line of answer.lines) out.line(line);
  for (const warning of answer.warnings ?? []) out.note(`Warning: ${warning}`);
  for (const hint of answer.hints ?? []) out.line(`Start with: ${spoken(hint, say)}`);
}

async function answerJson(
  action: ServiceAction,
  { result, lines, warnings = [], hints = [] }: ServiceAnswer,
  manager: ServiceManager | undefined,
) {
  return {
    action,
    ok: true,
    result,
    message: lines.join("\n"),
    ...(hints.length === 0 ? {} : { hints }),
    ...(warnings.length === 0 ? {} : { warnings }),
    ...(await serviceJson(manager)),
  };
}

async function failureJson(
  action: ServiceAction,
  error: AppError,
  manager: ServiceManager | undefined,
) {
  const hints = error.hint?.split("\n") ?? [];
  const kind = typeof error.details?.kind === "string" ? error.details.kind : "generic";
  return {
    action,
    ok: false,
    error: error.message,
    code: error.code,
    hints,
    hintItems: hints.map((text) => ({ kind, text })),
    ...(await serviceJson(manager)),
  };
}

async function serviceJson(manager: ServiceManager | undefined) {
  if (manager === undefined) return {};
  const { label, loadedText, notLoadedText } = manager;
  const loaded = await manager.isLoaded().catch(() => false);
  return { service: { label, loaded, loadedText, notLoadedText } };
}

/** A hint with the profile of this run in its command. */
function spoken(hint: string, say: CommandContext["say"]): string {
  const [, sudo = "", command] = /^(sudo )?openclaw (.*)$/.exec(hint) ?? [];
  return command === undefined ? hint : sudo + say(command);
}
