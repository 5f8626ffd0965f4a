/**
 * The channels that a config names.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";

/** One account of a configured channel. */
export interface ConfiguredAccount {
  readonly channel: string;
  readonly accountId: string;
  readonly name?: string;
  readonly enabled: boolean;
}

/** Settings of all channels, which are no channels themselves. */
const NO_CHANNELS: ReadonlySet<string> = new Set(["defaults", "modelByChannel"]);
const DEFAULT_ACCOUNT = "default";

/** Every account of every channel, in the order of the config. */
export function configuredAccounts({ snapshot }: ConfigState): ConfiguredAccount[] {
  const channels: unknown = snapshot.config.channels;
  if (!isObject(channels)) return [];
  return Object.entries(channels).flatMap(([channel, settings]): ConfiguredAccount[] => {
    if (NO_CHANNELS.has(channel) || !isObject(settings)) return [];
    const isOn = settings.enabled !== false;
    const accounts = isObject(settings.accounts) ? Object.entries(settings.accounts) : [];
    if (accounts.length === 0) {
      return [{ channel, accountId: DEFAULT_ACCOUNT, ...nameOf(settings), enabled: isOn }];
    }
    return accounts.map(([accountId, account]) => ({
      channel,
      accountId,
      ...nameOf(account),
      enabled: isOn && !(isObject(account) && account.enabled === false),
    }));
  });
}

function nameOf(settings: unknown): { name?: string } {
  return isObject(settings) && typeof settings.name === "string" ? { name: settings.name } : {};
}

/** A channel's id as people call it. */
export function channelLabel(id: string, labels: unknown = {}): string {
  const label = isObject(labels) ? labels[id] : undefined;
  if (typeof label === "string" && label !== "") return label;
  return KNOWN_LABELS[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}

const KNOWN_LABELS: Readonly<Record<string, string>> = {
  irc: "IRC",
  imessage: "iMessage",
  msteams: "Microsoft Teams",
  googlechat: "Google Chat",
  whatsapp: "WhatsApp",
  qqbot: "QQ Bot",
};
