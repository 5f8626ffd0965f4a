/**
 * `openclaw migrate`: takes over the config and the state of an earlier gateway.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { plannedQuestion, printMigration } from "../migrate/view.ts";
import type { CommandContext } from "../table.ts";

/** Shows what would be taken over, asks, and does it. */
export async function run(context: CommandContext): Promise<number> {
  const { options, env, clock, out, host } = context;
  const from = options.text("from");
  if (from === undefined) {
    throw new AppError("USAGE", "Cannot tell what to migrate: --from is missing", {
      hint: context.say("migrate --from ~/.openclaw --dry-run"),
    });
  }
  const { resolvePaths } = await import("../../config/mod.ts");
  const { migrate } = await import("../../migrate/mod.ts");
  const given = { from, to: resolvePaths(env), env, clock, force: options.list("force") };
  const isDryRun = options.flag("dry-run");
  if (isDryRun || !options.flag("yes")) {
    const plan = await migrate({ ...given, dryRun: true });
    if (isDryRun) {
      if (options.flag("json")) out.json(plan);
      else printMigration(context, plan);
      return 0;
    }
    // Programs get one JSON document, and nobody who reads it can be asked.
    if (options.flag("json")) throw unconfirmed(from);
    printMigration(context, plan);
    const answer = host.ask?.(plannedQuestion(plan))?.trim().toLowerCase();
    if (answer === undefined) throw unconfirmed(from);
    if (answer !== "y" && answer !== "yes") {
      out.note("Nothing was changed.");
      return 1;
    }
  }
  const report = await migrate({ ...given, dryRun: false });
  if (options.flag("json")) out.json(report);
  else printMigration(context, report);
  return report.items.some(({ action }) => action === "conflict") ? 1 : 0;
}

function unconfirmed(from: string): AppError {
  return new AppError("USAGE", "Cannot migrate: it was not confirmed", {
    hint: `openclaw migrate --from ${from} --yes`,
  });
}
