/**
 * `openclaw gateway install`: the gateway as a service that comes back.
 *
 * @module
 */
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
    out.json({ action: "install", ok: true, dryRun: true, ...redacted(plan) });
    return 0;
  }
  for (const { path, mode, text } of redacted(plan).files) {
    out.line(`# ${path} (mode ${mode.toString(8)})`);
    out.line(text);
  }
  for (const command of plan.commands) out.line(`$ ${command.map(shellWord).join(" ")}`);
  return 0;
}

type Plan = Awaited<ReturnType<typeof planService>>;

/** The private file by its names only: what is in it is nobody's to read on a screen. */
function redacted(plan: Plan): Plan {
  const files = plan.files.map((file) =>
    file.path.endsWith(".env")
      ? {
        ...file,
        text: file.text.replace(/^([^=\n]+)=[\s\S]*?(?=\n[A-Za-z_]\w*=|\n*$)/gm, "$1=***"),
      }
      : file
  );
  return { ...plan, files };
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
