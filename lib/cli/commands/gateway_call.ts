/**
 * `openclaw gateway call`: one method, its answer as JSON.
 *
 * @module
 */
import { AppError, isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { withExitCode } from "../errors.ts";
import type { CommandContext } from "../table.ts";
import { resolveTarget } from "../remote/target.ts";

const DEFAULT_TIMEOUT_MS = 10_000;

/** Calls the method and shows what came back. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const method = context.args[0]!;
  const params = parseParams(options.text("params") ?? "{}");
  const state = await readConfigState(context, "address");
  const target = await resolveTarget(context, state);
  const answer = await callGateway(context, target, { method, params }, {
    timeoutMs: options.number("timeout") ?? DEFAULT_TIMEOUT_MS,
    expectFinal: options.flag("expect-final"),
  }).catch((error) => {
    if (!(error instanceof AppError)) throw error;
    throw withExitCode(error, 1, `Gateway call failed: ${error.message}`);
  });
  if (!options.flag("json")) out.line(out.paint(`Gateway call: ${method}`, "strong"));
  out.json(answer ?? null);
  return 0;
}

function parseParams(text: string): JsonObject {
  const params = parseJsonOrUndefined(text);
  if (isObject(params)) return params;
  throw new AppError("USAGE", `Invalid --params: expected a JSON object, got "${text}"`, {
    hint: `openclaw gateway call health --params '{}'`,
  });
}
