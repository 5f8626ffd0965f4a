/**
 * Methods that shorten conversations, go back to what they were, and tidy up old ones.
 *
 * @module
 */
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** `sessions.compact`, `sessions.compaction.*`, `sessions.cleanup`; loaded at the first call. */
export function compactionMethods(state: GatewayState): Handlers {
  const compact = () => import("./compact.ts");
  const checkpoints = () => import("./checkpoints.ts");
  const extras = () => import("./extras.ts");
  return {
    "sessions.compact": async ({ params, client }) =>
      (await compact()).compactSession(state, params, client),
    "sessions.compaction.list": async ({ params }) =>
      (await checkpoints()).listCheckpoints(state, params),
    "sessions.compaction.get": async ({ params }) =>
      (await checkpoints()).getCheckpoint(state, params),
    "sessions.compaction.branch": async ({ params }) =>
      (await checkpoints()).branchCheckpoint(state, params),
    "sessions.compaction.restore": async ({ params, client }) =>
      (await checkpoints()).restoreCheckpoint(state, params, client),
    "sessions.cleanup": async ({ params }) =>
      (await import("./cleanup.ts")).cleanUpSessions(state, params),
    "sessions.pluginPatch": async ({ params }) => (await extras()).patchPlugin(state, params),
    "chat.inject": async ({ params }) => (await extras()).injectMessage(state, params),
  };
}
