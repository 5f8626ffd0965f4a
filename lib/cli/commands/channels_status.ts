/**
 * `openclaw channels status`: what the gateway says of its channels, or what the config names while
 * there is no gateway.
 *
 * @module
 */
import { AppError, errorMessage, redactShapes } from "../../base/mod.ts";
import { channelLabel, configuredAccounts } from "../channels/configured.ts";
import { accountLines, remarkLines } from "../channels/status_lines.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Shows the accounts; a gateway that is down is a finding, not a failure. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const state = await readConfigState(context, "warn");
  if (!options.flag("json")) out.line("Checking channel status…");
  let answer: unknown;
  try {
    answer = await askGateway(context, state);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    showConfigOnly(context, state, error);
    return 0;
  }
  if (options.flag("json")) out.json(answer);
  else showLive(context, answer);
  return 0;
}

async function askGateway(context: CommandContext, state: ConfigState): Promise<unknown> {
  const { options } = context;
  const target = await resolveTarget(context, state);
  const timeoutMs = options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  const channel = options.text("channel");
  const params = {
    probe: options.flag("probe"),
    timeoutMs,
    ...(channel === undefined ? {} : { channel }),
  };
  return await callGateway(context, target, { method: "channels.status", params }, { timeoutMs });
}

function showLive({ out, options, clock, say }: CommandContext, answer: unknown): void {
  out.line("Gateway reachable.");
  const lines = accountLines(answer, clock.now(), options.text("channel"));
  for (const line of lines) out.line(line);
  if (lines.length === 0) out.line(`- no channels run (configured ones: ${say("channels list")})`);
  for (const line of remarkLines(answer)) out.line(line);
}

function showConfigOnly(context: CommandContext, state: ConfigState, error: AppError): void {
  const { out, options, say } = context;
  const { snapshot } = state;
  const only = options.text("channel");
  const accounts = configuredAccounts(state)
    .filter(({ channel }) => only === undefined || channel === only);
  const mode = snapshot.config.gateway?.mode ?? "local";
  const message = redactShapes(errorMessage(error));
  if (options.flag("json")) {
    out.json({
      gatewayReachable: false,
      error: message,
      configOnly: true,
      config: { path: snapshot.path, mode },
      configuredChannels: [...new Set(accounts.map(({ channel }) => channel))],
    });
    return;
  }
  out.note(`Gateway not reachable: ${message}`);
  out.note(`Fix: ${say("gateway status")}`);
  out.line("Gateway not reachable; showing config-only status.");
  out.line(`Config: ${snapshot.path}`);
  out.line(`Mode: ${mode}`);
  for (const { channel, accountId, enabled } of accounts) {
    const word = enabled ? "enabled" : "disabled";
    out.line(`- ${channelLabel(channel)} ${accountId}: configured, ${word}`);
  }
}
