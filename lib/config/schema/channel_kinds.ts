/**
 * The fields of `channels` that only some services have.
 *
 * @module
 */
import * as z from "zod/mini";
import { DM_POLICIES, groupEntry, groupFields } from "./channel_fields.ts";
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
  whole,
} from "./field.ts";

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

/** The fields that only Telegram has. */
export function telegramFields() {
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

/** The fields that only Discord has. */
export function discordFields() {
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

/** The fields that only Slack has. */
export function slackFields() {
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

/** The fields that only IRC has. */
export function ircFields() {
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
