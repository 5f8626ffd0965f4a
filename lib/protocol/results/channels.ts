/**
 * The shapes of results and event payloads about channels and what is sent through them, as types only.
 *
 * @module
 */
/** The result of `channels.status`. */
export interface ChannelsStatusResult {
  ts: number;
  channelOrder: string[];
  channelLabels: Record<string, string>;
  channelDetailLabels: Record<string, string>;
  channelSystemImages: Record<string, string>;
  channelMeta: { id: string; label: string; detailLabel: string; systemImage?: string }[];
  eventLoop?: Record<string, unknown>;
  channels: Record<string, unknown>;
  channelAccounts: Record<string, ChannelAccount[]>;
  channelDefaultAccountId: Record<string, string>;
  partial?: boolean;
  warnings?: string[];
}

/** One account of a channel; each channel adds fields of its own. */
export interface ChannelAccount {
  accountId: string;
  name?: string;
  enabled?: boolean;
  configured?: boolean;
  linked?: boolean;
  running?: boolean;
  connected?: boolean;
  reconnectAttempts?: number;
  lastConnectedAt?: number | null;
  lastError?: string | null;
  healthState?: string;
  lastStartAt?: number | null;
  lastStopAt?: number | null;
  lastInboundAt?: number | null;
  lastOutboundAt?: number | null;
  lastProbeAt?: number | null;
  mode?: string;
  dmPolicy?: string;
  allowFrom?: string[];
  probe?: unknown;
  [field: string]: unknown;
}

/** The result of `channels.start`. */
export interface ChannelStarted {
  channel: string;
  accountId: string;
  started: boolean;
}

/** The result of `channels.stop`. */
export interface ChannelStopped {
  channel: string;
  accountId: string;
  stopped: boolean;
}

/** The result of `channels.logout`. */
export interface ChannelLoggedOut {
  channel: string;
  accountId: string;
  cleared: boolean;
  loggedOut?: boolean;
}

/** The result of `send`. */
export interface SendResult {
  /** The idempotency key. */
  runId: string;
  messageId: string;
  channel: string;
  chatId?: string;
  channelId?: string;
  toJid?: string;
  conversationId?: string;
}

/** The result of `poll`. */
export interface PollResult extends SendResult {
  pollId?: string;
}

/** The result of `web.login.start` and `web.login.wait`. */
export interface WebLoginResult {
  qrDataUrl?: string;
  connected?: boolean;
  message: string;
}
