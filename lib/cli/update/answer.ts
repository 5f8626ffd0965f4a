/**
 * What an update came to, for people and for programs.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { UpdateOutcome } from "../../update/mod.ts";
import type { CommandContext } from "../table.ts";
import type { CliUpdate } from "./host.ts";

/** Shows the outcome of an update that succeeded; answers with the exit code. */
export async function showOutcome(
  { out, options, say }: CommandContext,
  { host, notes }: CliUpdate,
  outcome: UpdateOutcome,
): Promise<number> {
  const { previousPath, sentence } = await import("../../update/mod.ts");
  const previous = previousPath(host.program);
  const all = [...notes, ...outcome.notes];
  if (options.flag("json")) {
    const { status, from, to = null, program } = outcome;
    const restarted = host.service !== undefined;
    out.json({ ok: true, result: status, from, to, program, previous, restarted, notes: all });
    return 0;
  }
  out.line(sentence(outcome));
  for (const note of all) out.line(note);
  out.line(`The previous version is kept: ${previous}`);
  out.line(`Go back: ${say("update rollback")}`);
  return 0;
}

/**
 * Finishes or takes back an update that was cut off, and tells of it.
 *
 * @returns Whether the program in place may be another one now, so that this command is to end.
 */
export async function settleEarlier(
  { out }: CommandContext,
  { host }: CliUpdate,
): Promise<boolean> {
  const { resumeUpdate, sentence } = await import("../../update/mod.ts");
  const outcome = await resumeUpdate(host);
  if (outcome === undefined) return false;
  out.note(`An update had been interrupted. ${sentence(outcome)}`);
  return outcome.status !== "failed";
}

/**
 * Asks a person, unless `--yes` has answered already.
 *
 * @throws {AppError} `UPDATE_DECLINED`
 */
export function confirm({ options, host, out }: CommandContext, question: string): void {
  if (options.flag("yes")) return;
  const answer = host.ask?.(`${question} [y/N]`)?.trim().toLowerCase();
  if (answer === "y" || answer === "yes") return;
  if (host.ask === undefined) out.note(question);
  throw new AppError("UPDATE_DECLINED", "Cannot go on: it was not confirmed", {
    hint: "Add --yes",
  });
}
