/**
 * Who may talk to agents in chats.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import { configStep } from "../repair/steps.ts";
import type { ConfigFacts, SecurityFinding } from "./types.ts";

/** A place in `channels` that has policies: a channel, or one of its accounts. */
interface Place {
  readonly channel: string;
  readonly path: string;
  readonly settings: JsonObject;
}

/** Paths of the policies that let strangers in. */
export function openPolicies({ config }: ConfigFacts): string[] {
  return placesOf(config).flatMap(({ path, settings }) => [
    ...(settings.dmPolicy === "open" ? [`${path}.dmPolicy`] : []),
    ...(settings.groupPolicy === "open" ? [`${path}.groupPolicy`] : []),
  ]);
}

/** Open policies, shared sessions, names in place of ids, plain connections. */
export function channelFindings({ config }: ConfigFacts): SecurityFinding[] {
  const scope = config.session?.dmScope ?? "main";
  return placesOf(config).flatMap((place) => [
    ...directFindings(place, scope),
    ...groupFindings(place),
    ...nameFindings(place),
    ...tlsFindings(place),
  ]);
}

function directFindings({ channel, path, settings }: Place, scope: string): SecurityFinding[] {
  const senders = Array.isArray(settings.allowFrom) ? settings.allowFrom.map(String) : [];
  const isOpen = settings.dmPolicy === "open";
  const findings: SecurityFinding[] = [];
  if (isOpen) {
    findings.push({
      checkId: `channels.${channel}.dm.open`,
      severity: "critical",
      title: `${shown(channel)} DMs are open`,
      detail: `${path}.dmPolicy="open" lets everyone in whom allowFrom does not keep out.`,
      remediation: `openclaw config set ${path}.dmPolicy pairing`,
    });
  }
  if (scope === "main" && (isOpen || senders.length > 1 || senders.includes("*"))) {
    findings.push({
      checkId: `channels.${channel}.dm.scope_main_multiuser`,
      severity: "warn",
      title: `${shown(channel)} DMs share the main session`,
      detail: "Several senders share one conversation, in which each sees what others wrote.",
      remediation: "openclaw config set session.dmScope per-channel-peer",
    });
  }
  return findings;
}

function groupFindings({ channel, path, settings }: Place): SecurityFinding[] {
  if (settings.groupPolicy !== "open") return [];
  const at = `${path}.groupPolicy`;
  return [{
    checkId: `channels.${channel}.groups.open`,
    severity: "critical",
    title: `${shown(channel)} groups are open`,
    detail: `${at}="open" answers in every group that the account is in, to everyone there.`,
    remediation: `openclaw config set ${at} allowlist`,
    repair: [configStep(`set ${at} to allowlist`, [[at, "allowlist"]])],
  }];
}

function nameFindings({ channel, path, settings }: Place): SecurityFinding[] {
  if (settings.dangerouslyAllowNameMatching !== true) return [];
  return [{
    checkId: `channels.${channel}.name_matching`,
    severity: "warn",
    title: `${shown(channel)} lists senders by name`,
    detail: `${path}.dangerouslyAllowNameMatching=true: whoever takes a listed name is let in.`,
    remediation: `openclaw config set ${path}.dangerouslyAllowNameMatching false`,
  }];
}

function tlsFindings({ channel, path, settings }: Place): SecurityFinding[] {
  if (channel !== "irc" || settings.tls !== false) return [];
  return [{
    checkId: "channels.irc.tls_disabled",
    severity: "warn",
    title: "IRC without TLS",
    detail: `${path}.tls=false: passwords and messages can be read on the way.`,
    remediation: `openclaw config set ${path}.tls true`,
  }];
}

function placesOf(config: ConfigFacts["config"]): Place[] {
  const places: Place[] = [];
  const channels: Record<string, unknown> = config.channels ?? {};
  for (const [channel, settings] of Object.entries(channels)) {
    if (channel === "modelByChannel" || !isObject(settings) || settings.enabled === false) continue;
    const path = `channels.${channel}`;
    places.push({ channel, path, settings });
    const accounts = isObject(settings.accounts) ? Object.entries(settings.accounts) : [];
    for (const [id, account] of accounts) {
      if (!isObject(account) || account.enabled === false) continue;
      places.push({ channel, path: `${path}.accounts.${id}`, settings: account });
    }
  }
  return places;
}

function shown(channel: string): string {
  return channel.charAt(0).toUpperCase() + channel.slice(1);
}
