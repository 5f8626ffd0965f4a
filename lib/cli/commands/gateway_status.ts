/**
 * `openclaw gateway status`: config, port and reachability, whatever state they are in.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { asServed, readConfigState } from "../remote/config_state.ts";
import { collectGatewayFacts } from "../reports/gateway_facts.ts";
import { printGatewayFacts } from "../reports/gateway_facts_view.ts";
import { inServiceScope } from "../service/system_scope.ts";
import type { CommandContext } from "../table.ts";

/** Collects and shows; exit code 1 only when `--require-rpc` is not met. */
export async function run(given: CommandContext): Promise<number> {
  const context = inServiceScope(given);
  const { options, out } = context;
  const isRpcRequired = options.flag("require-rpc");
  if (isRpcRequired && options.flag("no-probe")) {
    throw new AppError(
      "USAGE",
      "Gateway status failed: --require-rpc needs probing enabled, remove --no-probe",
      { hint: "openclaw gateway status --require-rpc", details: { exitCode: 1 } },
    );
  }
  const state = await asServed(context, await readConfigState(context, "ignore"));
  const facts = await collectGatewayFacts(context, state);
  if (options.flag("json")) out.json(facts.json);
  else printGatewayFacts(context, facts);
  return isRpcRequired && facts.json.rpc?.ok !== true ? 1 : 0;
}
