/**
 * `openclaw gateway stability`: the last events of the running gateway, or of one that ended badly.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import { withExitCode } from "../errors.ts";
import { readConfigState } from "../remote/config_state.ts";
import { callGateway } from "../remote/connection.ts";
import { resolveTarget } from "../remote/target.ts";
import { readBundle } from "../stability/bundles.ts";
import { printBundle, printStability } from "../stability/view.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_LIMIT = 25;
const DEFAULT_TIMEOUT_MS = 10_000;

/** Shows events; with `--export` writes a diagnostics export instead. */
export async function run(context: CommandContext): Promise<number> {
  const { options } = context;
  if (options.flag("export")) {
    const { run: exportDiagnostics } = await import("./gateway_diagnostics_export.ts");
    return await exportDiagnostics(context);
  }
  const which = options.text("bundle");
  return which === undefined ? await showLive(context) : await showBundle(context, which);
}

async function showLive(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const state = await readConfigState(context, "address");
  const target = await resolveTarget(context, state);
  const type = options.text("type");
  const sinceSeq = options.number("since-seq");
  const params = {
    limit: options.number("limit") ?? DEFAULT_LIMIT,
    ...(type === undefined ? {} : { type }),
    ...(sinceSeq === undefined ? {} : { sinceSeq }),
  };
  const call = { method: "diagnostics.stability", params };
  const timeoutMs = options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  const report = await callGateway(context, target, call, { timeoutMs }).catch((error) => {
    if (!(error instanceof AppError)) throw error;
    throw withExitCode(error, 1, `Gateway stability failed: ${error.message}`);
  });
  if (options.flag("json")) {
    out.json(report);
    return 0;
  }
  out.line(out.paint("Gateway Stability", "strong"));
  printStability(out, isObject(report) ? report : {});
  return 0;
}

async function showBundle(context: CommandContext, which: string): Promise<number> {
  const { options, out, say } = context;
  const { paths } = await readConfigState(context, "ignore");
  const stored = await readBundle(paths.stateDir, which);
  if (stored === undefined) {
    throw new AppError("NOT_FOUND", "No gateway of this state has left a stability bundle", {
      hint: say("gateway stability"),
      details: { exitCode: 1 },
    });
  }
  if (options.flag("json")) {
    out.json(stored.bundle);
    return 0;
  }
  out.line(out.paint("Gateway Stability", "strong"));
  printBundle(out, stored, options.number("limit") ?? DEFAULT_LIMIT);
  return 0;
}
