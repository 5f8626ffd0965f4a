/**
 * The `session` and `messages` sections: which messages share a conversation and how they queue.
 *
 * @module
 */
import * as z from "zod/mini";
import { dmScope } from "./agents.ts";
import {
  amount,
  anything,
  choice,
  flag,
  group,
  listOf,
  mapOf,
  open,
  text,
  texts,
  whole,
} from "./field.ts";

const QUEUE_MODES = [
  "steer",
  "followup",
  "collect",
  "steer-backlog",
  "queue",
  "interrupt",
] as const;

function resetFields() {
  return {
    mode: choice(["daily", "idle"], "What makes a session stale"),
    atHour: whole("Local hour of the daily reset", { max: 23 }),
    idleMinutes: whole("Silence after which a session is stale", { unit: "minutes" }),
  };
}

/** Builds the schema of `session`. */
export function sessionSchema() {
  return z.object({
    scope: choice(["per-sender", "global"], "Whether senders have sessions of their own"),
    dmScope: dmScope(),
    identityLinks: mapOf(z.array(z.string()), "One person's ids on several channels"),
    reset: group(resetFields(), "When a session starts anew"),
    resetByType: group({
      direct: group(resetFields(), "Direct chats"),
      dm: group(resetFields(), "Direct chats, older name"),
      group: group(resetFields(), "Groups"),
      thread: group(resetFields(), "Threads"),
    }, "Reset rules by kind of chat"),
    resetByChannel: mapOf(z.object(resetFields()), "Reset rules by channel"),
    resetTriggers: texts("Messages that start a session anew"),
    idleMinutes: whole("Older name of reset.idleMinutes", { unit: "minutes" }),
    typingMode: choice(["never", "instant", "thinking", "message"], "When typing is shown"),
    typingIntervalSeconds: whole("Interval of typing signals", { min: 1, unit: "seconds" }),
    parentForkMaxTokens: whole("Longest conversation that a thread takes over, 0 for no limit", {
      unit: "tokens",
    }),
    store: text("Session file of the original, as a template with {agentId}"),
    mainKey: text("Ignored; the main session is always named main"),
    sendPolicy: sendPolicy(),
    maintenance: group({
      mode: choice(["enforce", "warn"], "Whether limits are applied or only reported"),
      pruneAfter: amount("Age after which sessions are removed"),
      maxEntries: whole("Most sessions that are kept", { min: 1 }),
      resetArchiveRetention: amount("How long transcripts of reset sessions are kept"),
      rotateBytes: amount("Size at which the session file is rotated"),
      maxDiskBytes: amount("Most space for sessions"),
      highWaterBytes: amount("Space down to which sessions are removed"),
    }, "Limits of what is kept"),
    writeLock: group({
      acquireTimeoutMs: whole("Longest wait for another writer", { min: 1, unit: "ms" }),
    }, "Lock on the session file"),
    agentToAgent: group({
      maxPingPongTurns: whole("Most turns two agents take with each other", { max: 20 }),
    }, "Talk between agents"),
    threadBindings: group({
      enabled: flag("Bind threads to sessions"),
      idleHours: whole("Silence after which a binding ends, 0 for never", { unit: "hours" }),
      maxAgeHours: whole("Age after which a binding ends, 0 for never", { unit: "hours" }),
      spawnSessions: anything("Whether threads start sessions"),
      defaultSpawnContext: text("What a new session knows"),
    }, "Sessions of threads"),
  });
}

function sendPolicy() {
  const verdict = ["allow", "deny"] as const;
  const rule = z.object({
    action: choice(verdict, "What to do"),
    match: group({
      channel: text("Channel id"),
      chatType: text("Kind of chat"),
      keyPrefix: text("Start of the session key without the agent"),
      rawKeyPrefix: text("Start of the whole session key"),
    }, "Which sessions"),
  });
  return group({
    default: choice(verdict, "What to do where no rule fits"),
    rules: listOf(rule, "Rules, the first that fits counts"),
  }, "Where answers may be sent");
}

/** Builds the schema of `messages`. */
export function messagesSchema() {
  return z.object({
    queue: group({
      mode: choice(QUEUE_MODES, "What happens to messages during a run"),
      debounceMs: whole("Quiet time before queued messages are taken", { unit: "ms" }),
      debounceMsByChannel: mapOf(z.number(), "Quiet time by channel"),
      cap: whole("Most queued messages", { min: 1 }),
      drop: choice(["old", "new", "summarize"], "What happens to messages over the cap"),
      byChannel: mapOf(z.enum(QUEUE_MODES), "Mode by channel"),
    }, "Messages that arrive during a run"),
    inbound: group({
      debounceMs: whole("Quiet time that joins quick messages", { unit: "ms" }),
      byChannel: mapOf(z.number(), "Quiet time by channel"),
    }, "Incoming messages"),
    groupChat: group({
      mentionPatterns: texts("Expressions that count as a mention"),
      historyLimit: whole("Earlier messages shown to the agent"),
      visibleReplies: anything("When replies are posted"),
    }, "Behaviour in groups"),
    visibleReplies: anything("When replies are posted"),
    messagePrefix: text("Put before incoming messages"),
    responsePrefix: text("Put before answers"),
    ackReaction: text("Reaction that confirms receipt"),
    ackReactionScope: text("Which messages get it"),
    removeAckAfterReply: flag("Take the reaction back after the answer"),
    suppressToolErrors: flag("Hide tool errors from chats"),
    usageTemplate: anything("Text of the usage line"),
    statusReactions: open("Reactions that show progress"),
    tts: open("Spoken answers"),
  });
}
