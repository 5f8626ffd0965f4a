/**
 * Changes to the allowlists of a policy. Every function answers a new policy, or the same object when
 * there is nothing to change.
 *
 * @module
 */
import { basename } from "@std/path";
import type { ExecApprovalsFile } from "../protocol/mod.ts";
import { exactArguments, mayRunAnything } from "./allowlist.ts";
import { isInterpreter } from "./program_names.ts";
import type { AllowlistEntry, ExecEvaluation, FoundProgram } from "./types.ts";

/** Who approved, what and when. */
export interface AllowAlways {
  readonly agentId: string;
  readonly commandText: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  newId(): string;
}

/**
 * The entries that let a command run without being asked about again: one for every program that
 * nothing allows yet.
 *
 * A program that runs others, or what a file says, is allowed with exactly these arguments only.
 *
 * @returns Nothing for a command that is not understood, or one of whose programs does not exist.
 */
export function entriesFor(
  evaluation: ExecEvaluation,
  { commandText, now, newId }: Omit<AllowAlways, "agentId">,
): AllowlistEntry[] {
  if (evaluation.reason === "not-understood") return [];
  const entries: AllowlistEntry[] = [];
  for (const { argv, found, allowedBy } of evaluation.programs) {
    if (found === undefined) return [];
    if (allowedBy !== undefined) continue;
    entries.push({
      id: newId(),
      pattern: escapeGlob(found.path),
      ...(runsOthers(argv, found) ? { argPattern: exactArguments(argv.slice(1)) } : {}),
      source: "allow-always",
      commandText,
      lastUsedAt: now,
      lastUsedCommand: commandText,
      lastResolvedPath: found.path,
    });
  }
  return entries;
}

function runsOthers(argv: readonly string[], found: FoundProgram): boolean {
  return isInterpreter(basename(found.path)) || isInterpreter(basename(found.realPath)) ||
    mayRunAnything({ argv, found, hasPatterns: false }, { strictInlineEval: true });
}

/** Adds entries to an agent's list; one that is there already is left out. */
export function addEntries(
  file: ExecApprovalsFile,
  agentId: string,
  entries: readonly AllowlistEntry[],
): ExecApprovalsFile {
  const list = listOf(file, agentId);
  const added = entries.filter((entry, index) =>
    ![...list, ...entries.slice(0, index)].some((known) => isSame(known, entry))
  );
  return added.length === 0 ? file : withList(file, agentId, [...list, ...added]);
}

/** Removes the entries of a pattern, or with an id, from an agent's list. */
export function removeEntries(
  file: ExecApprovalsFile,
  agentId: string,
  patternOrId: string,
): ExecApprovalsFile {
  const list = listOf(file, agentId);
  const kept = list.filter(({ id, pattern }) => pattern !== patternOrId && id !== patternOrId);
  return kept.length === list.length ? file : withList(file, agentId, kept);
}

function listOf(file: ExecApprovalsFile, agentId: string): readonly AllowlistEntry[] {
  const agents = file.agents ?? {};
  const agent = Object.hasOwn(agents, agentId) ? agents[agentId] : undefined;
  return (agent?.allowlist ?? []) as readonly AllowlistEntry[];
}

function withList(
  file: ExecApprovalsFile,
  agentId: string,
  allowlist: readonly AllowlistEntry[],
): ExecApprovalsFile {
  const agents = file.agents ?? {};
  const agent = Object.hasOwn(agents, agentId) ? agents[agentId] : {};
  return {
    ...file,
    agents: {
      ...agents,
      [agentId]: { ...agent, allowlist: allowlist.map((entry) => ({ ...entry })) },
    },
  };
}

function isSame(one: AllowlistEntry, other: AllowlistEntry): boolean {
  return one.pattern === other.pattern && one.argPattern === other.argPattern;
}

/** A path as a glob that fits nothing else; a mark in a name stands for any one character. */
function escapeGlob(path: string): string {
  return path.replace(/[*?]/g, "?");
}
