/**
 * The names of tools: other spellings, groups, profiles. Tables only.
 *
 * They have tools this build does not hold yet, so that a policy says the same now and later.
 *
 * @module
 */

/** Other names of a tool. */
const ALIASES: Readonly<Record<string, string>> = {
  "bash": "exec",
  "apply-patch": "apply_patch",
};

const FS = ["read", "write", "edit", "apply_patch"];
const RUNTIME = ["exec", "process", "code_execution"];
const WEB = ["web_search", "web_fetch", "x_search"];
const MEMORY = ["memory_search", "memory_get"];
const SESSIONS = [
  "sessions_list",
  "sessions_history",
  "sessions_send",
  "sessions_spawn",
  "sessions_yield",
  "subagents",
  "session_status",
];
const UI = ["browser", "canvas"];
const MESSAGING = ["message"];
const NODES = ["nodes"];
const AUTOMATION = ["cron", "gateway", "heartbeat_respond"];
const AGENTS = ["agents_list", "update_plan"];
const MEDIA = ["image", "image_generate", "music_generate", "video_generate", "tts"];

/** Members by group, as a policy writes it. */
export const TOOL_GROUPS: Readonly<Record<string, readonly string[]>> = {
  "group:fs": FS,
  "group:runtime": RUNTIME,
  "group:web": WEB,
  "group:memory": MEMORY,
  "group:sessions": SESSIONS,
  "group:ui": UI,
  "group:messaging": MESSAGING,
  "group:nodes": NODES,
  "group:automation": AUTOMATION,
  "group:agents": AGENTS,
  "group:media": MEDIA,
  "group:openclaw": [
    ...["code_execution", ...WEB, ...MEMORY, ...SESSIONS, "browser", ...MESSAGING, ...NODES],
    ...[...AUTOMATION, ...AGENTS, ...MEDIA],
  ],
};

/** Ids of the profiles, from the smallest to the largest. */
export const TOOL_PROFILES = ["minimal", "coding", "messaging", "full"] as const;

/** Id of a profile. */
export type ToolProfile = typeof TOOL_PROFILES[number];

/** What each profile leaves; `full` leaves everything. */
const PROFILE_MEMBERS: Readonly<Record<Exclude<ToolProfile, "full">, readonly string[]>> = {
  minimal: ["session_status"],
  coding: [
    ...["group:fs", "group:runtime", "group:web", "group:memory", "group:sessions"],
    ...["cron", "update_plan", "image", "image_generate", "music_generate", "video_generate"],
  ],
  messaging: ["sessions_list", "sessions_history", "sessions_send", "session_status", "message"],
};

/** What a profile leaves; nothing is said by `full` and by profiles that do not exist. */
export function profileMembers(profile: string | undefined): readonly string[] | undefined {
  return profile !== undefined && Object.hasOwn(PROFILE_MEMBERS, profile)
    ? PROFILE_MEMBERS[profile as keyof typeof PROFILE_MEMBERS]
    : undefined;
}

/** The one spelling of a tool's name. */
export function canonicalToolName(name: string): string {
  const lower = name.trim().toLowerCase();
  return Object.hasOwn(ALIASES, lower) ? ALIASES[lower]! : lower;
}

/** Names and patterns of a policy, groups replaced by their members. */
export function expandGroups(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const canonical = canonicalToolName(name);
    return Object.hasOwn(TOOL_GROUPS, canonical) ? TOOL_GROUPS[canonical]! : [canonical];
  });
}
