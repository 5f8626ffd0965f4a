/**
 * A session as `sessions.json` has it; the other way round of what an import reads.
 *
 * @module
 */
import type { SessionEntry } from "./types.ts";

/** The entry of a session whose transcript lies beside the list. */
export function fileEntry({ extra, key: _key, ...session }: SessionEntry): Record<string, unknown> {
  const { agentId: _agentId, createdAt: _createdAt, ...fields } = session;
  const { modelOverride, ...others } = extra;
  const override = typeof modelOverride === "string" ? overrideOf(modelOverride) : {};
  return { ...others, ...override, ...fields, sessionFile: `${session.sessionId}.jsonl` };
}

function overrideOf(model: string): Record<string, string> {
  const slash = model.indexOf("/");
  if (slash <= 0) return { modelOverride: model };
  return { providerOverride: model.slice(0, slash), modelOverride: model.slice(slash + 1) };
}
