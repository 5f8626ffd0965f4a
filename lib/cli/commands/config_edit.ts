/**
 * `openclaw config edit`: the config file in the user's editor, checked before it counts.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError } from "../../base/mod.ts";
import { historyFolder } from "../../config/mod.ts";
import { changeConfig } from "../remote/config_change.ts";
import { reportChange } from "../remote/config_report.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Opens a copy; it replaces the file once it is saved and valid, and is kept when it is not. */
export async function run(context: CommandContext): Promise<number> {
  const { paths, snapshot } = await readConfigState(context, "ignore");
  const { ensureDir, readTextFileIfExists, writeFileAtomic } = await import(
    "../../platform/mod.ts"
  );
  const folder = historyFolder(paths.stateDir);
  await ensureDir(folder);
  const given = snapshot.exists ? snapshot.raw : "{\n}\n";
  const copy = await freeCopy(join(folder, `edit-${snapshot.hash.slice(0, 12)}`), given);
  await writeFileAtomic(copy, given, { mode: 0o600 });
  await openEditor(context, copy);
  const edited = await readTextFileIfExists(copy) ?? given;
  const text = edited === given ? snapshot.raw : edited;
  try {
    const change = await changeConfig(context, () => Promise.resolve(text), {
      baseHash: snapshot.hash,
    });
    await Deno.remove(copy);
    reportChange(context, "Updated", "the configuration", change);
    return 0;
  } catch (error) {
    context.out.note(`Your text is kept in ${copy}`);
    context.out.note(`Write it once it is right: ${context.say(`config apply --file ${copy}`)}`);
    throw error;
  }
}

/** A name for the copy; a text that was kept because it could not be used is not written over. */
async function freeCopy(base: string, given: string): Promise<string> {
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  for (let number = 1;; number++) {
    const file = `${base}${number === 1 ? "" : `-${number}`}.json5`;
    const kept = await readTextFileIfExists(file);
    if (kept === undefined || kept === given) return file;
  }
}

async function openEditor({ env, host, say }: CommandContext, file: string): Promise<void> {
  const editor = (env.get("VISUAL") || env.get("EDITOR") || "").trim();
  const [command, ...args] = editor.split(/\s+/);
  if (!command) {
    throw new AppError("USAGE", "Cannot open an editor: neither VISUAL nor EDITOR is set", {
      hint: `EDITOR=nano ${say("config edit")}`,
    });
  }
  const code = await host.runInteractive(command, [...args, file]);
  if (code === 0) return;
  throw new AppError("COMMAND_FAILED", `Cannot use the text: "${command}" ended with ${code}`, {
    hint: `Write it anyway: ${say(`config apply --file ${file}`)}`,
  });
}
