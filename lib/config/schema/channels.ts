/**
 * The `channels` section: what every channel has, and the fields that only some of them have.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  anything,
  choice,
  decimal,
  describe,
  flag,
  group,
  ids,
  listOf,
  loose,
  mapOf,
  open,
  secret,
  text,
  texts,
  whole,
} from "./field.ts";

const DM_POLICIES = ["pairing", "allowlist", "open", "disabled"] as const;
const GROUP_POLICIES = ["allowlist", "open", "disabled"] as const;
const VISIBILITIES = ["all", "allowlist", "allowlist_quote"] as const;

/** Channels of which only the common fields are described. */
const OTHER_CHANNELS = [
  "clickclack",
  "feishu",
  "googlechat",
  "imessage",
  "line",
  "matrix",
  "mattermost",
  "msteams",
  "nextcloud-talk",
  "nostr",
  "qa-channel",
  "qqbot",
  "signal",
  "synology-chat",
  "tlon",
  "twitch",
  "whatsapp",
  "zalo",
  "zalouser",
] as const;

/** Builds the schema of `channels`. */
export function channelsSchema() {
  const other = otherChannel();
  const others = Object.fromEntries(OTHER_CHANNELS.map((id) => [id, other])) as {
    [Id in typeof OTHER_CHANNELS[number]]: typeof other;
  };
  return z.object({
    defaults: group({
      groupPolicy: choice(GROUP_POLICIES, "Groups that channels without a policy answer in"),
      contextVisibility: choice(VISIBILITIES, "Which earlier messages an agent is shown"),
      heartbeat: group(heartbeatFields(), "How heartbeats report on channels"),
    }, "Settings of channels that have none of their own"),
    modelByChannel: mapOf(
      z.record(z.string(), z.string()),
      "Model of a conversation, by channel and by id of the conversation",
      { reload: "live" },
    ),
    telegram: channel(telegramFields(), "Telegram bots"),
    discord: channel(discordFields(), "Discord bots"),
    slack: channel(slackFields(), "Slack apps"),
    irc: channel(ircFields(), "IRC networks"),
    ...others,
  });
}

/** A channel whose accounts may have every field of the channel itself. */
function channel<S extends z.core.$ZodLooseShape>(own: S, description: string) {
  const fields = { ...commonFields(), ...own };
  return group({ ...fields, ...accountFields(z.object(fields)) }, description);
}

function otherChannel() {
  const fields = commonFields();
  return loose(
    { ...fields, ...accountFields(z.looseObject(fields)) },
    "A channel; besides these fields it may have others of its own",
  );
}

function accountFields<S extends z.core.$ZodType>(account: S) {
  return {
    accounts: mapOf(
      account,
      "Accounts by name; each may have every field of the channel, and its own wins",
    ),
    defaultAccount: text("Account that is used where none is named"),
  };
}

function heartbeatFields() {
  return {
    showOk: flag("Report what is well"),
    showAlerts: flag("Report what is not"),
    useIndicator: flag("Report by a sign instead of words"),
  };
}

let common: ReturnType<typeof buildCommonFields> | undefined;

/** The fields of every channel; built once, as they are half of the section. */
function commonFields() {
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

function groupFields() {
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

function groupEntry() {
  return z.object({
    ...groupFields(),
    topics: mapOf(
      z.object({ ...groupFields(), agentId: text("Agent that answers") }),
      "Rules by topic",
    ),
  });
}

/** Direct messages, where a service has its own settings for them. */
function directFields() {
  return group({
    enabled: flag("Take direct messages"),
    policy: choice(DM_POLICIES, "Older place of dmPolicy"),
    allowFrom: ids("Older place of allowFrom"),
    groupEnabled: flag("Take part in group chats without a server"),
    groupChannels: ids("Which of them"),
  }, "Direct messages");
}

function slashCommand() {
  return group({
    enabled: flag("Answer to the command"),
    name: text("Name of the command"),
    sessionPrefix: text("Start of the session keys of the command"),
    ephemeral: flag("Show answers to the caller only"),
  }, "The channel's own command");
}

function threadBindings() {
  return loose({
    enabled: flag("Bind threads to sessions"),
    idleHours: decimal("Silence after which a binding ends, 0 for never", { unit: "hours" }),
    maxAgeHours: decimal("Age after which a binding ends, 0 for never", { unit: "hours" }),
    spawnSessions: anything("Whether threads start sessions"),
    defaultSpawnContext: text("What a new session knows"),
  }, "Sessions of threads");
}

function telegramFields() {
  return {
    botToken: secret("Token of the bot; TELEGRAM_BOT_TOKEN when absent"),
    tokenFile: text("File that holds the token"),
    direct: mapOf(groupEntry(), "Rules by direct chat"),
    linkPreview: flag("Show previews of links"),
    customCommands: listOf(
      z.object({
        command: text("Word after the slash"),
        description: text("What the menu says of it"),
      }),
      "Commands in the menu besides the built-in ones",
    ),
    commands: open("Which commands are registered"),
    apiRoot: text("Address of another Bot API server"),
    network: open("How connections are made"),
    timeoutSeconds: whole("Time a request may take", { min: 1, unit: "seconds" }),
    threadBindings: threadBindings(),
  };
}

function discordFields() {
  return {
    token: secret("Token of the bot; DISCORD_BOT_TOKEN when absent"),
    guilds: mapOf(
      z.object({
        slug: text("Short name"),
        ...groupFields(),
        reactionNotifications: text("Which reactions the agent is told of"),
        channels: mapOf(z.object(groupFields()), "Rules by channel of the server"),
      }),
      "Rules by server, * for those not listed",
    ),
    dm: directFields(),
    allowBots: anything("Listen to other bots: true, false or mentions"),
    maxLinesPerMessage: whole("Most lines of one message", { min: 1 }),
    threadBindings: threadBindings(),
    slashCommand: slashCommand(),
    commands: open("Which commands are registered"),
    autoPresence: open("Presence that follows the gateway's health"),
    intents: open("Events the bot subscribes to"),
    ui: open("Look of components"),
    voice: open("Voice channels"),
  };
}

function slackFields() {
  return {
    mode: choice(["socket", "http"], "How events arrive"),
    botToken: secret("Token of the bot; SLACK_BOT_TOKEN when absent"),
    appToken: secret("Token of the app, for mode socket; SLACK_APP_TOKEN when absent"),
    userToken: secret("Token of a user, for what a bot may not read"),
    userTokenReadOnly: flag("Never write with the token of the user"),
    signingSecret: secret("What Slack signs its calls with, for mode http"),
    channels: mapOf(z.object(groupFields()), "Rules by channel"),
    dm: directFields(),
    allowBots: anything("Listen to other bots"),
    reactionAllowlist: ids("Senders whose reactions the agent is told of"),
    thread: group({
      historyScope: choice(["thread", "channel"], "Which earlier messages a thread is shown"),
      inheritParent: flag("Begin a thread with the history of its channel"),
      initialHistoryLimit: whole("Earlier messages a new thread is shown"),
    }, "Threads"),
    nativeStreaming: flag("Use Slack's own way to show an answer while it is made"),
    typingReaction: text("Reaction that stands for typing"),
    slashCommand: slashCommand(),
    commands: open("Which commands are registered"),
  };
}

function ircFields() {
  return {
    host: text("Name of the server; IRC_HOST when absent"),
    port: whole("Port of the server", { min: 1, max: 65535 }),
    tls: flag("Connect by TLS", { danger: "Without it, passwords and messages can be read" }),
    nick: text("Nickname"),
    username: text("User name"),
    realname: text("Real name"),
    password: secret("Password of the server"),
    passwordFile: text("File that holds the password"),
    nickserv: loose({
      enabled: flag("Identify with NickServ"),
      service: text("Name of the service"),
      password: secret("Password of the nickname"),
      passwordFile: text("File that holds it"),
      register: flag("Register the nickname"),
      registerEmail: text("Address for the registration"),
    }, "Ownership of the nickname"),
    channels: describe(
      z.optional(z.array(z.string())),
      "Channels to join, such as #openclaw",
    ),
  };
}
