/**
 * The `agents` and `bindings` sections: who answers, with which model, in which workspace.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  anything,
  choice,
  describe,
  flag,
  group,
  listOf,
  loose,
  mapOf,
  open,
  requiredText,
  secret,
  text,
  texts,
  whole,
} from "./field.ts";

const THINKING = [
  "off",
  "minimal",
  "low",
  "medium",
  "high",
  "xhigh",
  "adaptive",
  "max",
] as const;

/** Builds the schema of `agents`. */
export function agentsSchema() {
  return z.object({
    defaults: group(
      { workspace: text("Workspace folder"), ...sharedFields(), ...limitFields() },
      "Settings of every agent",
    ),
    list: listOf(agentEntry(), "The agents; one named main when empty"),
  });
}

/** Builds the schema of `bindings`. */
export function bindingsSchema() {
  const peer = group({
    kind: choice(["direct", "dm", "group", "channel"], "Kind of conversation"),
    id: requiredText("Id of the conversation, * for any"),
  }, "One conversation");
  return z.array(z.object({
    type: choice(["route", "acp"], "Kind of binding"),
    agentId: requiredText("Agent that answers"),
    comment: text("For people"),
    match: describe(
      z.object({
        channel: requiredText("Channel id"),
        accountId: text("Account of the channel, * for any; the default one when absent"),
        peer,
        guildId: text("Discord server"),
        teamId: text("Slack workspace"),
        roles: texts("Discord roles, one of which the sender must have"),
      }),
      "What must be true of a message, all of it",
    ),
    session: group({ dmScope: dmScope() }, "Session settings of this binding"),
    acp: open("Settings of an ACP binding"),
  }));
}

/** Which direct messages share a session. */
export function dmScope() {
  return choice(
    ["main", "per-peer", "per-channel-peer", "per-account-channel-peer"],
    "Which direct messages share a session",
  );
}

/** A model by name, or with what to try when it fails. */
function modelChoice(description: string) {
  const schema = z.union([
    z.string(),
    z.object({
      primary: text("Model as provider/model"),
      fallbacks: texts("Models to try when the first fails, in order"),
      timeoutMs: whole("Time one call may take", { min: 1, unit: "ms" }),
    }),
  ]);
  return describe(z.optional(schema), description);
}

function heartbeat() {
  return group({
    every: text("Interval such as 30m; 0m for none"),
    target: text("Where a heartbeat's answer goes"),
    to: text("Recipient of a heartbeat's answer"),
    accountId: text("Channel account that sends it"),
    session: text("Session the heartbeat runs in"),
    ackMaxChars: whole("Longest answer that counts as nothing to say", { unit: "characters" }),
    directPolicy: choice(["allow", "block"], "Whether heartbeats may write to direct chats"),
    prompt: text("What the agent is asked"),
    model: text("Model of heartbeats"),
    activeHours: loose({
      start: text("First minute, HH:MM"),
      end: text("Minute after the last, HH:MM or 24:00"),
      timezone: text("IANA time zone, user or local"),
    }, "Hours in which heartbeats run"),
    lightContext: flag("Leave the bootstrap files out"),
    isolatedSession: flag("Use a fresh session each time"),
    skipWhenBusy: flag("Skip a beat while the agent works"),
    includeReasoning: flag("Deliver the reasoning as well"),
    suppressToolErrorWarnings: flag("Hide tool errors from the answer"),
    timeoutSeconds: whole("Time a beat may take", { min: 1, unit: "seconds" }),
  }, "Regular turns without a message");
}

function memorySearch() {
  return loose({
    enabled: flag("Offer the search"),
    provider: text("Service that makes embeddings"),
    model: text("Model that makes embeddings"),
    fallback: text("Service to use when the first fails"),
    remote: loose({
      baseUrl: text("Address of the service"),
      apiKey: secret("Key of the service"),
      headers: mapOf(z.string(), "Headers of every request"),
    }, "The service's endpoint"),
    extraPaths: texts("Further files and folders to search"),
  }, "Search over the agent's memory");
}

function sandbox() {
  return loose({
    mode: choice(["off", "non-main", "all"], "Which sessions run their tools apart"),
    scope: text("What shares one sandbox"),
    workspaceAccess: text("What the sandbox may do with the workspace"),
    workspaceRoot: text("Folder of the sandboxes' workspaces"),
    docker: open("The container"),
    browser: open("The browser in the container"),
    prune: open("Removal of unused containers"),
  }, "Isolation of the agent's tools");
}

function sharedFields() {
  return {
    model: modelChoice("Model of the agent"),
    models: mapOf(
      z.object({
        alias: text("Short name"),
        params: open("Request parameters of this model"),
        agentRuntime: anything("What runs turns of this model"),
        streaming: flag("Stream answers of this model"),
      }),
      "Models that may be used, provider/model or provider/*; all when absent",
    ),
    contextTokens: whole("Context size to plan with", { min: 1, unit: "tokens" }),
    timeoutSeconds: whole("Longest run", { min: 1, unit: "seconds" }),
    thinkingDefault: choice(THINKING, "How much the model thinks"),
    verboseDefault: text("Verbosity of tool output"),
    reasoningDefault: text("Whether reasoning is shown"),
    elevatedDefault: text("Elevated execution at the start of a session"),
    heartbeat: heartbeat(),
    memorySearch: memorySearch(),
    sandbox: sandbox(),
    subagents: loose({
      maxConcurrent: whole("Most of them at the same time", { min: 1 }),
      archiveAfterMinutes: whole("Time after which a finished one is put away", {
        unit: "minutes",
      }),
      allowAgents: texts("Agents that may be started, * for all"),
      model: modelChoice("Their model"),
      thinking: text("How much they think"),
    }, "Agents started by the agent"),
    tools: open("Tools of the agent"),
    skills: texts("Skills the agent may use; all when absent"),
    humanDelay: loose({
      mode: choice(["off", "natural", "custom"], "Whether there are pauses"),
      minMs: whole("Shortest pause", { unit: "ms" }),
      maxMs: whole("Longest pause", { unit: "ms" }),
    }, "Pauses between messages"),
    typingMode: choice(["never", "instant", "thinking", "message"], "When typing is shown"),
    typingIntervalSeconds: whole("Interval of typing signals", { min: 1, unit: "seconds" }),
    blockStreamingDefault: choice(["on", "off"], "Send finished blocks before the answer is done"),
    blockStreamingBreak: text("Where a block ends"),
    blockStreamingChunk: loose({
      minChars: whole("Shortest block", { unit: "characters" }),
      maxChars: whole("Longest block", { unit: "characters" }),
      breakPreference: text("Where a block is cut by preference"),
    }, "Size of blocks"),
    blockStreamingCoalesce: loose({
      minChars: whole("Shortest joined block", { unit: "characters" }),
      maxChars: whole("Longest joined block", { unit: "characters" }),
      idleMs: whole("Quiet time before a block is sent", { unit: "ms" }),
    }, "Joining of small blocks"),
    bootstrapMaxChars: whole("Longest bootstrap file in the prompt", { unit: "characters" }),
    bootstrapTotalMaxChars: whole("Longest sum of bootstrap files", { unit: "characters" }),
    contextInjection: text("When the bootstrap files are put into the prompt"),
    skipBootstrap: flag("Do not create the bootstrap files"),
    params: open("Request parameters of every model"),
  };
}

function limitFields() {
  return {
    imageModel: modelChoice("Model that looks at images"),
    pdfModel: modelChoice("Model that reads PDF files"),
    imageGenerationModel: modelChoice("Model that makes images"),
    videoGenerationModel: modelChoice("Model that makes videos"),
    musicGenerationModel: modelChoice("Model that makes music"),
    maxConcurrent: whole("Most runs at the same time", { min: 1 }),
    compaction: loose({
      mode: choice(["default", "safeguard"], "How a long session is shortened"),
    }, "Shortening of long sessions"),
    contextPruning: loose({
      mode: text("What old tool results are removed by, off for none"),
      ttl: text("Age after which they are removed, such as 5m"),
    }, "Removal of old tool results"),
    userTimezone: text("IANA time zone of the user"),
    timeFormat: choice(["auto", "12", "24"], "Clock in the prompt"),
    mediaMaxMb: whole("Largest incoming file", { min: 1, unit: "MB" }),
    imageMaxDimensionPx: whole("Longest side of images that models are shown", {
      min: 1,
      unit: "pixels",
    }),
    pdfMaxBytesMb: whole("Largest PDF file that is read", { min: 1, unit: "MB" }),
    pdfMaxPages: whole("Most pages of a PDF file that are read", { min: 1 }),
    bootstrapPromptTruncationWarning: choice(
      ["off", "once", "always"],
      "When the agent is told that a bootstrap file was cut",
    ),
    repoRoot: text("Repository named in the prompt"),
    cliBackends: open("Command-line programs that act as models"),
    agentRuntime: anything("What runs turns"),
    llm: open("Limits of model calls"),
  };
}

function agentEntry() {
  return z.object({
    id: requiredText("Name in session keys; lower case, at most 64 characters"),
    default: flag("Answers what no binding claims"),
    name: text("For people"),
    workspace: text("Workspace folder"),
    agentDir: text("Folder of the agent's own state"),
    identity: group({
      name: text("Name the agent gives itself"),
      theme: text("Manner"),
      emoji: text("Sign"),
      avatar: text("Picture: file in the workspace, address or data URI"),
    }, "Who the agent is"),
    groupChat: group({
      mentionPatterns: texts("Expressions that count as a mention"),
      historyLimit: whole("Earlier messages shown to the agent"),
      visibleReplies: anything("When replies are posted"),
    }, "Behaviour in groups"),
    runtime: anything("What runs the agent"),
    ...sharedFields(),
  });
}
