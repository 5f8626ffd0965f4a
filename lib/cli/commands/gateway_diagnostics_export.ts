/**
 * `openclaw gateway diagnostics export`: one file for a bug report.
 *
 * @module
 */
import { formatBytes } from "../../base/mod.ts";
import { collectParts } from "../diagnostics/parts.ts";
import { PRIVACY, writeExport } from "../diagnostics/export.ts";
import { asServed, readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_LOG_LINES = 5000;
const DEFAULT_LOG_BYTES = 1_000_000;

/** Writes the archive and says where it is; a gateway that is down is one of its findings. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out } = context;
  const state = await asServed(context, await readConfigState(context, "ignore"));
  const limits = {
    lines: options.number("log-lines") ?? DEFAULT_LOG_LINES,
    bytes: options.number("log-bytes") ?? DEFAULT_LOG_BYTES,
  };
  const parts = await collectParts(context, state, limits, !options.flag("no-stability-bundle"));
  const result = await writeExport(context, parts, options.text("output"));
  if (options.flag("json")) {
    out.json({ ok: true, ...result, privacy: PRIVACY });
    return 0;
  }
  out.line(out.paint("Diagnostics export", "strong"));
  out.line(`Path: ${result.path}`);
  out.line(`Size: ${formatBytes(result.bytes)}`);
  out.line(`Files: ${result.files.length}`);
  out.line(`Privacy: ${PRIVACY}`);
  return 0;
}
