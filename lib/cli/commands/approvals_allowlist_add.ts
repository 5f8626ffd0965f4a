/**
 * `openclaw approvals allowlist add`: lets a program run.
 *
 * @module
 */
import { AppError, randomId } from "../../base/mod.ts";
import { atPlace, changeAt } from "../approvals/place.ts";
import { printAllowlist } from "../approvals/view.ts";
import type { CommandContext } from "../table.ts";

/** Adds one entry; one that is there already stays as it is. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options, args } = context;
  const { addEntries } = await import("../../exec/mod.ts");
  const agentId = options.text("agent") ?? "*";
  const argPattern = options.text("arg-pattern");
  const pattern = args[0]!.trim();
  if (pattern === "") throw missingPattern(context);
  if (argPattern !== undefined) assertRegExp(context, argPattern);
  const entry = { id: randomId(), pattern, ...(argPattern === undefined ? {} : { argPattern }) };
  const { isChanged, policy } = await atPlace(
    context,
    (place) => changeAt(place, (file) => addEntries(file, agentId, [entry])),
  );
  if (options.flag("json")) out.json({ added: isChanged, ...policy });
  else if (!isChanged) out.line("Already allowlisted.");
  else printAllowlist(context, policy.file, undefined);
  return 0;
}

function missingPattern({ say }: CommandContext): AppError {
  return new AppError("USAGE", "The pattern is empty", {
    hint: say("approvals allowlist add /usr/bin/uptime"),
  });
}

function assertRegExp({ say }: CommandContext, text: string): void {
  try {
    new RegExp(text);
  } catch (cause) {
    throw new AppError("USAGE", `--arg-pattern "${text}" is no regular expression`, {
      hint: say("approvals allowlist add /usr/bin/git --arg-pattern status"),
      cause,
    });
  }
}
