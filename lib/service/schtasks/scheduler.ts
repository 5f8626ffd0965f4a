/**
 * The program `schtasks`, as far as one task is concerned.
 *
 * @see Microsoft, schtasks: `/HRESULT` makes the exit status name the failure in every language
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CommandResult, RunCommand } from "../../platform/mod.ts";
import type { ServiceCommandLine } from "../types.ts";
import { parseTaskList, type TaskRecord } from "./query.ts";
import { isTaskEnabled } from "./task_xml.ts";

const TIMEOUT_MS = 15_000;
const E_ACCESS_DENIED = 0x80070005;
/** Neither the file of the task nor its folder is there. */
const NOT_FOUND_CODES: ReadonlySet<number> = new Set([0x80070002, 0x80070003]);
/** The definition is at fault: 0x80041316 to 0x8004131A, or a place in its text. */
const XML_CODES = { from: 0x80041316, to: 0x8004131a };
const XML_PLACE = /\(\d+,\d+\):/;
/** Where an old `schtasks` tells it in words only. */
const DENIED_WORDS =
  /access is denied|acceso denegado|zugriff verweigert|acc[eè]s refus|accesso negato|acesso negado|0x80070005/i;

/** How a call ended. */
export type TaskOutcome = "done" | "missing" | "denied" | "timeout" | "bad-definition" | "failed";

/** The answer to a call. */
export interface TaskAnswer {
  readonly outcome: TaskOutcome;
  readonly stdout: string;
  /** What was printed about a failure, in one line, in the language of the system. */
  readonly text: string;
}

/** Drives one task. */
export class TaskScheduler {
  readonly #run: RunCommand;
  readonly #task: string;

  constructor(run: RunCommand, task: string) {
    this.#run = run;
    this.#task = task;
  }

  /** The command that registers the task, replacing one of its name. */
  createCommand(xmlPath: string): ServiceCommandLine {
    return ["schtasks", "/Create", "/F", "/TN", this.#task, "/XML", xmlPath, "/HRESULT"];
  }

  /** The command that starts it. */
  runCommand(): ServiceCommandLine {
    return ["schtasks", "/Run", "/TN", this.#task, "/HRESULT"];
  }

  /**
   * Whether there is such a task, and whether it may be started.
   *
   * @returns `undefined` when there is none.
   * @throws {AppError} `SERVICE_CHECK_FAILED`, `SERVICE_MANAGER_UNAVAILABLE`
   */
  async find(): Promise<{ isEnabled: boolean } | undefined> {
    const answer = await this.#call(["/Query", "/TN", this.#task, "/XML"]);
    if (answer.outcome === "done") return { isEnabled: isTaskEnabled(answer.stdout) };
    if (answer.outcome === "missing") return undefined;
    throw this.failure("SERVICE_CHECK_FAILED", "query", answer);
  }

  /** What the task did last; `undefined` when nobody tells. */
  async record(): Promise<TaskRecord | undefined> {
    const args = ["/Query", "/TN", this.#task, "/V", "/FO", "LIST"];
    return parseTaskList((await this.#call(args)).stdout)[0];
  }

  /** Registers the task. */
  async create(xmlPath: string): Promise<TaskAnswer> {
    const answer = await this.#call(this.createCommand(xmlPath).slice(1, -1));
    if (answer.outcome !== "timeout") return answer;
    // It may have been about to succeed; two registrations would be one too many.
    const found = await this.find().catch(() => undefined);
    return found === undefined ? answer : { ...answer, outcome: "done" };
  }

  /** Starts the task; one that runs is left alone. */
  async start(): Promise<TaskAnswer> {
    return await this.#call(["/Run", "/TN", this.#task]);
  }

  /** Ends what the task has started; that nothing runs is no failure. */
  async end(): Promise<TaskAnswer> {
    return await this.#call(["/End", "/TN", this.#task]);
  }

  async remove(): Promise<TaskAnswer> {
    return await this.#call(["/Delete", "/F", "/TN", this.#task]);
  }

  async setEnabled(isEnabled: boolean): Promise<TaskAnswer> {
    return await this.#call(["/Change", "/TN", this.#task, isEnabled ? "/ENABLE" : "/DISABLE"]);
  }

  /** A failure, with what to do about it. */
  failure(code: string, verb: string, { outcome, text }: TaskAnswer): AppError {
    const why = outcome === "timeout"
      ? `schtasks did not answer within ${TIMEOUT_MS / 1000}s`
      : outcome === "denied"
      ? "access is denied; an administrator has created it"
      : text;
    const byHand = verb === "query" ? "/Query" : "/Delete /F";
    return new AppError(code, `Cannot ${verb} the task "${this.#task}": ${why}`, {
      hint: outcome === "denied"
        ? `In a terminal of an administrator: schtasks ${byHand} /TN "${this.#task}"`
        : `schtasks ${byHand} /TN "${this.#task}"`,
      retryable: outcome === "timeout",
      details: { kind: "generic", outcome },
    });
  }

  async #call(args: readonly string[]): Promise<TaskAnswer> {
    try {
      const options = { timeoutMs: TIMEOUT_MS };
      const result = await this.#run("schtasks", [...args, "/HRESULT"], options);
      return { outcome: outcomeOf(result, args[0]!), stdout: result.stdout, text: textOf(result) };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "COMMAND_TIMEOUT") return { outcome: "timeout", stdout: "", text: "" };
      throw new AppError("SERVICE_MANAGER_UNAVAILABLE", `Cannot use tasks: ${error.message}`, {
        hint: "Run the gateway in the foreground instead: openclaw gateway run",
        details: { kind: "generic" },
        cause: error,
      });
    }
  }
}

function outcomeOf(result: CommandResult, verb: string): TaskOutcome {
  if (result.code === 0) return "done";
  const code = result.code >>> 0;
  const text = result.stderr + result.stdout;
  if (code === E_ACCESS_DENIED || DENIED_WORDS.test(text)) return "denied";
  if (NOT_FOUND_CODES.has(code)) return "missing";
  if (code >= XML_CODES.from && code <= XML_CODES.to || XML_PLACE.test(text)) {
    return "bad-definition";
  }
  // Without numbers a query of one name fails for hardly anything but that name.
  return verb === "/Query" && code === 1 ? "missing" : "failed";
}

function textOf({ code, stderr, stdout }: CommandResult): string {
  const text = (stderr.trim() || stdout.trim()).replace(/\s*\r?\n\s*/g, "; ");
  return text === "" ? `exit status 0x${(code >>> 0).toString(16)}` : text;
}
