/**
 * Updates that a client asked the gateway for: the gateway leaves what was asked in a file, and whoever
 * asked is told how it ended.
 *
 * @module
 */
import { errorMessage, isObject, parseJsonOrUndefined } from "../../base/mod.ts";
import type { UpdateRequest } from "../../update/mod.ts";
import type { CommandContext } from "../table.ts";
import type { CliUpdate } from "./host.ts";

/** What a client asked for; `undefined` for an update that a person began. */
export async function readAsked({ options }: CommandContext): Promise<UpdateRequest | undefined> {
  const path = options.text("asked");
  if (path === undefined) return undefined;
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  const value = parseJsonOrUndefined(await readTextFileIfExists(path) ?? "{}");
  return isObject(value) ? value as UpdateRequest : {};
}

/** Does the work; a failure that the update itself has not told of is told here. */
export async function tellingWhoAsked(
  context: CommandContext,
  { host }: CliUpdate,
  work: () => Promise<number>,
): Promise<number> {
  const asked = await readAsked(context);
  if (asked === undefined) return await work();
  const { readOutcome, recordOutcome } = await import("../../update/mod.ts");
  const before = await readOutcome(host.stateDir);
  try {
    return await work();
  } catch (error) {
    const after = await readOutcome(host.stateDir);
    if (after?.id === before?.id) {
      await recordOutcome(host, { status: "failed", reason: errorMessage(error), asked });
    }
    throw error;
  }
}
