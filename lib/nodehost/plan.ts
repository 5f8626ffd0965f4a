/**
 * Makes a command definite: which program, in which folder, with which script.
 *
 * @module
 */
import { findOnDisk, type FoundProgram } from "../exec/mod.ts";
import { AppError } from "../base/mod.ts";
import { commandText, shellLine } from "./command_text.ts";
import { badParams } from "./params.ts";
import { findScript } from "./script_operand.ts";
import type { ScriptOperand, SystemRunPlan } from "./types.ts";

/** A command as it was asked for. */
export interface RunWish {
  readonly argv: readonly string[];
  readonly cwd: string | undefined;
  readonly agentId: string | undefined;
  readonly sessionKey: string | undefined;
}

/** Where a host looks and runs. */
export interface RunPlace {
  /** The value of `PATH`. */
  readonly path: string;
  /** The folder of commands that name none. */
  readonly folder: string;
}

/** A command whose program and folder exist. */
export interface ResolvedRun {
  /** The words, the first being an absolute path. */
  readonly argv: readonly string[];
  /** The real path of the folder; that of the node host when none was asked for. */
  readonly cwd: string;
  readonly program: FoundProgram;
}

/**
 * Finds program and folder of a command.
 *
 * @throws {AppError} `INVALID_REQUEST` when one of them does not exist.
 */
export async function resolveRun(wish: RunWish, place: RunPlace): Promise<ResolvedRun> {
  const cwd = await realFolder(wish.cwd ?? place.folder);
  const program = findOnDisk({ cwd, path: place.path })(wish.argv[0]!);
  if (program === undefined) {
    throw badParams(
      `SYSTEM_RUN_DENIED: approval requires a stable executable path ("${wish.argv[0]}")`,
    );
  }
  return { argv: [program.path, ...wish.argv.slice(1)], cwd, program };
}

/**
 * The plan that an approval is about.
 *
 * @throws {AppError} As {@linkcode resolveRun}.
 */
export async function preparePlan(wish: RunWish, place: RunPlace): Promise<SystemRunPlan> {
  const { argv, cwd } = await resolveRun(wish, place);
  const script = await findScript(argv, cwd);
  return {
    argv: [...argv],
    cwd: wish.cwd === undefined ? null : cwd,
    commandText: commandText(argv),
    commandPreview: shellLine(argv) ?? null,
    agentId: wish.agentId ?? null,
    sessionKey: wish.sessionKey ?? null,
    ...(script === undefined ? {} : { mutableFileOperand: script }),
  };
}

/**
 * Makes sure that what is about to run is what the plan says, down to the script.
 *
 * @throws {AppError} `UNAVAILABLE`
 */
export async function checkPlan(
  plan: Partial<SystemRunPlan>,
  wish: RunWish,
  run: ResolvedRun,
): Promise<void> {
  const isSame = Array.isArray(plan.argv) &&
    (sameWords(plan.argv, wish.argv) || sameWords(plan.argv, run.argv)) &&
    (plan.cwd ?? undefined) === wish.cwd;
  if (!isSame) throw denied("approval is for another command");
  // The folder was made definite for the approval; where a link leads elsewhere now, it is another.
  if (plan.cwd && plan.cwd !== run.cwd) throw denied("approval cwd changed before execution");
  checkScript(plan.mutableFileOperand ?? undefined, await findScript(run.argv, run.cwd));
}

/** What the asker handed on may lack the script or name another file, so the command itself is looked at. */
function checkScript(approved: ScriptOperand | undefined, now: ScriptOperand | undefined): void {
  if (approved === undefined && now === undefined) return;
  if (approved === undefined) throw denied("approval missing script operand binding");
  const isSame = now !== undefined && approved.argvIndex === now.argvIndex &&
    approved.path === now.path && approved.sha256 === now.sha256;
  if (!isSame) throw denied("approval script operand changed before execution");
}

/** The refusal of a command that is well-formed. */
export function denied(why: string): AppError {
  return new AppError("UNAVAILABLE", `SYSTEM_RUN_DENIED: ${why}`);
}

function sameWords(a: readonly unknown[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, index) => word === b[index]);
}

async function realFolder(path: string): Promise<string> {
  try {
    const real = await Deno.realPath(path);
    if (/^([\\/]|[A-Za-z]:)/.test(path) && (await Deno.stat(real)).isDirectory) return real;
  } catch {
    // Told below together with the other reasons.
  }
  throw badParams(`SYSTEM_RUN_DENIED: approval requires an existing canonical cwd ("${path}")`);
}
