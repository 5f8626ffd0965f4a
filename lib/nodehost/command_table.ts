/**
 * The commands that this machine offers: what is not here is not announced either.
 *
 * @module
 */
import type { Clock, Logger } from "../base/mod.ts";
import type { OsName } from "../platform/mod.ts";
import { createApprovalsStore } from "./approvals_store.ts";
import { createApprovalsGet, createApprovalsSet } from "./commands/exec_approvals.ts";
import { createNotify } from "./commands/notify.ts";
import { createPrepare } from "./commands/prepare.ts";
import { createRun } from "./commands/run.ts";
import { createWhich } from "./commands/which.ts";
import type { CommandEntry } from "./types.ts";

/** The machine, as far as commands need it. */
export interface Machine {
  readonly stateDir: string;
  /** Home folder of the user. */
  readonly home: string;
  /** The folder of commands that name none. */
  readonly folder: string;
  /** The variables of this process. */
  readonly env: Readonly<Record<string, string>>;
  readonly os: OsName;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The commands by name. */
export function createCommands(machine: Machine): Map<string, CommandEntry> {
  const { stateDir, home, folder, env, os, clock, log } = machine;
  const place = { path: env.PATH ?? env.Path ?? "", folder };
  const approvals = createApprovalsStore({ stateDir, home }, clock);
  const hasDesktop = Boolean(env.DISPLAY || env.WAYLAND_DISPLAY);
  const notify = createNotify(os, place, hasDesktop);
  return new Map<string, CommandEntry>([
    ["system.run.prepare", { run: createPrepare(place) }],
    [
      "system.run",
      { run: createRun({ ...place, env, home, approvals, clock, log }), isLong: true },
    ],
    ["system.which", { run: createWhich(place) }],
    ["system.execApprovals.get", { run: createApprovalsGet(approvals) }],
    ["system.execApprovals.set", { run: createApprovalsSet(approvals) }],
    ...(notify === undefined ? [] : [["system.notify", { run: notify }] as const]),
  ]);
}
