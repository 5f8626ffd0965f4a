/**
 * One change of the config file, checked before it is written.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { readConfigState } from "./config_state.ts";
import type { CommandContext } from "../table.ts";

/** What a change did. */
export interface ConfigChange {
  readonly path: string;
  readonly isChanged: boolean;
  readonly isDryRun: boolean;
}

/**
 * Edits the text of the config file and writes it, unless `--dry-run` says not to.
 *
 * @param edit Makes the new text from the old one, which is empty when there is no file.
 * @param force Writes even where much of the file would go; the flag `--force` unless given.
 * @throws {AppError} The refusals of the editor and the writer.
 */
export async function changeConfig(
  context: CommandContext,
  edit: (raw: string) => Promise<string>,
  { force = context.options.flag("force") }: { force?: boolean } = {},
): Promise<ConfigChange> {
  const { paths, snapshot } = await readConfigState(context, "ignore");
  const [broken] = snapshot.issues.filter(({ path }) => path === "");
  if (broken !== undefined && snapshot.raw === "") {
    throw new AppError("CONFIG_UNREADABLE", broken.message, {
      hint: "openclaw config validate",
    });
  }
  const raw = await edit(snapshot.raw);
  const isDryRun = context.options.flag("dry-run");
  const done = { path: snapshot.path, isChanged: raw !== snapshot.raw, isDryRun };
  if (!done.isChanged) return done;
  if (isDryRun) {
    await checkText(context, raw);
    return done;
  }
  const { writeConfig } = await import("../../config/mod.ts");
  const { hash } = await writeConfig({
    paths,
    env: context.env,
    clock: context.clock,
    baseHash: snapshot.exists ? snapshot.hash : undefined,
    raw,
    force,
  });
  if (snapshot.exists) {
    const [before, after] = [snapshot.hash.slice(0, 12), hash.slice(0, 12)];
    context.out.note(`Config overwrite: ${snapshot.path} (sha256 ${before} -> ${after})`);
  }
  return done;
}

async function checkText(context: CommandContext, raw: string): Promise<void> {
  const { evaluateConfig, resolvePaths } = await import("../../config/mod.ts");
  const paths = resolvePaths(context.env);
  const { valid, issues } = await evaluateConfig({ env: context.env, paths, raw });
  if (valid) return;
  const text = issues.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new AppError("CONFIG_INVALID", `Config validation failed: ${text}`, {
    hint: "openclaw config validate",
    details: { issues },
  });
}

/** Says what a change did. */
export function reportChange(
  { options, out }: CommandContext,
  verb: "Updated" | "Removed",
  configPath: string,
  change: ConfigChange,
): void {
  if (options.flag("json")) {
    const { path, isChanged, isDryRun } = change;
    out.json({ ok: true, path: configPath, file: path, changed: isChanged, dryRun: isDryRun });
  } else if (!change.isChanged) {
    out.line(`No change: ${configPath} is like that already.`);
  } else if (change.isDryRun) {
    out.line(`Dry run: ${configPath} would be ${verb.toLowerCase()}, nothing was written.`);
  } else {
    out.line(`${verb} ${configPath}. Restart the gateway to apply.`);
  }
}
