/**
 * All methods this gateway offers, by family.
 *
 * @module
 */
import type { Handlers } from "../rpc.ts";
import type { GatewayState } from "../state.ts";
import { agentMethods } from "./agent.ts";
import { agentAdminMethods } from "./agents/mod.ts";
import { approvalMethods } from "./approvals/mod.ts";
import { catalogMethods } from "./catalog.ts";
import { chatMethods } from "./chat.ts";
import { compactionMethods } from "./compaction/mod.ts";
import { ConfigEditor, configMethods } from "./config/mod.ts";
import { cronMethods } from "./cron.ts";
import { deviceMethods } from "./devices.ts";
import { eventMethods } from "./events/mod.ts";
import { modelAuthMethods } from "./model_auth.ts";
import { nodeMethods } from "./nodes/mod.ts";
import { outboundMethods } from "./outbound/mod.ts";
import { pushMethods } from "./push/mod.ts";
import { restartMethods } from "./restart.ts";
import { secretMethods } from "./secrets/mod.ts";
import { sessionChangeMethods } from "./session_changes.ts";
import { sessionMethods } from "./sessions.ts";
import { Settings } from "./settings.ts";
import { skillMethods } from "./skills/mod.ts";
import { systemMethods } from "./system.ts";
import { usageMethods } from "./usage/mod.ts";
import { voiceMethods } from "./voice/mod.ts";
import { wizardMethods } from "./wizard/mod.ts";
import { workMethods } from "./work/mod.ts";

/** Method name → handler; what is not here is refused as unknown. */
export function gatewayMethods(state: GatewayState): Handlers {
  const editor = new ConfigEditor(state);
  const settings = new Settings(state.store.database);
  return {
    ...systemMethods(state),
    ...catalogMethods(state),
    ...sessionMethods(state),
    ...sessionChangeMethods(state),
    ...compactionMethods(state),
    ...chatMethods(state),
    ...agentMethods(state),
    ...agentAdminMethods(state, editor),
    ...configMethods(state, editor),
    ...restartMethods(state),
    ...modelAuthMethods(state),
    ...deviceMethods(state),
    ...nodeMethods(state),
    ...approvalMethods(state),
    ...eventMethods(state),
    ...cronMethods(state),
    ...workMethods(state),
    ...usageMethods(state),
    ...secretMethods(state),
    ...wizardMethods(state, editor),
    ...outboundMethods(state),
    ...pushMethods(state, settings),
    ...skillMethods(state, editor),
    ...voiceMethods(state, settings),
  };
}
