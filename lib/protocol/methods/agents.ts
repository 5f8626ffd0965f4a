/**
 * Parameters of the methods about models, agents and runs.
 *
 * @module
 */
import * as z from "zod/mini";
import { anyObject, integer, none, text } from "./fields.ts";

const flag = () => z.optional(z.boolean());
const word = () => z.optional(z.string());

/** Schemas by method. */
export const AGENT_PARAMS = {
  "models.list": () =>
    z.strictObject({ view: z.optional(z.enum(["default", "configured", "all"])) }),
  "models.authStatus": () => z.strictObject({ refresh: flag() }),
  "agents.list": none,
  "agent.identity.get": () => z.strictObject({ agentId: z.optional(text()), sessionKey: word() }),
  "agent": agentParams,
  "agent.wait": () => z.strictObject({ runId: text(), timeoutMs: z.optional(integer(0)) }),
};

function agentParams() {
  return z.strictObject({
    message: text(),
    idempotencyKey: text(),
    agentId: z.optional(text()),
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
    timeout: z.optional(integer(0)),
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
