/**
 * The fields of `channels` that every service has.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  anything,
  choice,
  decimal,
  flag,
  group,
  ids,
  mapOf,
  open,
  secret,
  text,
  texts,
  whole,
} from "./field.ts";

/** What becomes of direct messages from strangers. */
export const DM_POLICIES = ["pairing", "allowlist", "open", "disabled"] as const;
/** In which groups an agent answers. */
export const GROUP_POLICIES = ["allowlist", "open", "disabled"] as const;
/** Which earlier messages an agent is shown. */
export const VISIBILITIES = ["all", "allowlist", "allowlist_quote"] as const;

/** How heartbeats report. */
export function heartbeatFields() {
  return {
    showOk: flag("Report what is well"),
    showAlerts: flag("Report what is not"),
    useIndicator: flag("Report by a sign instead of words"),
  };
}

let common: ReturnType<typeof buildCommonFields> | undefined;

/** The fields of every channel; built once, as they are half of the section. */
export function commonFields() {
  return common ??= buildCommonFields();
}

function buildCommonFields() {
  return {
    enabled: flag("Run the channel; a channel that is configured runs unless this is false"),
    name: text("For people"),
    dmPolicy: choice(DM_POLICIES, "What becomes of direct messages from strangers", {
      danger: "open lets everyone in whom allowFrom does not keep out",
    }),
    allowFrom: ids("Senders that may write directly, * for all"),
    groupPolicy: choice(GROUP_POLICIES, "In which groups the agent answers", {
      danger: "open answers in every group the account is in",
    }),
    groupAllowFrom: ids("Senders that may write in groups, * for all"),
    groups: mapOf(groupEntry(), "Rules by group, * for those not listed"),
    contextVisibility: choice(VISIBILITIES, "Which earlier messages an agent is shown"),
    historyLimit: whole("Earlier group messages shown to the agent"),
    dmHistoryLimit: whole("Earlier direct messages shown to the agent"),
    dms: mapOf(
      z.object({ historyLimit: whole("Earlier messages shown to the agent") }),
      "Rules by direct chat",
    ),
    requireMention: flag("Answer in groups only when mentioned"),
    mentionPatterns: texts("Expressions that count as a mention"),
    textChunkLimit: whole("Longest message that is sent in one piece", {
      min: 1,
      unit: "characters",
    }),
    chunkMode: choice(["length", "newline"], "Where a long message is cut"),
    mediaMaxMb: decimal("Largest file", { unit: "MB" }),
    responsePrefix: text("Put before answers"),
    markdown: open("How formatted text is sent"),
    ackReaction: text("Reaction that confirms receipt"),
    replyToMode: text("When an answer quotes the message it answers"),
    streaming: anything("Whether an answer is shown while it is made"),
    blockStreaming: flag("Send finished blocks before the answer is done"),
    blockStreamingCoalesce: open("Joining of small blocks"),
    actions: open("What the agent may do in the channel besides writing"),
    reactionNotifications: text("Which reactions the agent is told of"),
    reactionLevel: text("How freely the agent reacts"),
    configWrites: flag("Let the channel change this file, as when a group gets a new id"),
    healthMonitor: group({
      enabled: flag("Restart the channel when it falls silent"),
    }, "Supervision of the channel"),
    heartbeat: group(heartbeatFields(), "How heartbeats report on the channel"),
    capabilities: anything("What the channel is taken to be able to do"),
    proxy: text("Proxy on the way to the service"),
    retry: group({
      attempts: whole("Most tries of one request", { min: 1 }),
      minDelayMs: whole("Shortest pause", { unit: "ms" }),
      maxDelayMs: whole("Longest pause", { unit: "ms" }),
      jitter: decimal("Random part of a pause", { max: 1 }),
    }, "Repetition of failed requests"),
    webhookUrl: text("Address at which the service calls back"),
    webhookSecret: secret("What the service proves its calls with"),
    webhookPath: text("Path of those calls on this gateway"),
    webhookHost: text("Address that is listened on for them"),
    webhookPort: whole("Port that is listened on for them", { min: 1, max: 65535 }),
    dangerouslyAllowNameMatching: flag("Let names stand for ids in lists of senders", {
      danger: "Whoever takes a listed name is let in",
    }),
  };
}

/** Rules for one group, server or channel of a service. */
export function groupFields() {
  return {
    enabled: flag("Take part in it"),
    allow: flag("Older name of enabled"),
    requireMention: flag("Answer only when mentioned; true unless set"),
    ignoreOtherMentions: flag("Pass over messages that mention others"),
    groupPolicy: choice(GROUP_POLICIES, "Who may write"),
    allowFrom: ids("Senders that may write"),
    users: ids("Senders that may write, in services that tell them from roles"),
    roles: ids("Roles that may write"),
    allowBots: anything("Listen to other bots"),
    tools: open("Tools of the agent here"),
    toolsBySender: open("Tools of the agent here, by sender"),
    skills: texts("Skills of the agent here"),
    systemPrompt: text("Added to the agent's instructions here"),
    historyLimit: whole("Earlier messages shown to the agent"),
  };
}

/** Rules for one group and its topics. */
export function groupEntry() {
  return z.object({
    ...groupFields(),
    topics: mapOf(
      z.object({ ...groupFields(), agentId: text("Agent that answers") }),
      "Rules by topic",
    ),
  });
}
