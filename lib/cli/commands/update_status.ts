/**
 * `openclaw update status`: what is in place, what was before, and how the last update went.
 *
 * @module
 */
import { AppError, BUILD_COMMIT, VERSION } from "../../base/mod.ts";
import type { Journal, UpdateOutcome } from "../../update/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";
import { releaseSettings, shownIndex } from "../update/source.ts";

/** Shows it; asks nothing over the network. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options, host } = context;
  const { readJournal, readOutcome } = await import("../../update/mod.ts");
  const state = await readConfigState(context, "ignore");
  const { stateDir } = state.paths;
  const { index, channel } = releaseSettings(context, state);
  const facts = {
    current: { version: VERSION, commit: BUILD_COMMIT, program: host.executable ?? null },
    previous: await previousOf(context),
    underWay: await readJournal(stateDir) ?? null,
    last: await readOutcome(stateDir) ?? null,
    source: index === undefined ? null : shownIndex(index),
    channel,
  };
  if (options.flag("json")) out.json(facts);
  else showFacts(context, facts);
  return 0;
}

interface Facts {
  readonly current: { version: string; commit: string; program: string | null };
  readonly previous: { path: string; version: string | null } | null;
  readonly underWay: Journal | null;
  readonly last: UpdateOutcome | null;
  readonly source: string | null;
  readonly channel: string;
}

async function previousOf({ host }: CommandContext): Promise<Facts["previous"]> {
  if (host.executable === undefined) return null;
  const [{ askVersion, previousPath }, { pathExists }] = await Promise.all([
    import("../../update/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const path = previousPath(host.executable);
  if (!await pathExists(path)) return null;
  const version = await askVersion(path, host.runCommand).catch((error) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return { path, version };
}

function showFacts({ out, say }: CommandContext, facts: Facts): void {
  const { current, previous, underWay, last, source, channel } = facts;
  out.pairs([
    ["Version", `${current.version} (${current.commit})`],
    ["Program", current.program ?? "run from the source"],
    [
      "Previous",
      previous === null ? "none kept" : `${previous.version ?? "damaged"} (${previous.path})`,
    ],
    ["Releases", source === null ? "no index is configured" : `${source} (${channel})`],
    ["Last update", last === null ? "none" : lastLine(last)],
  ]);
  for (const note of last?.notes ?? []) out.line(`  ${note}`);
  if (underWay !== null) {
    out.note(`An update to ${underWay.newVersion ?? "another version"} is at: ${underWay.step}`);
    out.note(`If nothing does it any more, this finishes it or takes it back: ${say("update")}`);
  }
}

function lastLine({ status, from, to, reason, endedAtMs }: UpdateOutcome): string {
  const when = new Date(endedAtMs).toISOString();
  const why = reason === undefined ? "" : `: ${reason}`;
  return `${status}, ${from} to ${to ?? "unknown"}, ${when}${why}`;
}
