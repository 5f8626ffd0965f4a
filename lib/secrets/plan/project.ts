/**
 * What a plan makes of the files, worked out before any of them is touched.
 *
 * @module
 */
import { join } from "@std/path";
import { isObject, type JsonObject } from "../../base/mod.ts";
import {
  type ConfigPaths,
  type ConfigSnapshot,
  findSecretReferences,
  lookup,
  setConfigValue,
  unsetConfigValue,
} from "../../config/mod.ts";
import { readTextFileIfExists } from "../../platform/mod.ts";
import { readEnvLines, withoutLines } from "../env_file.ts";
import { type AgentFile, agentFilePath, readAgentFiles } from "../profiles.ts";
import { resolveRef } from "../reference.ts";
import type { PlanTarget, SecretsPlan } from "./parse.ts";

/** A file with its new text. */
export interface FileChange {
  readonly path: string;
  readonly text: string;
}

/** The files that a plan changes. */
export interface Projection {
  /** The text of the configuration file. */
  readonly configText: string;
  /** All others that change. */
  readonly files: readonly FileChange[];
  /** The secrets that were written out at the targets. */
  readonly migrated: ReadonlySet<string>;
}

/** Works out the new texts. */
export async function projectPlan(
  plan: SecretsPlan,
  snapshot: ConfigSnapshot,
  paths: ConfigPaths,
): Promise<Projection> {
  const migrated = new Set<string>();
  const configText = await projectConfig(plan, snapshot, migrated);
  const profiles = await projectProfiles(plan, paths, migrated);
  const legacy = plan.options.scrubLegacyAuthJson ? await projectLegacy(paths) : [];
  const env = plan.options.scrubEnv ? await projectEnv(plan, snapshot, paths, migrated) : [];
  return { configText, files: [...profiles, ...legacy, ...env], migrated };
}

async function projectConfig(
  plan: SecretsPlan,
  { raw, parsed }: ConfigSnapshot,
  migrated: Set<string>,
): Promise<string> {
  let text = raw;
  for (const [name, settings] of Object.entries(plan.providerUpserts)) {
    text = await setConfigValue(text, ["secrets", "providers", name], settings);
  }
  for (const name of plan.providerDeletes) {
    const path = ["secrets", "providers", name];
    if (lookup(parsed, path).found) text = await unsetConfigValue(text, path);
  }
  for (const { segments, ref, agentId } of plan.targets) {
    if (agentId !== undefined) continue;
    const path = pathIn(parsed, segments);
    const before = lookup(parsed, path).value;
    noteMigrated(before, migrated);
    text = await setConfigValue(text, path, ref);
  }
  return text;
}

/** Digits are positions where there is a list. */
function pathIn(parsed: JsonObject, segments: readonly string[]): (string | number)[] {
  return segments.map((part, index) => {
    const holder = lookup(parsed, segments.slice(0, index)).value;
    return Array.isArray(holder) && /^\d+$/.test(part) ? Number(part) : part;
  });
}

function noteMigrated(value: unknown, migrated: Set<string>): void {
  if (typeof value === "string" && value.trim() !== "" && resolveRef(value, {}) === undefined) {
    migrated.add(value.trim());
  }
}

async function projectProfiles(
  { targets, options }: SecretsPlan,
  paths: ConfigPaths,
  migrated: Set<string>,
): Promise<FileChange[]> {
  const files = new Map<string, AgentFile>();
  for (const file of await readAgentFiles(paths.stateDir, "auth-profiles.json")) {
    files.set(file.agentId, file);
  }
  const before = new Map([...files].map(([id, { content }]) => [id, JSON.stringify(content)]));
  for (const target of targets) {
    if (target.agentId === undefined) continue;
    const { agentId } = target;
    const path = agentFilePath(paths.stateDir, agentId, "auth-profiles.json");
    const file = files.get(agentId) ?? { agentId, path, content: { version: 1, profiles: {} } };
    files.set(agentId, { ...file, content: withPointer(file.content, target, migrated) });
  }
  if (options.scrubAuthProfilesForProviderTargets) {
    const providers = new Set(
      targets.flatMap(({ type, segments }) =>
        type.startsWith("models.providers.") && segments.at(-1) === "apiKey" ? [segments[2]!] : []
      ),
    );
    for (const [id, file] of files) {
      files.set(id, { ...file, content: withoutKeys(file.content, providers, migrated) });
    }
  }
  return [...files].flatMap(([id, { path, content }]) =>
    JSON.stringify(content) === before.get(id)
      ? []
      : [{ path, text: `${JSON.stringify(content, null, 2)}\n` }]
  );
}

/** A file of profiles with a pointer beside, and no secret in, one of them. */
function withPointer(
  content: JsonObject,
  { segments, ref, authProfileProvider, type }: PlanTarget,
  migrated: Set<string>,
): JsonObject {
  const [, id, field] = segments as [string, string, string];
  const profiles = isObject(content.profiles) ? content.profiles : {};
  const profile = isObject(profiles[id]) ? profiles[id] : {
    type: type === "auth-profiles.token.token" ? "token" : "api_key",
    provider: authProfileProvider ?? id.split(":")[0],
  };
  const { [field]: secret, ...rest } = profile as JsonObject;
  noteMigrated(secret, migrated);
  return { ...content, profiles: { ...profiles, [id]: { ...rest, [`${field}Ref`]: ref } } };
}

/** A file of profiles without the written-out secrets of some providers. */
function withoutKeys(
  content: JsonObject,
  providers: ReadonlySet<string>,
  migrated: Set<string>,
): JsonObject {
  if (!isObject(content.profiles)) return content;
  const entries = Object.entries(content.profiles).map(([id, profile]) => {
    const isStatic = isObject(profile) && (profile.type === "api_key" || profile.type === "token");
    if (!isStatic || !providers.has(String(profile.provider))) return [id, profile] as const;
    const { key, token, ...rest } = profile;
    noteMigrated(key, migrated);
    noteMigrated(token, migrated);
    return [id, rest] as const;
  });
  return { ...content, profiles: Object.fromEntries(entries) };
}

/** The older files of keys, without the keys. */
async function projectLegacy({ stateDir }: ConfigPaths): Promise<FileChange[]> {
  const files = await readAgentFiles(stateDir, "auth.json");
  return files.flatMap(({ path, content }) => {
    const kept = Object.entries(content)
      .filter(([, entry]) => !(isObject(entry) && entry.type === "api_key"));
    if (kept.length === Object.keys(content).length) return [];
    return [{ path, text: `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n` }];
  });
}

/** The `.env` file without what was moved, unless a pointer leads there. */
async function projectEnv(
  { targets }: SecretsPlan,
  { parsed }: ConfigSnapshot,
  { stateDir }: ConfigPaths,
  migrated: ReadonlySet<string>,
): Promise<FileChange[]> {
  const path = join(stateDir, ".env");
  const text = await readTextFileIfExists(path);
  if (text === undefined) return [];
  const inputs = [
    ...targets.map(({ ref }) => ref),
    ...findSecretReferences(parsed).map((found) => found.input),
  ];
  const needed = new Set(inputs.map((input) => resolveRef(input, {})?.id));
  const lines = readEnvLines(text)
    .filter(({ name, value }) => migrated.has(value) && !needed.has(name))
    .map(({ line }) => line);
  return lines.length === 0 ? [] : [{ path, text: withoutLines(text, new Set(lines)) }];
}
