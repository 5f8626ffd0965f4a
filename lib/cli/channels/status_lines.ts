/**
 * The answer of `channels.status` as lines for people.
 *
 * Reads it loosely: a gateway of another version may leave parts out or have more.
 *
 * @module
 */
import { formatDuration, isObject, type JsonObject, redactShapes } from "../../base/mod.ts";
import { channelLabel } from "./configured.ts";

/**
 * One line per account.
 *
 * @param now Milliseconds since the epoch.
 * @param only Leaves other channels out.
 */
export function accountLines(answer: unknown, now: number, only?: string): string[] {
  if (!isObject(answer) || !isObject(answer.channelAccounts)) return [];
  const order = Array.isArray(answer.channelOrder) ? answer.channelOrder.map(String) : [];
  const ids = [...new Set([...order, ...Object.keys(answer.channelAccounts)])]
    .filter((id) => only === undefined || id === only);
  return ids.flatMap((id) => {
    const accounts = (answer.channelAccounts as JsonObject)[id];
    if (!Array.isArray(accounts)) return [];
    const label = channelLabel(id, answer.channelLabels);
    return accounts.filter(isObject).map((account) => accountLine(label, account, now));
  });
}

function accountLine(label: string, account: JsonObject, now: number): string {
  const { accountId, name } = account;
  const who = typeof name === "string" && name !== ""
    ? `${String(accountId)} (${name})`
    : String(accountId);
  return `- ${label} ${who}: ${accountFacts(account, now).join(", ")}`;
}

function accountFacts(account: JsonObject, now: number): string[] {
  const { enabled, configured, linked, running, connected } = account;
  const word = (value: unknown, good: string, bad: string) =>
    typeof value === "boolean" ? [value ? good : bad] : [];
  const fact = (key: string, value: unknown) =>
    typeof value === "string" && value !== "" ? [`${key}:${value}`] : [];
  const ago = (key: string, value: unknown) =>
    typeof value === "number" ? [`${key}:${formatDuration(Math.max(0, now - value))} ago`] : [];
  const { allowFrom, lastError } = account;
  return [
    ...word(enabled, "enabled", "disabled"),
    ...word(configured, "configured", "not configured"),
    ...word(linked, "linked", "not linked"),
    ...word(running, "running", "stopped"),
    ...word(connected, "connected", "disconnected"),
    ...ago("in", account.lastInboundAt),
    ...ago("out", account.lastOutboundAt),
    ...fact("mode", account.mode),
    ...fact("bot", botOf(account)),
    ...fact("dm", account.dmPolicy),
    ...(Array.isArray(allowFrom) && allowFrom.length > 0 ? [`allow:${allowFrom.length}`] : []),
    ...fact("token", account.tokenSource),
    ...probeFact(account.probe),
    ...(typeof lastError === "string" && lastError !== ""
      ? [`error:${redactShapes(lastError)}`]
      : []),
  ];
}

function botOf({ bot, probe }: JsonObject): string | undefined {
  const known = isObject(probe) && isObject(probe.bot) ? probe.bot : bot;
  const name = isObject(known) ? known.username : undefined;
  return typeof name === "string" ? `@${name.replace(/^@/, "")}` : undefined;
}

function probeFact(probe: unknown): string[] {
  if (!isObject(probe) || typeof probe.ok !== "boolean") return [];
  return [probe.ok ? "works" : "probe failed"];
}

/** What the gateway says besides: its event loop when that is late, and its warnings. */
export function remarkLines(answer: unknown): string[] {
  if (!isObject(answer)) return [];
  const { eventLoop, warnings } = answer;
  const isLate = isObject(eventLoop) && eventLoop.degraded === true;
  const texts = Array.isArray(warnings) ? warnings.map(String) : [];
  return [
    ...(isLate
      ? [
        `Gateway event loop degraded: max=${Number(eventLoop.delayMaxMs)}ms ` +
        `p99=${Number(eventLoop.delayP99Ms)}ms`,
      ]
      : []),
    ...(texts.length > 0 ? ["Warnings:", ...texts.map((text) => `- ${redactShapes(text)}`)] : []),
  ];
}
