/**
 * Compaction of conversations: a door of its own, since it is loaded when one is asked for.
 *
 * @module
 */
export {
  compactConversation,
  type CompactionDeps,
  type CompactionOutcome,
  type CompactionRequest,
  DEFAULT_KEEP_RECENT_TOKENS,
} from "./compact.ts";
