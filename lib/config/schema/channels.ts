/**
 * The `channels` section: which services there are.
 *
 * @module
 */
import * as z from "zod/mini";
import { commonFields, GROUP_POLICIES, heartbeatFields, VISIBILITIES } from "./channel_fields.ts";
import { discordFields, ircFields, slackFields, telegramFields } from "./channel_kinds.ts";
import { choice, group, loose, mapOf, text } from "./field.ts";

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
