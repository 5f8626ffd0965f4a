/**
 * `openclaw update rollback`: the version before the last update, back in place.
 *
 * @module
 */
import { AppError, VERSION } from "../../base/mod.ts";
import type { UpdateHost, UpdateOptions } from "../../update/mod.ts";
import type { CommandContext } from "../table.ts";
import { confirm, settleEarlier, showOutcome } from "../update/answer.ts";
import { type CliUpdate, openUpdate } from "../update/host.ts";

/** Goes the way of an update, with the kept program as the release. */
export async function run(context: CommandContext): Promise<number> {
  const update = await openUpdate(context);
  const { withUpdateLock } = await import("../../update/mod.ts");
  return await withUpdateLock(update.host.stateDir, () => goBack(context, update));
}

async function goBack(context: CommandContext, update: CliUpdate): Promise<number> {
  if (await settleEarlier(context, update)) return 0;
  const { runUpdate } = await import("../../update/mod.ts");
  const options = await previousRelease(update.host);
  const { version = "" } = options.release;
  const question = options.schemaWanted === undefined
    ? `Put ${version} in the place of ${VERSION}?`
    : `${version} cannot read the database as ${VERSION} has left it. Put it in place together ` +
      "with the database from before the update? What came since is kept in a file of its own, " +
      `and ${version} does not know of it.`;
  if (options.schemaWanted !== undefined || context.host.ask !== undefined) {
    confirm(context, question);
  }
  const outcome = await runUpdate(update.host, options);
  return await showOutcome(context, update, outcome);
}

async function previousRelease({ program, stateDir, runCommand }: UpdateHost) {
  const { askVersion, previousPath, readPreviousFacts, sha256OfFile } = await import(
    "../../update/mod.ts"
  );
  const { storedSchema } = await import("../../store/mod.ts");
  const path = previousPath(program);
  const sha256 = await sha256OfFile(path);
  if (sha256 === undefined) {
    throw new AppError("UPDATE_PREVIOUS_MISSING", `Cannot go back: there is no "${path}"`, {
      hint: "openclaw update --from <file of the version you want>",
    });
  }
  const version = await askVersion(path, runCommand);
  const facts = await readPreviousFacts(stateDir);
  const schema = await storedSchema(stateDir);
  const before = facts?.sha256 === sha256 ? facts.schema : undefined;
  const isNewer = schema !== undefined && before !== undefined && schema > before;
  return {
    release: { from: path, kind: "previous", sha256, version },
    ...(isNewer ? { schemaWanted: before } : {}),
  } satisfies UpdateOptions;
}
