/**
 * Which result belongs to which method, as types only.
 *
 * @module
 */
import type { HelloOk } from "../connect.ts";
import type * as agents from "./agents.ts";
import type * as approvals from "./approvals.ts";
import type * as channels from "./channels.ts";
import type * as config from "./config.ts";
import type * as cron from "./cron.ts";
import type * as devices from "./devices.ts";
import type * as nodes from "./nodes.ts";
import type * as runs from "./runs.ts";
import type * as sessions from "./sessions.ts";
import type * as system from "./system.ts";
import type * as tools from "./tools.ts";
import type * as usage from "./usage.ts";
import type * as voice from "./voice.ts";

/**
 * The result of each method. `agent` and the requests of approvals may answer twice: the first answers
 * are {@linkcode runs.AgentAck} and {@linkcode approvals.ApprovalAccepted}.
 */
export interface MethodResults {
  "models.list": agents.ModelsListResult;
  "models.authStatus": agents.ModelsAuthStatusResult;
  "agents.list": agents.AgentsListResult;
  "agents.create": agents.AgentCreated;
  "agents.update": agents.AgentUpdated;
  "agents.delete": agents.AgentDeleted;
  "agents.files.list": agents.AgentFilesResult;
  "agents.files.get": agents.AgentFileResult;
  "agents.files.set": agents.AgentFileWritten;
  "agent.identity.get": agents.AgentIdentityResult;

  "exec.approval.request": approvals.ApprovalOutcome;
  "exec.approval.waitDecision": approvals.ApprovalOutcome;
  "exec.approval.get": approvals.ExecApprovalDetails;
  "exec.approval.list": approvals.PendingApproval[];
  "exec.approval.resolve": system.OkResult;
  "plugin.approval.request": approvals.ApprovalOutcome;
  "plugin.approval.waitDecision": approvals.ApprovalOutcome;
  "plugin.approval.list": approvals.PendingApproval[];
  "plugin.approval.resolve": system.OkResult;
  "exec.approvals.get": approvals.ExecApprovalsResult;
  "exec.approvals.set": approvals.ExecApprovalsResult;
  "exec.approvals.node.get": approvals.ExecApprovalsResult;
  "exec.approvals.node.set": approvals.ExecApprovalsResult;

  "channels.status": channels.ChannelsStatusResult;
  "channels.start": channels.ChannelStarted;
  "channels.stop": channels.ChannelStopped;
  "channels.logout": channels.ChannelLoggedOut;
  "send": channels.SendResult;
  "poll": channels.PollResult;
  "message.action": unknown;
  "web.login.start": channels.WebLoginResult;
  "web.login.wait": channels.WebLoginResult;

  "config.get": config.ConfigGetResult;
  "config.set": config.ConfigSetResult;
  "config.patch": config.ConfigWriteResult;
  "config.apply": config.ConfigWriteResult;
  "config.schema": config.ConfigSchemaResult;
  "config.schema.lookup": config.ConfigSchemaLookupResult;
  "config.openFile": config.ConfigOpenFileResult;
  "secrets.reload": config.SecretsReloadResult;
  "secrets.resolve": config.SecretsResolveResult;
  "wizard.start": config.WizardStartResult;
  "wizard.next": config.WizardNextResult;
  "wizard.cancel": config.WizardStatusResult;
  "wizard.status": config.WizardStatusResult;

  "cron.list": cron.CronListResult;
  "cron.status": cron.CronStatusResult;
  "cron.get": cron.CronJob;
  "cron.add": cron.CronJob;
  "cron.update": cron.CronJob;
  "cron.remove": cron.CronRemoved;
  "cron.run": cron.CronRunResult;
  "cron.runs": cron.CronRunsResult;

  "device.pair.list": devices.DevicePairListResult;
  "device.pair.approve": devices.DeviceApproved;
  "device.pair.reject": devices.DeviceRejected;
  "device.pair.remove": devices.DeviceRemoved;
  "device.token.rotate": devices.DeviceTokenRotated;
  "device.token.revoke": devices.DeviceTokenRevoked;
  "node.pair.request": devices.NodePairRequested;
  "node.pair.list": devices.NodePairListResult;
  "node.pair.approve": devices.NodeApproved;
  "node.pair.reject": devices.NodeRejected;
  "node.pair.remove": devices.NodeRemoved;
  "node.pair.verify": devices.NodeVerified;
  "node.rename": devices.NodeRenamed;

  "node.list": nodes.NodeListResult;
  "node.describe": nodes.NodeDescribeResult;
  "node.invoke": nodes.NodeInvokeResult;
  "node.invoke.result": nodes.NodeInvokeTaken;
  "node.event": nodes.NodeEventResult;
  "node.pending.pull": nodes.NodePendingPullResult;
  "node.pending.ack": nodes.NodePendingAckResult;
  "node.pending.drain": nodes.NodePendingDrainResult;
  "node.pending.enqueue": nodes.NodePendingEnqueueResult;
  "node.pluginSurface.refresh": nodes.PluginSurfaceResult;
  "skills.bins": nodes.SkillBinsResult;

  "agent": runs.AgentFinal;
  "agent.wait": runs.AgentWaitResult;
  "chat.history": runs.ChatHistoryResult;
  "chat.send": runs.ChatSendAck | runs.ChatAbortResult;
  "chat.abort": runs.ChatAbortResult;
  "chat.inject": runs.ChatInjected;

  "sessions.list": sessions.SessionsListResult;
  "sessions.subscribe": sessions.SubscriptionResult;
  "sessions.unsubscribe": sessions.SubscriptionResult;
  "sessions.messages.subscribe": sessions.MessageSubscriptionResult;
  "sessions.messages.unsubscribe": sessions.MessageSubscriptionResult;
  "sessions.create": sessions.SessionCreated;
  "sessions.send": sessions.SessionSendAck;
  "sessions.steer": sessions.SessionSendAck;
  "sessions.abort": sessions.SessionAbortResult;
  "sessions.patch": sessions.SessionPatched;
  "sessions.pluginPatch": sessions.SessionPluginPatched;
  "sessions.reset": sessions.SessionResetResult;
  "sessions.delete": sessions.SessionDeleted;
  "sessions.compact": sessions.SessionCompacted;
  "sessions.preview": sessions.SessionsPreviewResult;
  "sessions.describe": sessions.SessionDescribeResult;
  "sessions.resolve": sessions.SessionResolveResult;
  "sessions.get": sessions.SessionMessagesResult;
  "sessions.cleanup": Record<string, unknown>;
  "sessions.compaction.list": sessions.CompactionListResult;
  "sessions.compaction.get": sessions.CompactionGetResult;
  "sessions.compaction.branch": sessions.CompactionApplied;
  "sessions.compaction.restore": sessions.CompactionApplied;

  "connect": HelloOk;
  "health": system.HealthSnapshot;
  "status": system.StatusResult;
  "system-presence": system.PresenceEntry[];
  "system-event": system.OkResult;
  "last-heartbeat": system.HeartbeatPayload | null;
  "set-heartbeats": system.SetHeartbeatsResult;
  "wake": system.OkResult;
  "gateway.identity.get": system.GatewayIdentity;
  "gateway.restart.preflight": system.RestartPreflight;
  "gateway.restart.request": system.RestartResult;
  "logs.tail": system.LogsTailResult;
  "diagnostics.stability": system.StabilityResult;
  "doctor.memory.status": system.MemoryStatusResult;
  "doctor.memory.dreamDiary": Record<string, unknown>;
  "doctor.memory.remHarness": Record<string, unknown>;
  "doctor.memory.backfillDreamDiary": Record<string, unknown>;
  "doctor.memory.resetDreamDiary": Record<string, unknown>;
  "doctor.memory.resetGroundedShortTerm": Record<string, unknown>;
  "doctor.memory.repairDreamingArtifacts": Record<string, unknown>;
  "doctor.memory.dedupeDreamDiary": Record<string, unknown>;
  "update.status": system.UpdateStatusResult;
  "update.run": system.UpdateRunResult;

  "tools.catalog": tools.ToolsCatalogResult;
  "tools.effective": tools.ToolsEffectiveResult;
  "tools.invoke": tools.ToolInvokeResult;
  "commands.list": tools.CommandsListResult;
  "skills.status": tools.SkillsStatusResult;
  "skills.search": tools.SkillsSearchResult;
  "skills.detail": tools.SkillDetailResult;
  "skills.install": tools.SkillInstallResult;
  "skills.update": tools.SkillUpdateResult;
  "skills.upload.begin": tools.SkillUploadResult;
  "skills.upload.chunk": tools.SkillUploadResult;
  "skills.upload.commit": tools.SkillUploadCommitted;
  "plugins.uiDescriptors": tools.PluginDescriptorsResult;
  "plugins.sessionAction": tools.PluginActionResult;
  "push.web.vapidPublicKey": tools.VapidPublicKeyResult;
  "push.web.subscribe": tools.PushSubscribed;
  "push.web.unsubscribe": tools.PushUnsubscribed;
  "push.web.test": tools.PushTestResult;
  "push.test": Record<string, unknown>;
  "nativeHook.invoke": unknown;
  "browser.request": unknown;

  "usage.status": usage.UsageStatusResult;
  "usage.cost": usage.UsageCostResult;
  "sessions.usage": usage.SessionsUsageResult;
  "sessions.usage.timeseries": usage.UsageTimeseriesResult;
  "sessions.usage.logs": usage.UsageLogsResult;
  "tasks.list": usage.TasksListResult;
  "tasks.get": usage.TaskResult;
  "tasks.cancel": usage.TaskCancelResult;
  "environments.list": usage.EnvironmentsListResult;
  "environments.status": usage.EnvironmentRow;
  "artifacts.list": usage.ArtifactsListResult;
  "artifacts.get": usage.ArtifactResult;
  "artifacts.download": usage.ArtifactContent;

  "voicewake.get": voice.VoicewakeResult;
  "voicewake.set": voice.VoicewakeResult;
  "voicewake.routing.get": voice.VoicewakeRoutingResult;
  "voicewake.routing.set": voice.VoicewakeRoutingResult;
  "tts.status": voice.TtsStatusResult;
  "tts.providers": voice.TtsProvidersResult;
  "tts.personas": voice.TtsPersonasResult;
  "tts.enable": voice.TtsEnabledResult;
  "tts.disable": voice.TtsEnabledResult;
  "tts.setProvider": voice.TtsProviderSet;
  "tts.setPersona": voice.TtsPersonaSet;
  "tts.convert": voice.TtsConvertResult;
  "talk.config": voice.TalkConfigResult;
  "talk.catalog": voice.TalkCatalogResult;
  "talk.mode": voice.TalkModeResult;
  "talk.speak": voice.TalkSpeakResult;
  "talk.client.create": Record<string, unknown>;
  "talk.client.toolCall": voice.TalkToolCallResult;
  "talk.session.create": voice.TalkSessionCreated;
  "talk.session.join": voice.TalkSessionResult;
  "talk.session.appendAudio": voice.TalkSessionResult;
  "talk.session.startTurn": voice.TalkSessionResult;
  "talk.session.endTurn": voice.TalkSessionResult;
  "talk.session.cancelTurn": voice.TalkSessionResult;
  "talk.session.cancelOutput": voice.TalkSessionResult;
  "talk.session.submitToolResult": voice.TalkSessionResult;
  "talk.session.close": voice.TalkSessionResult;
}

/** The result of one method. */
export type MethodResult<M extends keyof MethodResults> = MethodResults[M];
