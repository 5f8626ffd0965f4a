/**
 * What a restart would cut off now.
 *
 * @module
 */
import type { RestartPreflight } from "../../protocol/mod.ts";

/** Work that has begun and not ended, by kind. */
export interface WorkUnderWay {
  readonly runs: number;
  readonly compactions: number;
  readonly cronJobs: number;
  /** Commands that nodes have not answered. */
  readonly nodeCommands: number;
}

/** How each kind is called in answers, and by people. */
const KINDS: readonly (readonly [keyof WorkUnderWay, kind: string, one: string, many: string])[] = [
  ["runs", "embedded-run", "run", "runs"],
  ["compactions", "compaction", "compaction", "compactions"],
  ["cronJobs", "cron-job", "cron job", "cron jobs"],
  ["nodeCommands", "node-invoke", "command of a node", "commands of nodes"],
];

/** Counts the work under way; a cron job counts besides the run that it has begun. */
export function restartPreflight(work: WorkUnderWay): RestartPreflight {
  const blockers = KINDS.filter(([name]) => work[name] > 0).map(([name, kind, one, many]) => {
    const count = work[name];
    const message = count === 1 ? `1 ${one} is under way` : `${count} ${many} are under way`;
    return { kind, count, message };
  });
  const totalActive = blockers.reduce((sum, { count }) => sum + count, 0);
  const counts = {
    queueSize: 0,
    pendingReplies: 0,
    embeddedRuns: work.runs,
    activeTasks: totalActive - work.runs,
    totalActive,
  };
  const summary = blockers.map(({ message }) => message).join("; ") || "safe to restart now";
  return { safe: totalActive === 0, counts, blockers, summary };
}
