/**
 * The note for the session that asked for an update: the gateway that runs when the update is over
 * tells it, and removes the note.
 *
 * @module
 */
import { join } from "@std/path";
import { writeFileAtomic } from "../platform/mod.ts";
import type { UpdateOutcome } from "./types.ts";

const FORMAT = 1;

/** The outcome of an update as clients know reports of restarts. */
export interface UpdateNote {
  readonly kind: "update";
  readonly status: "ok" | "error" | "skipped";
  readonly ts: number;
  readonly sessionKey?: string;
  readonly deliveryContext?: unknown;
  readonly message: string | null;
  readonly stats: Readonly<Record<string, unknown>>;
}

/** Where notes for the next gateway are. */
export function notePath(stateDir: string): string {
  return join(stateDir, "restart-sentinel.json");
}

/** Leaves the note of an outcome; on disk when it resolves. */
export async function leaveNote(stateDir: string, outcome: UpdateOutcome): Promise<void> {
  const note = JSON.stringify({ version: FORMAT, payload: noteOf(outcome) }, null, 2);
  await writeFileAtomic(notePath(stateDir), `${note}\n`);
}

/** An outcome as a note. */
export function noteOf(outcome: UpdateOutcome): UpdateNote {
  const { status, from, to, reason, asked, startedAtMs, endedAtMs, notes } = outcome;
  const words = [sentence(outcome), asked?.note, asked?.continuationMessage];
  return {
    kind: "update",
    status: status === "ok" || status === "skipped" ? status : "error",
    ts: endedAtMs,
    ...(asked?.sessionKey === undefined ? {} : { sessionKey: asked.sessionKey }),
    ...(asked?.deliveryContext === undefined ? {} : { deliveryContext: asked.deliveryContext }),
    message: words.filter((one) => one?.trim()).join(" "),
    stats: {
      mode: "binary",
      before: { version: from },
      after: { version: status === "ok" ? to ?? from : from },
      ...(reason === undefined ? {} : { reason }),
      outcome: status,
      notes,
      durationMs: endedAtMs - startedAtMs,
    },
  };
}

/** An outcome in one sentence. */
export function sentence({ status, from, to = "the new version", reason }: UpdateOutcome): string {
  switch (status) {
    case "ok":
      return `OpenClaw was updated from ${from} to ${to}.`;
    case "skipped":
      return `OpenClaw ${from} was not updated: ${reason ?? "there is nothing newer"}.`;
    case "failed":
      return `The update from ${from} to ${to} failed, nothing was changed: ${reason ?? ""}.`;
    case "rolled-back":
      return `The update to ${to} was undone, ${from} is back: ${reason ?? ""}.`;
  }
}
