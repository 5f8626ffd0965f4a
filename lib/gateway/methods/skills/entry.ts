/**
 * The part of `skills.update` that changes a skill's entry in the configuration.
 *
 * @module
 */
import { AppError, isObject, type JsonObject } from "../../../base/mod.ts";
import { redactConfig } from "../../../config/mod.ts";
import type { SkillUpdateResult } from "../../../protocol/mod.ts";
import type { ConfigEditor } from "../config/mod.ts";

/** What to change; an empty text removes a key or a variable. */
export interface SkillEntryChange {
  readonly skillKey: string;
  readonly enabled?: boolean | undefined;
  readonly apiKey?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** Writes `skills.entries.<key>` and answers it without its secrets. */
export async function updateSkillEntry(
  editor: ConfigEditor,
  change: SkillEntryChange,
): Promise<SkillUpdateResult> {
  const { skillKey } = change;
  assertVariables(Object.keys(change.env ?? {}));
  let entry: JsonObject = {};
  await editor.change((parsed) => {
    const skills = isObject(parsed.skills) ? parsed.skills : {};
    const entries = isObject(skills.entries) ? skills.entries : {};
    const before = Object.hasOwn(entries, skillKey) ? entries[skillKey] : undefined;
    entry = changedEntry(isObject(before) ? before : {}, change);
    return { ...parsed, skills: { ...skills, entries: { ...entries, [skillKey]: entry } } };
  }, { by: "gateway", action: "skills.update" });
  const shown = redactConfig({ skills: { entries: { entry } } });
  const { entries } = shown.skills as { entries: { entry: JsonObject } };
  return { ok: true, skillKey, config: entries.entry };
}

function assertVariables(names: readonly string[]): void {
  const wrong = names.find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name.trim()));
  if (wrong === undefined) return;
  throw new AppError("INVALID_REQUEST", `invalid skills.update params: no variable "${wrong}"`, {
    hint: "A variable has letters, digits and underscores",
  });
}

function changedEntry(before: JsonObject, change: SkillEntryChange): JsonObject {
  const entry = { ...before };
  if (change.enabled !== undefined) entry.enabled = change.enabled;
  if (change.apiKey !== undefined) {
    const apiKey = change.apiKey.trim();
    if (apiKey === "") delete entry.apiKey;
    else entry.apiKey = apiKey;
  }
  if (change.env !== undefined) {
    const env = { ...isObject(before.env) ? before.env : {} };
    for (const [name, value] of Object.entries(change.env)) {
      if (value.trim() === "") delete env[name.trim()];
      else env[name.trim()] = value.trim();
    }
    if (Object.keys(env).length === 0) delete entry.env;
    else entry.env = env;
  }
  return entry;
}
