/**
 * Commands as the user has to type them: with the profile that is active now.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";
import type { RootFlags } from "./table.ts";

const COMMAND_IN_TEXT = /(^|[\s"'`(])openclaw (?=[a-z])/g;

/** The flag that selects the active profile, with a space behind it, or nothing. */
export function profileFlag(root: RootFlags, env: Env): string {
  if (root.isDev) return "--dev ";
  const profile = root.profile ?? env.get("OPENCLAW_PROFILE");
  if (profile === undefined || profile === "" || profile.toLowerCase() === "default") return "";
  return `--profile ${profile} `;
}

/** Puts the profile flag into each `openclaw <command>` of a text. */
export function withProfile(text: string, flag: string): string {
  return text.replace(COMMAND_IN_TEXT, (_match, before: string) => `${before}openclaw ${flag}`);
}
