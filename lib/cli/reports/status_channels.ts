/**
 * The channels in `openclaw status`.
 *
 * @module
 */
import { isObject, type JsonObject, redactShapes } from "../../base/mod.ts";
import { channelLabel, configuredAccounts } from "../channels/configured.ts";
import type { CommandContext } from "../table.ts";
import type { StatusFacts } from "./status_facts.ts";

/** A table of every account that runs or is configured. */
export function printChannelTable({ out }: CommandContext, { state, probe }: StatusFacts): void {
  const rows = channelRows(state, probe.answers["channels.status"]);
  out.heading("Channels");
  if (rows.length === 0) out.line("none configured");
  else out.table(["Channel", "Enabled", "State", "Detail"], rows);
}

function channelRows(state: StatusFacts["state"], answer: unknown): string[][] {
  const live = isObject(answer) && isObject(answer.channelAccounts) ? answer.channelAccounts : {};
  const labels = isObject(answer) ? answer.channelLabels : undefined;
  const known = configuredAccounts(state);
  const rows = known.map(({ channel, accountId, enabled }) => {
    const account = accountsOf(live, channel).find((one) => one.accountId === accountId);
    return row(channelLabel(channel, labels), accountId, enabled, account);
  });
  const others = Object.keys(live).flatMap((channel) =>
    accountsOf(live, channel)
      .filter(({ accountId }) =>
        !known.some((one) => one.channel === channel && one.accountId === accountId)
      )
      .map((one) =>
        row(channelLabel(channel, labels), String(one.accountId), one.enabled !== false, one)
      )
  );
  return [...rows, ...others];
}

function accountsOf(live: JsonObject, channel: string): JsonObject[] {
  const accounts = live[channel];
  return Array.isArray(accounts) ? accounts.filter(isObject) : [];
}

function row(
  label: string,
  accountId: string,
  enabled: boolean,
  account: JsonObject | undefined,
): string[] {
  const name = accountId === "default" ? label : `${label} ${accountId}`;
  return [name, enabled ? "ON" : "OFF", ...stateOf(enabled, account)];
}

/** `OK`, `SETUP` or `WARN`, and why. */
function stateOf(enabled: boolean, account: JsonObject | undefined): [string, string] {
  if (!enabled) return ["OFF", "disabled in the config"];
  if (account === undefined) return ["SETUP", "configured, not running"];
  if (account.configured === false) return ["SETUP", "not configured"];
  const { lastError, connected, running } = account;
  if (typeof lastError === "string" && lastError !== "") return ["WARN", redactShapes(lastError)];
  if (running === false) return ["WARN", "stopped"];
  return connected === false ? ["WARN", "disconnected"] : ["OK", "connected"];
}
