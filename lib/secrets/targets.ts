/**
 * The fields that can hold a pointer instead of a secret, and what plans call them.
 *
 * @module
 */

/** A kind of field. */
export interface TargetKind {
  /** The path with `*` for names and positions. */
  readonly pattern: string;
  /** Whether it is in the credentials of an agent rather than in the configuration. */
  readonly isProfile: boolean;
}

const CHANNEL_FIELDS: Readonly<Record<string, readonly string[]>> = {
  discord: ["token"],
  feishu: ["appSecret", "encryptKey", "verificationToken"],
  googlechat: ["serviceAccount"],
  irc: ["password", "nickserv.password"],
  line: ["channelAccessToken", "channelSecret"],
  matrix: ["accessToken", "password"],
  mattermost: ["botToken"],
  msteams: ["appPassword"],
  "nextcloud-talk": ["apiPassword", "botSecret"],
  nostr: ["privateKey"],
  slack: ["appToken", "botToken", "signingSecret", "userToken"],
  telegram: ["botToken", "webhookSecret"],
  twitch: ["accessToken"],
  zalo: ["botToken", "webhookSecret"],
};

const CONFIG_PATTERNS: readonly string[] = [
  "agents.defaults.memorySearch.remote.apiKey",
  "agents.list.*.memorySearch.remote.apiKey",
  "cron.webhookToken",
  "gateway.auth.password",
  "gateway.auth.token",
  "gateway.remote.password",
  "gateway.remote.token",
  "messages.tts.providers.*.apiKey",
  "models.providers.*.apiKey",
  "models.providers.*.headers.*",
  "models.providers.*.models.*.headers.*",
  "models.providers.*.request.auth.token",
  "models.providers.*.request.auth.value",
  "models.providers.*.request.headers.*",
  "plugins.entries.*.config.webSearch.apiKey",
  "skills.entries.*.apiKey",
  "talk.apiKey",
  "talk.providers.*.apiKey",
  "tools.web.fetch.firecrawl.apiKey",
  "tools.web.search.apiKey",
  ...Object.entries(CHANNEL_FIELDS).flatMap(([channel, fields]) =>
    fields.flatMap((field) => [
      `channels.${channel}.${field}`,
      `channels.${channel}.accounts.*.${field}`,
    ])
  ),
];

/** The kind of a plan's `type`, which are several where accounts have the field as well. */
export function kindsOfType(type: string): TargetKind[] {
  if (type === "auth-profiles.api_key.key") return [{ pattern: "profiles.*.key", isProfile: true }];
  if (type === "auth-profiles.token.token") {
    return [{ pattern: "profiles.*.token", isProfile: true }];
  }
  return CONFIG_PATTERNS
    .filter((pattern) =>
      type === pattern || type === withoutNames(pattern) ||
      type === withoutNames(pattern).replace(".accounts.", ".")
    )
    .map((pattern) => ({ pattern, isProfile: false }));
}

/** The `type` of a field of the configuration, or `undefined` where it holds no pointers. */
export function typeOfPath(segments: readonly string[]): string | undefined {
  const pattern = CONFIG_PATTERNS.find((each) => matchesPattern(segments, each));
  return pattern === undefined ? undefined : withoutNames(pattern);
}

/** Whether a path has the form of a pattern. */
export function matchesPattern(segments: readonly string[], pattern: string): boolean {
  const parts = pattern.split(".");
  return parts.length === segments.length &&
    parts.every((part, index) => part === "*" || part === segments[index]);
}

function withoutNames(pattern: string): string {
  return pattern.replaceAll(".*", "");
}
