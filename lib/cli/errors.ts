/**
 * How a failure leaves the program: text for people, JSON for programs, and the exit code.
 *
 * @module
 */
import { AppError, errorMessage, EXIT, redactShapes } from "../base/mod.ts";
import type { Env } from "../base/mod.ts";
import type { Output } from "./output.ts";
import { withProfile } from "./profile_hint.ts";
import { RootFlagError } from "./parsing/root_flags.ts";

/** What {@linkcode reportError} needs to know about the run. */
export interface ReportOptions {
  readonly out: Output;
  readonly env: Env;
  /** Whether the command line asked for JSON. */
  readonly json: boolean;
  /** The profile flag to put into hints, with a space behind it, or the empty string. */
  readonly profile: string;
}

/** A failure that the command has already shown in its own layout. */
export class ReportedFailure extends Error {
  override readonly name = "ReportedFailure";
  /** The exit code of the process. */
  readonly exitCode: number;

  constructor(exitCode: number) {
    super(`The command failed with exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** Shows a failure and answers with the exit code of the process. */
export async function reportError(error: unknown, options: ReportOptions): Promise<number> {
  if (error instanceof ReportedFailure) return error.exitCode;
  if (isRootFlagFailure(error)) return reportRootFlag(error, options);
  if (error instanceof AppError) return await reportAppError(error, options);
  return reportUnexpected(error, options);
}

/**
 * The same failure with an exit code that the table of codes does not give it, unless it has one of
 * its own already.
 */
export function withExitCode(
  error: AppError,
  exitCode: number,
  message: string = error.message,
): AppError {
  return new AppError(error.code, message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    retryable: error.retryable,
    details: { exitCode, ...error.details },
    cause: error.cause,
  });
}

/** The JSON form of a failure. */
export function errorAsJson(error: unknown, profile: string): Record<string, unknown> {
  const known = error instanceof AppError ? error : undefined;
  return {
    ok: false,
    error: {
      code: known?.code ?? "INTERNAL",
      message: redactShapes(errorMessage(error)),
      ...(known?.hint === undefined ? {} : { hint: withProfile(known.hint, profile) }),
    },
  };
}

function isRootFlagFailure(error: unknown): error is AppError {
  return error instanceof RootFlagError ||
    (error instanceof AppError && error.code === "PROFILE_INVALID");
}

function reportRootFlag(error: AppError, { out, json, profile }: ReportOptions): number {
  if (json) out.json(errorAsJson(error, profile));
  out.note(`[openclaw] ${error.message}`);
  if (error.hint !== undefined) out.note(`[openclaw] Try: ${error.hint}`);
  return EXIT.ROOT_FLAG;
}

async function reportAppError(error: AppError, options: ReportOptions): Promise<number> {
  const { out, json, profile, env } = options;
  if (json) {
    out.json(errorAsJson(error, profile));
  } else {
    out.note(out.paint(redactShapes(error.message), "bad"));
    for (const line of contextLines(error)) out.note(redactShapes(line));
    if (error.hint !== undefined) {
      const label = isUsage(error) ? "Try" : "Fix";
      out.note(`${label}: ${withProfile(redactShapes(error.hint), profile)}`);
    }
  }
  if (wantsStack(env)) out.note(stackOf(error));
  return await exitCodeFor(error);
}

/** The exit code of a failure: one of its own, or what the table of codes says. */
export async function exitCodeFor(error: AppError): Promise<number> {
  const fixed = error.details?.exitCode;
  if (typeof fixed === "number") return fixed;
  const { exitCodeOf } = await import("../protocol/mod.ts");
  return exitCodeOf(error);
}

/** Lines that a command adds below a message: `details.context`. */
function contextLines(error: AppError): string[] {
  const lines = error.details?.context;
  return Array.isArray(lines) ? lines.map(String) : [];
}

function isUsage(error: AppError): boolean {
  return error.code === "USAGE" || error.code === "UNKNOWN_COMMAND";
}

function reportUnexpected(error: unknown, { out, json, profile, env }: ReportOptions): number {
  const message = redactShapes(errorMessage(error));
  if (json) out.json(errorAsJson(error, profile));
  const lines = ["Could not run the command.", `Reason: ${message}`];
  if (wantsStack(env)) lines.push(`Stack: ${stackOf(error)}`);
  else lines.push("Debug: set OPENCLAW_DEBUG=1 to see where it happened");
  lines.push(
    `Try: ${withProfile("openclaw status --all", profile)}`,
    `Help: ${withProfile("openclaw --help", profile)}`,
  );
  for (const line of lines) out.note(`[openclaw] ${line}`);
  return 1;
}

function wantsStack(env: Env): boolean {
  const value = env.get("OPENCLAW_DEBUG");
  return value !== undefined && value !== "" && value !== "0";
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return "none";
  const stack = redactShapes(error.stack ?? error.message);
  return error.cause === undefined ? stack : `${stack}\nCaused by: ${stackOf(error.cause)}`;
}
