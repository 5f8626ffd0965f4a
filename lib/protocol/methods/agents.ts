/**
 * Parameters of the methods about models, agents and runs.
 *
 * @module
 */
import * as z from "zod/mini";
import { anyObject, count, flag, name, none, text, word } from "./fields.ts";

/** Schemas by method. */
export const AGENT_PARAMS = {
  "models.list": () =>
    z.strictObject({ view: z.optional(z.enum(["default", "configured", "all"])) }),
  "models.authStatus": () => z.strictObject({ refresh: flag() }),
  "agents.list": none,
  "agents.create": () =>
    z.strictObject({
      name: text(),
      workspace: text(),
      model: name(),
      emoji: word(),
      avatar: word(),
    }),
  "agents.update": () =>
    z.strictObject({
      agentId: text(),
      name: name(),
      workspace: name(),
      model: name(),
      emoji: word(),
      avatar: word(),
    }),
  "agents.delete": () => z.strictObject({ agentId: text(), deleteFiles: flag() }),
  "agents.files.list": () => z.strictObject({ agentId: text() }),
  "agents.files.get": () => z.strictObject({ agentId: text(), name: text() }),
  "agents.files.set": () => z.strictObject({ agentId: text(), name: text(), content: z.string() }),
  "agent.identity.get": () => z.strictObject({ agentId: name(), sessionKey: word() }),
  "agent": agentParams,
  "agent.wait": () => z.strictObject({ runId: text(), timeoutMs: count() }),
};

function agentParams() {
  return z.strictObject({
    message: text(),
    idempotencyKey: text(),
    agentId: name(),
    provider: word(),
    model: word(),
    to: word(),
    replyTo: word(),
    sessionId: word(),
    sessionKey: word(),
    thinking: word(),
    deliver: flag(),
    attachments: z.optional(z.array(z.unknown())),
    channel: word(),
    replyChannel: word(),
    accountId: word(),
    replyAccountId: word(),
    threadId: word(),
    groupId: word(),
    groupChannel: word(),
    groupSpace: word(),
    timeout: count(),
    bestEffortDeliver: flag(),
    lane: word(),
    extraSystemPrompt: word(),
    promptMode: z.optional(z.enum(["full", "minimal", "none"])),
    modelRun: flag(),
    bootstrapContextMode: word(),
    bootstrapContextRunKind: word(),
    internalEvents: z.optional(z.array(z.unknown())),
    inputProvenance: z.optional(anyObject()),
    voiceWakeTrigger: word(),
    label: word(),
    cleanupBundleMcpOnRunEnd: flag(),
    acpTurnSource: word(),
    internalRuntimeHandoffId: word(),
  });
}
