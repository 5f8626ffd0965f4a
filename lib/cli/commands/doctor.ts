/**
 * `openclaw doctor`: looks at everything, and with `--fix` repairs what can be repaired.
 *
 * @module
 */
import type { Examination } from "../../doctor/mod.ts";
import { gatherFacts } from "../doctor/facts.ts";
import { hasFailed, mend, type Mending, mendingJson, showMending } from "../doctor/mend.ts";
import { showRepairs, undo } from "../doctor/undo.ts";
import { examinationJson, showExamination } from "../doctor/view.ts";
import type { CommandContext } from "../table.ts";

const COMMAND = "doctor --fix";

/** Looks, and repairs when asked to. */
export async function run(context: CommandContext): Promise<number> {
  const { options } = context;
  if (options.flag("list")) return await showRepairs(context);
  const id = options.text("undo");
  if (id !== undefined) return await undo(context, id);
  const { facts, found } = await look(context);
  if (!options.flag("fix")) return report(context, found);
  const steps = found.checks.flatMap(({ findings }) => findings).flatMap(({ repair = [] }) =>
    repair
  );
  if (!options.flag("json")) show(context, found);
  const mending = await mend(context, facts, steps, COMMAND);
  const after = mending.outcome === undefined ? found : (await look(context)).found;
  return reportMending(context, mending, after);
}

async function look(context: CommandContext) {
  const { options } = context;
  const { examine } = await import("../../doctor/mod.ts");
  const facts = await gatherFacts(context, {
    isDeep: options.flag("deep"),
    generateToken: options.flag("generate-gateway-token"),
    isForced: options.flag("force"),
  });
  const found = await examine(facts);
  return {
    facts,
    found: options.flag("no-workspace-suggestions") ? withoutWorkspaces(found) : found,
  };
}

function withoutWorkspaces({ checks, summary }: Examination): Examination {
  return { checks: checks.filter(({ id }) => id !== "doctor:bootstrap-size"), summary };
}

function report(context: CommandContext, found: Examination): number {
  const { options, out, say } = context;
  if (options.flag("json")) {
    out.json({ ok: found.summary.error === 0, ...examinationJson(context, found) });
    return exitCode(context, found);
  }
  show(context, found);
  const isRepairable = found.checks.some(({ findings }) =>
    findings.some(({ repair }) => repair !== undefined)
  );
  if (isRepairable) out.line(`Run "${say(COMMAND)}" to apply changes.`);
  out.line("Doctor complete.");
  return exitCode(context, found);
}

function show(context: CommandContext, found: Examination): void {
  context.out.line(context.out.paint("OpenClaw doctor", "strong"));
  showExamination(context, found);
}

function reportMending(context: CommandContext, mending: Mending, after: Examination): number {
  const { options, out } = context;
  const code = hasFailed(mending) ? 1 : exitCode(context, after);
  if (options.flag("json")) {
    const ok = after.summary.error === 0 && !hasFailed(mending);
    out.json({ ok, ...examinationJson(context, after), fix: mendingJson(mending) });
    return code;
  }
  showMending(context, mending, COMMAND);
  if (mending.outcome !== undefined) {
    const { error, warn } = after.summary;
    out.line(`Checked again: ${error} error(s), ${warn} warning(s) are left.`);
  }
  out.line("Doctor complete.");
  return code;
}

function exitCode({ options }: CommandContext, { summary }: Examination): number {
  return options.flag("check") && summary.error > 0 ? 1 : 0;
}
