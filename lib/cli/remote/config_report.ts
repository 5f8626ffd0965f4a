/**
 * What a change of the config file did, in words for people and as JSON for programs.
 *
 * @module
 */
import type { ChangeEffect } from "../../config/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ConfigChange, ReloadMode } from "./config_change.ts";

/**
 * Says what a change did, and what has to happen for it to be in force.
 *
 * @param what What was changed: a path, or words for several.
 */
export function reportChange(
  { options, out }: CommandContext,
  verb: "Updated" | "Removed" | "Restored",
  what: string,
  { path, hash, isChanged, isDryRun, changedPaths, effect, mode, warnings }: ConfigChange,
): void {
  if (options.flag("json")) {
    const { reload, channels, restartPaths } = effect;
    out.json({
      ok: true,
      path: what,
      file: path,
      hash,
      changed: isChanged,
      dryRun: isDryRun,
      changedPaths,
      reload,
      channels,
      restartPaths,
      warnings,
    });
    return;
  }
  if (!isChanged) {
    out.line(`No change: ${what} is like that already.`);
  } else if (isDryRun) {
    out.line(`Dry run: ${what} would be ${verb.toLowerCase()}, nothing was written.`);
    out.line(effectText(effect, changedPaths, mode));
  } else {
    out.line(`${verb} ${what}. ${effectText(effect, changedPaths, mode)}`);
  }
  for (const { path: place, message } of warnings) out.note(`  ! ${place}: ${message}`);
}

function effectText(
  { reload, channels, restartPaths }: ChangeEffect,
  changedPaths: readonly string[],
  mode: ReloadMode,
): string {
  if (changedPaths.length === 0) return "Only comments or formatting differ.";
  if (mode === "off") return "Restart the gateway to apply.";
  if (mode === "restart") return RESTARTS_ITSELF;
  if (reload === "live") return "Live: a running gateway takes it up without a restart.";
  if (reload === "channel") {
    if (channels.length === 0) return "It restarts the channels; the gateway goes on.";
    const names = channels.join(", ");
    return `It restarts the channel${
      channels.length > 1 ? "s" : ""
    } ${names}; the gateway goes on.`;
  }
  if (mode === "hybrid") return RESTARTS_ITSELF;
  const isPart = restartPaths.length < changedPaths.length;
  const which = isPart ? ` for ${restartPaths.join(", ")}` : "";
  return `Restart the gateway to apply${which}.`;
}

const RESTARTS_ITSELF = "A running gateway restarts itself, after what is under way.";
