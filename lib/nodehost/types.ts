/**
 * What the commands of a node are given and what they answer.
 *
 * @module
 */
import type { ExecEvaluation } from "../exec/mod.ts";
import type { ExecApprovalsResult } from "../protocol/mod.ts";

/** Parameters of a command, parsed as JSON and not yet checked. */
export type CommandParams = Readonly<Record<string, unknown>>;

/** What a command may do besides answering. */
export interface CommandCall {
  /** Aborted when the node host ends. */
  readonly signal: AbortSignal;
  /** Tells the gateway about something, as soon as one is connected. */
  emit(event: string, payload: Record<string, unknown>): void;
}

/**
 * One command of a node.
 *
 * @returns The payload of the answer.
 * @throws {AppError} `INVALID_REQUEST` or `UNAVAILABLE` with the message the caller gets.
 */
export type NodeCommand = (params: CommandParams, call: CommandCall) => Promise<unknown>;

/** A command in the table of a host. */
export interface CommandEntry {
  readonly run: NodeCommand;
  /** Whether it runs programs, for which there are fewer places. */
  readonly isLong?: boolean;
}

/** The policy file of this machine. */
export interface ApprovalsStore {
  /** The policy that holds, without the token of the socket in it. */
  read(): Promise<ExecApprovalsResult>;
  /** @throws {AppError} `INVALID_REQUEST` when the file is malformed or `baseHash` is an old one. */
  write(file: unknown, baseHash: string | undefined): Promise<ExecApprovalsResult>;
  /** Lets an agent use the programs of a command from now on without asking. */
  allowAlways(agentId: string, evaluation: ExecEvaluation, commandText: string): Promise<void>;
}

/** A file that an interpreter reads and that could change between approval and run. */
export interface ScriptOperand {
  /** Which word of the command names it. */
  argvIndex: number;
  /** The real path. */
  path: string;
  /** 64 lower-case hexadecimal digits. */
  sha256: string;
}

/** What an approval of `system.run` stands for. */
export interface SystemRunPlan {
  argv: string[];
  cwd: string | null;
  commandText: string;
  /** The line of a shell, where the command is one. */
  commandPreview?: string | null;
  agentId: string | null;
  sessionKey: string | null;
  mutableFileOperand?: ScriptOperand | null;
}
