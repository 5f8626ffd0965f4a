/**
 * `openclaw configure`, and `openclaw config` alone: the setup as questions at the terminal.
 *
 * @module
 */
import { VERSION } from "../../base/mod.ts";
import { TerminalPrompter } from "../guided/terminal_prompter.ts";
import { changeConfig } from "../remote/config_change.ts";
import { readConfigState } from "../remote/config_state.ts";
import { shownPath } from "../reports/shown_path.ts";
import type { CommandContext } from "../table.ts";

/** The wire format that this build speaks to providers. */
const CALLABLE_API = "openai-completions";

/** Asks, shows what was chosen, and writes it when that is wanted. */
export async function run(context: CommandContext): Promise<number> {
  const { host, out, say, spec } = context;
  const prompter = new TerminalPrompter(host, out);
  const { paths, snapshot } = await readConfigState(context, "stop");
  const [config, { KNOWN_PROVIDERS }, { applySetup, askSetup }] = await Promise.all([
    import("../../config/mod.ts"),
    import("../../models/mod.ts"),
    import("../../wizard/mod.ts"),
  ]);
  const { agents, defaultId } = config.resolveAgents(snapshot.config, paths);
  const choices = await askSetup(prompter, {
    parsed: snapshot.parsed,
    env: snapshot.env,
    providers: KNOWN_PROVIDERS.filter(({ api }) => api === CALLABLE_API),
    workspace: agents.find(({ id }) => id === defaultId)?.workspace ?? paths.workspaceDir,
  });
  if (choices === undefined) {
    out.line("Nothing was changed.");
    return 0;
  }
  const ran = {
    at: new Date(context.clock.now()).toISOString(),
    version: VERSION,
    command: spec.path.join(" "),
  };
  await changeConfig(context, async (raw, now) => {
    if (raw === "") return JSON.stringify(applySetup({}, choices, ran), null, 2) + "\n";
    return await config.replacedText(raw, applySetup(now.parsed, choices, ran), now);
  });
  out.line(`Wrote ${shownPath(paths.configPath, paths.home)}`);
  out.line(`Next: ${say("gateway install")}, or in the foreground: ${say("gateway run")}`);
  return 0;
}
