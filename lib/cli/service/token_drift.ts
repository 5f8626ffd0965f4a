/**
 * A token in a service's own definition, as earlier installations have left it, wins over the config's.
 *
 * @module
 */
import { errorMessage } from "../../base/mod.ts";
import type { ServiceDefinition } from "../../service/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

/** What is said before a restart that goes on with another token than the config's. */
export async function tokenDriftWarnings(
  context: CommandContext,
  state: ConfigState,
  { environment }: ServiceDefinition,
): Promise<string[]> {
  const embedded = environment.OPENCLAW_GATEWAY_TOKEN;
  const configured: unknown = state.snapshot.config.gateway?.auth?.token;
  if (!embedded || configured === undefined) return [];
  let token: string | undefined;
  if (typeof configured === "string") {
    token = configured;
  } else {
    const target = await resolveTarget(context, state, { lenient: true });
    token = target.token;
    if (token === undefined) {
      const why = target.warnings.map((warning) => errorMessage(warning)).join("; ");
      return [`Unable to verify gateway token drift: ${why || "the token cannot be looked up"}`];
    }
  }
  if (token === embedded) return [];
  return [
    "Config token differs from service token. The daemon will use the old token after restart.",
    `Run \`${context.say("gateway install --force")}\` to sync the token.`,
  ];
}
