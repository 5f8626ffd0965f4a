/**
 * What the policy of exec speaks about: settings, allowlist entries, programs of a command, verdicts.
 *
 * @module
 */

/** Which commands may run at all. */
export type ExecSecurity = "deny" | "allowlist" | "full";

/** When a person is asked. */
export type ExecAsk = "off" | "on-miss" | "always";

/** One line of an allowlist, as the policy file has it. */
export interface AllowlistEntry {
  id?: string;
  /** A glob on the path of the program, or a name that matches what `PATH` finds. */
  pattern: string;
  /** A regular expression that the arguments as a whole must match. */
  argPattern?: string;
  /** Who added it, such as `allow-always`. */
  source?: string;
  /** The command it was added for. */
  commandText?: string;
  /** Milliseconds since the epoch. */
  lastUsedAt?: number;
  lastUsedCommand?: string;
  lastResolvedPath?: string;
}

/** The policy that holds for one agent. */
export interface ExecPolicy {
  readonly security: ExecSecurity;
  readonly ask: ExecAsk;
  /** What a question that nobody answers comes to. */
  readonly askFallback: ExecSecurity;
  /** Whether the programs of skills count as allowed. */
  readonly autoAllowSkills: boolean;
  readonly allowlist: readonly AllowlistEntry[];
}

/** Where a word of a command leads to. */
export interface FoundProgram {
  /** Absolute path as `PATH` or the word itself gives it. */
  readonly path: string;
  /** The same behind all symbolic links. */
  readonly realPath: string;
}

/**
 * Finds the program that a word of a command starts.
 *
 * @param word A name for `PATH`, or a path.
 * @returns `undefined` where there is none, or where it depends on the folder the command runs in.
 */
export type FindProgram = (word: string) => FoundProgram | undefined;

/** One program that a command starts. */
export interface ProgramUse {
  /** The program and its arguments, without programs such as `env` or `nice` around it. */
  readonly argv: readonly string[];
  readonly found?: FoundProgram;
  /** Why it may run; absent when nothing allows it. */
  readonly allowedBy?: "allowlist" | "safe-bin" | "skill";
  /** The entry that matched. */
  readonly entry?: AllowlistEntry;
}

/** Why a command was judged as it was. */
export type ExecReason =
  | "security-deny"
  | "security-full"
  | "allowlist-match"
  | "allowlist-miss"
  | "not-understood"
  | "unsafe-environment"
  | "ask-always";

/** A command to judge. */
export interface ExecCommand {
  /** A line for a POSIX shell, or the words of a program that is started without one. */
  readonly command: string | readonly string[];
  /** Variables that the request wants to set. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The verdict on a command. */
export interface ExecEvaluation {
  readonly verdict: "allow" | "ask" | "deny";
  readonly reason: ExecReason;
  /** The reason in words. */
  readonly message: string;
  /** Whether every program is allowed by list; what `askFallback: "allowlist"` goes by. */
  readonly isMatch: boolean;
  /** The programs, as far as the command was understood. */
  readonly programs: readonly ProgramUse[];
}
