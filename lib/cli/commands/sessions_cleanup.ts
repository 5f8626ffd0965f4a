/**
 * `openclaw sessions cleanup`: removes what `session.maintenance` does not keep.
 *
 * The gateway does it when it runs, since it knows which sessions are at work; otherwise this process.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { CleanupSummary, SessionStore } from "../../sessions/mod.ts";
import { callGateway, isTransportFailure } from "../remote/connection.ts";
import { resolveTarget } from "../remote/target.ts";
import { type LocalSessions, locateSessions, withLocalStore } from "../sessions/local_store.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 30_000;

/** Cleans up, or says what would go. */
export async function run(context: CommandContext): Promise<number> {
  const local = await locateSessions(context);
  const summaries = context.options.flag("dry-run")
    ? await cleanUpHere(context, local, "warn")
    : await cleanUp(context, local);
  report(context, summaries);
  return 0;
}

async function cleanUp(context: CommandContext, local: LocalSessions): Promise<CleanupSummary[]> {
  const { options } = context;
  const target = await resolveTarget(context, local);
  try {
    const answer = await callGateway(
      context,
      target,
      { method: "sessions.cleanup", params: paramsOf(context, local) },
      { timeoutMs: options.number("timeout") ?? DEFAULT_TIMEOUT_MS },
    );
    const list = isObject(answer) && Array.isArray(answer.stores) ? answer.stores : [answer];
    return list as CleanupSummary[];
  } catch (error) {
    if (!target.isLocal || !isTransportFailure(error)) throw error;
    const { resolveMaintenance } = await import("../../config/mod.ts");
    const { mode } = resolveMaintenance(local.snapshot.config);
    return await cleanUpHere(context, local, options.flag("enforce") ? "enforce" : mode);
  }
}

function paramsOf({ options }: CommandContext, { agentIds }: LocalSessions) {
  const activeKey = options.text("active-key");
  return {
    ...(options.flag("all-agents") ? { allAgents: true } : { agent: agentIds[0] }),
    ...(options.flag("enforce") ? { enforce: true } : {}),
    ...(options.flag("fix-dm-scope") ? { fixDmScope: true } : {}),
    ...(activeKey === undefined ? {} : { activeKey }),
  };
}

async function cleanUpHere(
  context: CommandContext,
  local: LocalSessions,
  mode: "enforce" | "warn",
): Promise<CleanupSummary[]> {
  return await withLocalStore(context, local, async (store) => {
    const summaries = [];
    for (const agentId of local.agentIds) {
      summaries.push(await cleanUpAgent(context, local, store, { agentId, mode }));
    }
    return summaries;
  }) ?? [];
}

async function cleanUpAgent(
  { options }: CommandContext,
  { snapshot: { config }, defaultAgentId, storePath }: LocalSessions,
  store: SessionStore,
  { agentId, mode }: { agentId: string; mode: "enforce" | "warn" },
): Promise<CleanupSummary> {
  const { resolveMaintenance } = await import("../../config/mod.ts");
  const { canonicalSessionKey, cleanupSummary } = await import("../../sessions/mod.ts");
  const { pruneAfterMs, maxEntries } = resolveMaintenance(config);
  const activeKey = options.text("active-key");
  const keepKeys = activeKey === undefined
    ? []
    : [canonicalSessionKey(activeKey, { defaultAgentId }).key];
  const isDirectShared = (config.session?.dmScope ?? "main") === "main";
  const policy = {
    agentId,
    pruneAfterMs,
    maxSessions: maxEntries,
    keepKeys: new Set(keepKeys),
    retireDirect: options.flag("fix-dm-scope") && isDirectShared,
  };
  const { maintenance } = store;
  const plan = mode === "enforce" ? await maintenance.apply(policy) : maintenance.plan(policy);
  return cleanupSummary(plan, { storePath, pruneAfterMs, mode });
}

function report({ options, out, say }: CommandContext, summaries: readonly CleanupSummary[]): void {
  if (options.flag("json")) {
    const [first] = summaries;
    const { mode = "enforce", dryRun = options.flag("dry-run") } = first ?? {};
    if (options.flag("all-agents")) out.json({ allAgents: true, mode, dryRun, stores: summaries });
    else out.json(first ?? { dryRun, beforeCount: 0, afterCount: 0, wouldMutate: false });
    return;
  }
  if (summaries.length === 0) out.line("There are no sessions.");
  for (const summary of summaries) {
    const { agentId, beforeCount, afterCount, pruned, capped, dmScopeRetired, applied } = summary;
    out.line(
      `Agent ${agentId}: ${beforeCount} sessions, ${applied ? "kept" : "would keep"} ` +
        String(afterCount),
    );
    out.line(`  too old ${pruned}, too many ${capped}, direct chats retired ${dmScopeRetired}`);
    const { removedFiles } = summary.unreferencedArtifacts;
    if (removedFiles > 0) out.line(`  old transcripts without a session: ${removedFiles}`);
  }
  if (summaries.some(({ applied, wouldMutate }) => !applied && wouldMutate)) {
    out.line(`Nothing was changed. Do it: ${say("sessions cleanup --enforce")}`);
  }
}
