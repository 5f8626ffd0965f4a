/**
 * `system.run`: runs a program without a shell, within the policy of this machine.
 *
 * @module
 */
import { AppError, type Clock, errorMessage, type Logger } from "../../base/mod.ts";
import {
  evaluateExec,
  type ExecEvaluation,
  type ExecPolicy,
  findOnDisk,
  resolveExecPolicy,
} from "../../exec/mod.ts";
import { outputTail } from "../capped_output.ts";
import { checkVariables, childEnvironment } from "../environment.ts";
import { MAX_EVENT_OUTPUT_CHARS } from "../limits.ts";
import { checkPlan, denied, type ResolvedRun, resolveRun, type RunPlace } from "../plan.ts";
import { parseRun, type RunRequest } from "../run_params.ts";
import { runProgram, type RunResult } from "../run_program.ts";
import type { ApprovalsStore, NodeCommand } from "../types.ts";

/** The agent whose settings hold when the invoke names none. */
const DEFAULT_AGENT = "main";

/**
 * What holds where the policy file is silent: a machine that runs commands for another one asks
 * first.
 */
const NODE_POLICY: ExecPolicy = {
  security: "allowlist",
  ask: "on-miss",
  askFallback: "deny",
  autoAllowSkills: false,
  allowlist: [],
};

/** What runs need of their machine. */
export interface RunSurroundings extends RunPlace {
  /** The variables of the node host. */
  readonly env: Readonly<Record<string, string>>;
  /** Home folder, for patterns that start with `~`. */
  readonly home: string;
  readonly approvals: ApprovalsStore;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Answers when the program has ended, or with the reason why it may not run. */
export function createRun(surroundings: RunSurroundings): NodeCommand {
  return async (params, call) => {
    const request = parseRun(params);
    checkVariables(request.env);
    try {
      const run = await admit(request, surroundings);
      const result = await execute(request, run, surroundings, call.signal);
      call.emit("exec.finished", finishedEvent(request, result));
      return result;
    } catch (error) {
      if (error instanceof AppError && error.message.startsWith("SYSTEM_RUN_")) {
        call.emit("exec.denied", deniedEvent(request, error));
      }
      throw error;
    }
  };
}

/** Finds what would run and asks the policy about it. */
async function admit(request: RunRequest, surroundings: RunSurroundings): Promise<ResolvedRun> {
  const run = await resolveRun(request, surroundings).catch((error) => {
    // Well-formed, and still nothing that can run here.
    throw error instanceof AppError && error.code === "INVALID_REQUEST"
      ? new AppError("UNAVAILABLE", error.message)
      : error;
  });
  const agentId = request.agentId ?? DEFAULT_AGENT;
  const { file } = await surroundings.approvals.read();
  const evaluation = judge(run, request, resolveExecPolicy(file, agentId, [], NODE_POLICY), {
    path: surroundings.path,
    home: surroundings.home,
  });
  if (evaluation.verdict === "deny") throw refusal(evaluation);
  if (evaluation.verdict === "ask" && request.approval === undefined) {
    throw denied(`approval required (${evaluation.message})`);
  }
  if (request.approval !== undefined && request.plan !== undefined) {
    await checkPlan(request.plan, request, run);
  }
  if (request.approval === "allow-always") {
    await remember(agentId, evaluation, request, surroundings);
  }
  return run;
}

/** As it was asked for, since a bare name on an allowlist fits what `PATH` finds and no path. */
function judge(
  run: ResolvedRun,
  { argv, env }: RunRequest,
  policy: ExecPolicy,
  { path, home }: { path: string; home: string },
): ExecEvaluation {
  const onDisk = findOnDisk({ cwd: run.cwd, path });
  // What will be started is what is judged, whatever has become of the disk meanwhile.
  const find = (word: string) => word === argv[0] ? run.program : onDisk(word);
  return evaluateExec({ command: argv, env }, policy, { find, home });
}

function refusal({ reason, message }: ExecEvaluation): AppError {
  return reason === "security-deny"
    ? new AppError("UNAVAILABLE", "SYSTEM_RUN_DISABLED: security=deny")
    : denied(`allowlist miss (${message})`);
}

/** The person's decision stands for this run even when it cannot be kept for the next one. */
async function remember(
  agentId: string,
  evaluation: ExecEvaluation,
  { text }: RunRequest,
  { approvals, log }: RunSurroundings,
): Promise<void> {
  try {
    await approvals.allowAlways(agentId, evaluation, text);
  } catch (error) {
    log.warn(`Cannot keep the approval of "${text}": ${errorMessage(error)}`);
  }
}

async function execute(
  request: RunRequest,
  run: ResolvedRun,
  { env, clock }: RunSurroundings,
  signal: AbortSignal,
): Promise<RunResult> {
  const spec = {
    program: run.argv[0]!,
    args: run.argv.slice(1),
    cwd: run.cwd,
    env: childEnvironment(env, request.env),
  };
  try {
    return await runProgram(spec, { timeoutMs: request.timeoutMs, clock, signal });
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const nothing = { timedOut: false, success: false, stdout: "", stderr: "", durationMs: 0 };
    return { ...nothing, error: error.message };
  }
}

function finishedEvent(request: RunRequest, result: RunResult): Record<string, unknown> {
  const output = [result.stdout, result.stderr, result.error ?? ""]
    .filter((text) => text !== "").join("\n").trimEnd();
  return {
    ...eventHead(request),
    ...(result.exitCode === undefined ? {} : { exitCode: result.exitCode }),
    timedOut: result.timedOut,
    success: result.success,
    output: outputTail(output, MAX_EVENT_OUTPUT_CHARS),
    ...(request.suppressNotifyOnExit ? { suppressNotifyOnExit: true } : {}),
  };
}

function deniedEvent(request: RunRequest, { message }: AppError): Record<string, unknown> {
  const reason = message.includes("allowlist miss")
    ? "allowlist-miss"
    : message.startsWith("SYSTEM_RUN_DISABLED")
    ? "security=deny"
    : "approval-required";
  return {
    ...eventHead(request),
    reason,
    suppressNotifyOnExit: request.suppressNotifyOnExit,
  };
}

function eventHead(request: RunRequest): Record<string, unknown> {
  return {
    sessionKey: request.eventSession,
    runId: request.runId,
    host: "node",
    command: request.text,
  };
}
