/**
 * Parameters of the methods about sessions.
 *
 * @module
 */
import * as z from "zod/mini";
import { MAX_PREVIEW_KEYS, MAX_USAGE_LOG_ROWS } from "../limits.ts";
import { any, anything, clearable, count, flag, integer, name, text, word } from "./fields.ts";
import { usagePeriod } from "./system.ts";

/** Longest label of a session. */
const MAX_LABEL_CHARS = 512;

/** Schemas by method. */
export const SESSION_PARAMS = {
  "sessions.list": () =>
    z.strictObject({
      limit: count(1),
      activeMinutes: count(1),
      includeGlobal: flag(),
      includeUnknown: flag(),
      configuredAgentsOnly: flag(),
      ...rowOptions(),
      label: word(),
      spawnedBy: word(),
      agentId: word(),
      search: word(),
    }),
  "sessions.subscribe": any,
  "sessions.unsubscribe": any,
  "sessions.messages.subscribe": byKey,
  "sessions.messages.unsubscribe": byKey,
  "sessions.create": () =>
    z.strictObject({
      key: name(),
      agentId: name(),
      label: z.optional(text(MAX_LABEL_CHARS)),
      model: name(),
      parentSessionKey: name(),
      emitCommandHooks: flag(),
      task: word(),
      message: word(),
    }),
  "sessions.send": messageParams,
  "sessions.steer": messageParams,
  "sessions.abort": () => z.strictObject({ key: name(), runId: name() }),
  "sessions.patch": patchParams,
  "sessions.pluginPatch": () =>
    z.strictObject({
      key: text(),
      pluginId: text(),
      namespace: text(),
      value: anything(),
      unset: flag(),
    }),
  "sessions.reset": () =>
    z.strictObject({ key: text(), reason: z.optional(z.enum(["new", "reset"])) }),
  "sessions.delete": () =>
    z.strictObject({ key: text(), deleteTranscript: flag(), emitLifecycleHooks: flag() }),
  "sessions.compact": () => z.strictObject({ key: text(), maxLines: count(1) }),
  "sessions.preview": () =>
    z.strictObject({
      keys: z.array(text()).check(z.minLength(1), z.maxLength(MAX_PREVIEW_KEYS)),
      limit: count(1),
      maxChars: count(1),
    }),
  "sessions.describe": () => z.strictObject({ key: text(), ...rowOptions() }),
  "sessions.resolve": () =>
    z.looseObject({
      key: name(),
      sessionId: name(),
      label: name(),
      agentId: name(),
      spawnedBy: name(),
      includeGlobal: flag(),
      includeUnknown: flag(),
    }),
  "sessions.get": () => z.looseObject({ key: name(), sessionKey: name(), limit: count(1) }),
  "sessions.cleanup": () =>
    z.strictObject({
      agent: name(),
      allAgents: flag(),
      enforce: flag(),
      activeKey: name(),
      fixMissing: flag(),
      fixDmScope: flag(),
    }),
  "sessions.compaction.list": byKey,
  "sessions.compaction.get": byCheckpoint,
  "sessions.compaction.branch": byCheckpoint,
  "sessions.compaction.restore": byCheckpoint,
  "sessions.usage": () =>
    z.strictObject({
      key: name(),
      ...usagePeriod(),
      groupBy: word(),
      includeHistorical: flag(),
      limit: count(1),
      includeContextWeight: flag(),
    }),
  "sessions.usage.timeseries": byKey,
  "sessions.usage.logs": () => z.strictObject({ key: text(), limit: count(1, MAX_USAGE_LOG_ROWS) }),
};

function byKey() {
  return z.strictObject({ key: text() });
}

function byCheckpoint() {
  return z.strictObject({ key: text(), checkpointId: text() });
}

/** What a row may carry on request, since it has to be read from the transcript. */
function rowOptions() {
  return { includeDerivedTitles: flag(), includeLastMessage: flag() };
}

function messageParams() {
  return z.strictObject({
    key: text(),
    message: z.string(),
    thinking: word(),
    attachments: z.optional(z.array(z.unknown())),
    timeoutMs: count(),
    idempotencyKey: name(),
  });
}

/** Absent keeps a setting, `null` clears it; which values mean something the handler says. */
function patchParams() {
  return z.strictObject({
    key: text(),
    label: z.optional(z.nullable(text(MAX_LABEL_CHARS))),
    thinkingLevel: clearable(),
    fastMode: z.optional(z.nullable(z.boolean())),
    verboseLevel: clearable(),
    traceLevel: clearable(),
    reasoningLevel: clearable(),
    responseUsage: clearable(),
    elevatedLevel: clearable(),
    execHost: clearable(),
    execSecurity: clearable(),
    execAsk: clearable(),
    execNode: z.optional(z.nullable(text())),
    model: clearable(),
    sendPolicy: clearable(),
    groupActivation: clearable(),
    spawnedBy: clearable(),
    spawnedWorkspaceDir: clearable(),
    spawnDepth: z.optional(z.nullable(integer(0))),
    subagentRole: clearable(),
    subagentControlScope: clearable(),
  });
}
