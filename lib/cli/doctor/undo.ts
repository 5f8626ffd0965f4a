/**
 * Earlier repairs: which there are, and taking one back.
 *
 * @module
 */
import type { RepairRecord } from "../../doctor/mod.ts";
import { profileFlag, withProfile } from "../profile_hint.ts";
import type { CommandContext } from "../table.ts";

/** Shows the repairs that can be taken back, and those that were. */
export async function showRepairs({ env, options, out, say }: CommandContext): Promise<number> {
  const { listRecords } = await import("../../doctor/mod.ts");
  const { resolvePaths } = await import("../../config/mod.ts");
  const records = await listRecords(resolvePaths(env).stateDir);
  if (options.flag("json")) {
    out.json({ repairs: records.map(recordJson) });
    return 0;
  }
  if (records.length === 0) {
    out.line("No repairs are recorded.");
    return 0;
  }
  out.table(
    ["Id", "When", "Command", "State", "Changes"],
    records.map(({ id, createdAt, command, state, steps }) => [
      id,
      createdAt,
      command,
      state === "applying" ? "cut short" : state,
      String(steps.length),
    ]),
  );
  out.line(`Undo one: ${say("doctor --undo <id>")}`);
  return 0;
}

function recordJson({ id, createdAt, undoneAt, command, state, steps, paths }: RepairRecord) {
  return {
    id,
    createdAt,
    ...(undoneAt === undefined ? {} : { undoneAt }),
    command,
    state,
    steps,
    paths: paths.map(({ path, what }) => ({ path, what })),
  };
}

/** Puts everything back that a repair has changed. */
export async function undo(context: CommandContext, id: string): Promise<number> {
  const { env, clock, options, out, root } = context;
  const { undoRepair } = await import("../../doctor/mod.ts");
  const { resolvePaths } = await import("../../config/mod.ts");
  const { stateDir } = resolvePaths(env);
  const outcome = await undoRepair({ stateDir, id, clock, isForced: options.flag("force") });
  const next = outcome.next.map((line) => withProfile(line, profileFlag(root, env)));
  if (options.flag("json")) {
    out.json({ ok: true, ...outcome, next });
    return 0;
  }
  if (!outcome.isChanged) {
    out.line(`Repair ${outcome.id} was taken back before.`);
    return 0;
  }
  out.line(`Took repair ${outcome.id} back.`);
  for (const path of outcome.restored) out.line(`  restored: ${path}`);
  for (const path of outcome.left) out.line(`  left as it is, changed since: ${path}`);
  for (const line of next) out.line(`Next: ${line}`);
  return 0;
}
