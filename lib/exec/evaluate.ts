/**
 * Judges a command by a policy: run it, ask a person, or refuse. A pure function of what it is given.
 *
 * @module
 */
import { basename } from "@std/path";
import { type Candidate, findEntry } from "./allowlist.ts";
import { type ChainProgram, readChain } from "./command_chain.ts";
import { refusedVariables, unsafeVariables } from "./environment.ts";
import { DEFAULT_SAFE_BINS, isSafeUse } from "./safe_bins.ts";
import type {
  ExecCommand,
  ExecEvaluation,
  ExecPolicy,
  ExecReason,
  FindProgram,
  ProgramUse,
} from "./types.ts";

/** What a judgement depends on besides the command and the policy. */
export interface EvaluateOptions {
  readonly find: FindProgram;
  /** Home folder, for patterns that start with `~`. */
  readonly home: string;
  /** Programs that only filter text; the default list when absent. */
  readonly safeBins?: readonly string[];
  /** Names of programs that skills bring. */
  readonly skillBins?: readonly string[];
  /** Whether code given as an argument (`python -c`) needs an entry with `argPattern`. */
  readonly strictInlineEval?: boolean;
  /** Set where commands given as text are not for a POSIX shell, as on Windows: none is understood. */
  readonly isForeignShell?: boolean;
}

/** What is known about the programs of a command. */
interface Reading {
  readonly programs: readonly ProgramUse[];
  readonly isMatch: boolean;
  /** Why nothing is allowed by list. */
  readonly miss?: { readonly reason: ExecReason; readonly message: string };
}

/** Judges a command. */
export function evaluateExec(
  command: ExecCommand,
  policy: ExecPolicy,
  options: EvaluateOptions,
): ExecEvaluation {
  const refused = refusedVariables(command.env ?? {});
  if (policy.security === "deny") {
    return { ...verdict("deny", "security-deny", "exec is denied by policy"), programs: [] };
  }
  if (refused.length > 0) {
    const message = `the request sets ${refused.join(", ")}`;
    return { ...verdict("deny", "unsafe-environment", message), programs: [] };
  }
  const reading = readCommand(command, policy, options);
  return { ...judge(policy, reading), isMatch: reading.isMatch, programs: reading.programs };
}

function judge(policy: ExecPolicy, { isMatch, miss }: Reading) {
  if (policy.ask === "always") return verdict("ask", "ask-always", "every command is asked about");
  if (policy.security === "full") {
    return verdict("allow", "security-full", "every command is allowed");
  }
  if (isMatch) return verdict("allow", "allowlist-match", "every program is on the allowlist");
  const { reason, message } = miss!;
  return verdict(policy.ask === "on-miss" ? "ask" : "deny", reason, message);
}

function verdict(is: ExecEvaluation["verdict"], reason: ExecReason, message: string) {
  return { verdict: is, reason, message, isMatch: false };
}

function readCommand(
  { command, env = {} }: ExecCommand,
  policy: ExecPolicy,
  options: EvaluateOptions,
): Reading {
  if (options.isForeignShell && typeof command === "string") {
    return missed([], "not-understood", "commands for this system's shell are not understood");
  }
  const chain = readChain(command, options.find);
  if (!chain.ok) return missed([], "not-understood", `the command has ${chain.problem}`);
  const programs = chain.programs.map((program) => useOf(program, policy, options));
  const unsafe = unsafeVariables(env);
  if (unsafe.length > 0) {
    return missed(programs, "unsafe-environment", `the request sets ${unsafe.join(", ")}`);
  }
  const stranger = programs.find(({ allowedBy }) => allowedBy === undefined);
  if (stranger === undefined) return { programs, isMatch: true };
  const name = stranger.argv[0];
  const message = stranger.found === undefined
    ? `there is no program "${name}"`
    : `"${stranger.found.path}" is not on the allowlist as it is used`;
  return missed(programs, "allowlist-miss", message);
}

function missed(programs: readonly ProgramUse[], reason: ExecReason, message: string): Reading {
  return { programs, isMatch: false, miss: { reason, message } };
}

function useOf(
  { argv, found, hasPatterns }: ChainProgram,
  { allowlist, autoAllowSkills }: ExecPolicy,
  options: EvaluateOptions,
): ProgramUse {
  if (found === undefined) return { argv };
  const candidate: Candidate = { argv, found, hasPatterns };
  const { home, strictInlineEval = false, safeBins = DEFAULT_SAFE_BINS, skillBins = [] } = options;
  const entry = findEntry(allowlist, candidate, { home, strictInlineEval });
  if (entry !== undefined) return { argv, found, allowedBy: "allowlist", entry };
  if (!hasPatterns && isSafeUse(argv, found, safeBins)) {
    return { argv, found, allowedBy: "safe-bin" };
  }
  const isSkill = autoAllowSkills && skillBins.includes(argv[0]!) &&
    basename(argv[0]!) === argv[0];
  return isSkill ? { argv, found, allowedBy: "skill" } : { argv, found };
}
