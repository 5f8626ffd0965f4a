/**
 * What the main session is told of a webhook's run. Pure.
 *
 * @module
 */
import { ellipsize } from "../../base/mod.ts";
import { readReply } from "../heartbeat/reply.ts";
import type { PendingReport } from "./hook_table.ts";
import { plainName } from "./message.ts";

const MAX_REPORT_CHARS = 2000;
/** Longest text beside the word for "nothing" that is dropped with it. */
const ACK_MAX_CHARS = 300;

/** How a run ended, of this process or of an earlier one. */
export interface HookEnd {
  readonly isOk: boolean;
  readonly stopReason: string | undefined;
  /** Why it failed; may be absent for one that was ended. */
  readonly error: string | undefined;
  readonly text: string;
}

/** The event for the main session; `undefined` when there is nothing to tell. */
export function reportOf(
  { name, deliver }: Pick<PendingReport, "name" | "deliver">,
  end: HookEnd,
): string | undefined {
  if (!end.isOk) return event(`Hook ${plainName(name)} (error)`, whyOf(end));
  // No channel could take the answer, so the main session does.
  const { text } = readReply(end.text, ACK_MAX_CHARS);
  return deliver && text !== "" ? event(`Hook ${plainName(name)}`, text) : undefined;
}

function whyOf({ error, stopReason }: HookEnd): string {
  if (error !== undefined) return error;
  if (stopReason === "timeout") return "The run took longer than allowed";
  if (stopReason === "shutdown") return "The gateway stopped while the run was under way";
  return `The run was ended (${stopReason ?? "unknown"})`;
}

function event(title: string, text: string): string {
  return ellipsize(`${title}: ${text}`, MAX_REPORT_CHARS);
}
