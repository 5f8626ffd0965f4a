/**
 * `openclaw channels list`: the channels that the config names.
 *
 * @module
 */
import {
  channelLabel,
  type ConfiguredAccount,
  configuredAccounts,
} from "../channels/configured.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Shows every account; asks no gateway. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const accounts = configuredAccounts(await readConfigState(context, "warn"));
  if (options.flag("json")) {
    out.json({ chat: byChannel(accounts) });
    return 0;
  }
  out.line("Chat channels:");
  for (const { channel, accountId, name, enabled } of accounts) {
    const who = name === undefined ? accountId : `${accountId} (${name})`;
    const word = enabled ? "enabled" : "disabled";
    out.line(`- ${channelLabel(channel)} ${who}: configured, ${word}`);
  }
  if (accounts.length === 0) out.line("- no configured chat channels");
  return 0;
}

function byChannel(accounts: readonly ConfiguredAccount[]): Record<string, string[]> {
  const chat: Record<string, string[]> = {};
  for (const { channel, accountId } of accounts) (chat[channel] ??= []).push(accountId);
  return chat;
}
