/**
 * Asks an executable what it is, before it takes anybody's place.
 *
 * @module
 */
import { AppError, ellipsize, errorMessage } from "../base/mod.ts";
import { ioError, releaseTarget, type RunCommand } from "../platform/mod.ts";
import { versionOfAnswer } from "./version.ts";

const ANSWER_TIMEOUT_MS = 15_000;
const SHOWN_CHARS = 200;

/** What executables begin with, and what releases of that system are called. */
const FORMATS: readonly (readonly [system: string, ...head: number[]])[] = [
  ["linux", 0x7f, 0x45, 0x4c, 0x46],
  ["macos", 0xcf, 0xfa, 0xed, 0xfe],
  ["macos", 0xca, 0xfe, 0xba, 0xbe],
  ["windows", 0x4d, 0x5a],
  // A script names its own interpreter.
  ["", 0x23, 0x21],
];
/** Where an ELF file says which processor it is for, and what it says. */
const ELF_MACHINE_AT = 18;
const ELF_MACHINES: ReadonlyMap<number, string> = new Map([[0x3e, "x64"], [0xb7, "arm64"]]);

/**
 * The version that a program gives.
 *
 * @param promised What it has to be; anything when absent.
 * @throws {AppError} `UPDATE_PROGRAM_INVALID` when it does not run here, is no OpenClaw, or is another
 * version.
 */
export async function askVersion(
  program: string,
  runCommand: RunCommand,
  promised?: string,
): Promise<string> {
  await assertForThisMachine(program);
  const answer = await answerOf(program, runCommand);
  const version = versionOfAnswer(answer);
  if (version === undefined) {
    throw invalid(`it is no OpenClaw: it answers "${ellipsize(answer.trim(), SHOWN_CHARS)}"`);
  }
  if (promised !== undefined && version !== promised) {
    throw invalid(`it is version ${version}, not ${promised}`);
  }
  return version;
}

async function answerOf(program: string, runCommand: RunCommand): Promise<string> {
  try {
    const result = await runCommand(program, ["--version"], { timeoutMs: ANSWER_TIMEOUT_MS });
    if (result.code === 0) return result.stdout;
    throw invalid(`openclaw --version ended with ${result.code}${said(result.stderr)}`);
  } catch (error) {
    if (error instanceof AppError && error.code === "UPDATE_PROGRAM_INVALID") throw error;
    if (error instanceof AppError && error.code === "COMMAND_TIMEOUT") {
      throw invalid(`it gives no answer within ${ANSWER_TIMEOUT_MS / 1000} s`, error);
    }
    throw invalid(`it does not run on this machine: ${errorMessage(error)}`, error);
  }
}

/**
 * Looks before anything is run: what is no executable of the system would be handed to a shell.
 *
 * @throws {AppError} `UPDATE_PROGRAM_INVALID`
 */
async function assertForThisMachine(program: string): Promise<void> {
  const head = new Uint8Array(ELF_MACHINE_AT + 2);
  const file = await Deno.open(program).catch((error) => {
    throw ioError("read", program, error);
  });
  try {
    await file.read(head);
  } catch (error) {
    throw ioError("read", program, error);
  } finally {
    file.close();
  }
  const format = FORMATS.find(([, ...bytes]) => bytes.every((byte, at) => head[at] === byte));
  if (format === undefined) throw invalid("it is no program");
  const [system] = format;
  if (system === "") return;
  const machine = system === "linux" ? ELF_MACHINES.get(head[ELF_MACHINE_AT]!) : undefined;
  const own = releaseTarget();
  const isFor = machine === undefined
    ? own.startsWith(`${system}-`)
    : own === `${system}-${machine}`;
  if (isFor) return;
  const what = machine === undefined ? system : `${system}-${machine}`;
  throw invalid(`it is a program for ${what}, this machine is ${own}`);
}

function said(stderr: string): string {
  const text = stderr.trim();
  return text === "" ? "" : `: ${ellipsize(text, SHOWN_CHARS)}`;
}

function invalid(why: string, cause?: unknown): AppError {
  return new AppError("UPDATE_PROGRAM_INVALID", `Cannot use the new program: ${why}`, {
    hint: "Get the file for this machine; nothing was changed",
    ...(cause === undefined ? {} : { cause }),
  });
}
