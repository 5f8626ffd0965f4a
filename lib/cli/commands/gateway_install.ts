/**
 * `openclaw gateway install`: the gateway as a service that comes back.
 *
 * @module
 */
import type { InstallPlan } from "../../service/mod.ts";
import { answerVerb } from "../service/answer.ts";
import { installService, planService } from "../service/install.ts";
import { inServiceScope } from "../service/system_scope.ts";
import type { CommandContext } from "../table.ts";

/** Installs; with `--dry-run` shows the files and commands and touches nothing. */
export async function run(given: CommandContext): Promise<number> {
  const context = inServiceScope(given);
  if (!context.options.flag("dry-run")) {
    return await answerVerb(context, "install", (seen) => installService(context, seen));
  }
  const plan = await planService(context, () => {});
  const { out, options } = context;
  if (options.flag("json")) {
    out.json({ action: "install", ok: true, dryRun: true, ...shown(plan) });
    return 0;
  }
  for (const { path, mode, text } of shown(plan).files) {
    out.line(`# ${path} (mode ${mode.toString(8)})`);
    out.line(text);
  }
  for (const command of plan.commands) out.line(`$ ${command.map(shellWord).join(" ")}`);
  return 0;
}

/** The private files by their names only: what is in them is nobody's to read on a screen. */
function shown({ files, commands }: InstallPlan) {
  return {
    files: files.map(({ path, mode, text, shownText }) => ({
      path,
      mode,
      text: shownText ?? text,
    })),
    commands,
  };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
