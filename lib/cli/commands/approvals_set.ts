/**
 * `openclaw approvals set`: replaces the policy of exec.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import type { ExecApprovalsFile } from "../../protocol/mod.ts";
import { atPlace, isRefusedWith, type PolicyPlace } from "../approvals/place.ts";
import { printPolicy } from "../approvals/view.ts";
import type { CommandContext } from "../table.ts";

/** Checks the new policy and writes it over the one that is there now, even an unusable one. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const file = await parsePolicy(context, await readText(context));
  return await atPlace(context, async (place) => {
    const policy = await place.write(file, await currentHash(place));
    if (options.flag("json")) out.json(policy);
    else printPolicy(context, place.target, policy, undefined);
    return 0;
  });
}

async function readText({ options, host, say }: CommandContext): Promise<string> {
  const path = options.text("file");
  if ((path !== undefined) === options.flag("stdin")) {
    throw new AppError("USAGE", "Give the policy with --file <path> or with --stdin", {
      hint: say("approvals set --file policy.json"),
    });
  }
  if (path === undefined) return await host.readInput();
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  const text = await readTextFileIfExists(path);
  if (text !== undefined) return text;
  throw new AppError("USAGE", `There is no file "${path}"`, {
    hint: say("approvals get --json"),
  });
}

async function parsePolicy({ say }: CommandContext, text: string): Promise<ExecApprovalsFile> {
  const [{ default: json5 }, { parseExecApprovals }] = await Promise.all([
    import("json5"),
    import("../../protocol/methods/mod.ts"),
  ]);
  const refuse = (problem: string, cause?: unknown) =>
    new AppError("USAGE", `Cannot use this policy: ${problem}`, {
      hint: say("approvals get --json"),
      cause,
    });
  let value: unknown;
  try {
    value = json5.parse(text);
  } catch (error) {
    throw refuse(errorMessage(error), error);
  }
  const parsed = parseExecApprovals(value);
  if (!parsed.ok) throw refuse(parsed.problem);
  return parsed.file;
}

/** The hash of what is there; an unusable policy tells it with its refusal. */
async function currentHash(place: PolicyPlace): Promise<string> {
  try {
    return (await place.read()).hash;
  } catch (error) {
    const hash = isRefusedWith(error, "EXEC_POLICY_INVALID") ? error.details?.hash : undefined;
    if (typeof hash === "string") return hash;
    throw error;
  }
}
