/**
 * `openclaw config validate`: every problem of the config file.
 *
 * @module
 */
import { issueLines, readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Shows the problems; exit code 1 when there are any. */
export async function run(context: CommandContext): Promise<number> {
  const { options, out, say } = context;
  const { snapshot } = await readConfigState(context, "ignore");
  const { path, valid, issues, warnings, missingVars } = snapshot;
  const exitCode = valid ? 0 : 1;
  if (options.flag("json")) {
    out.json({
      valid,
      path,
      ...(issues.length > 0 ? { issues } : {}),
      ...(warnings.length > 0 ? { warnings } : {}),
      ...(missingVars.length > 0 ? { missingVars } : {}),
    });
    return exitCode;
  }
  if (!snapshot.exists) {
    out.line(`No config file: ${path}`);
    out.line(`Create it: ${say("setup")}`);
    return exitCode;
  }
  if (valid) out.line(`${out.paint("Config valid", "good")}: ${path}`);
  else out.note(`${out.paint("OpenClaw config is invalid", "bad")}: ${path}`);
  for (const line of issueLines(issues)) out.note(line);
  for (const { path: place, message } of warnings) out.note(`  ! ${place}: ${message}`);
  return exitCode;
}
