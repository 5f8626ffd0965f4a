/**
 * The files of agents that hold credentials, as other programs wrote them: `auth-profiles.json`, the
 * older `auth.json`, and the generated `models.json`.
 *
 * @module
 */
import { join } from "@std/path";
import { isObject, type JsonObject, parseJsonOrUndefined } from "../base/mod.ts";
import { readTextFileIfExists } from "../platform/mod.ts";
import { isSecretRef } from "./reference.ts";

/** One file of an agent. */
export interface AgentFile {
  readonly agentId: string;
  readonly path: string;
  /** Empty where the file is no JSON object. */
  readonly content: JsonObject;
}

/** A credential of `auth-profiles.json`, with the field that has it and the one that points to it. */
export interface Profile {
  readonly id: string;
  readonly provider: string;
  readonly field: "key" | "token";
  readonly refField: "keyRef" | "tokenRef";
  /** The secret itself, where it is in the file. */
  readonly plaintext: string | undefined;
  readonly ref: Parameters<typeof isSecretRef>[0];
}

/** Where an agent has a file. */
export function agentFilePath(stateDir: string, agentId: string, name: string): string {
  return join(stateDir, "agents", agentId, "agent", name);
}

/** The file of that name of every agent that has one. */
export async function readAgentFiles(stateDir: string, name: string): Promise<AgentFile[]> {
  const files: AgentFile[] = [];
  for (const agentId of await agentIds(stateDir)) {
    const path = agentFilePath(stateDir, agentId, name);
    const text = await readTextFileIfExists(path);
    if (text === undefined) continue;
    const content = parseJsonOrUndefined(text);
    files.push({ agentId, path, content: isObject(content) ? content : {} });
  }
  return files;
}

/** The keys and tokens of `auth-profiles.json`. */
export function profilesOf({ content }: AgentFile): Profile[] {
  const profiles = isObject(content.profiles) ? content.profiles : {};
  return Object.entries(profiles).flatMap(([id, profile]) => {
    if (!isObject(profile) || (profile.type !== "api_key" && profile.type !== "token")) return [];
    const field = profile.type === "token" ? "token" : "key";
    const refField = `${field}Ref` as const;
    const text = profile[field];
    // The secret's own field may have the pointer as well.
    const ref = isSecretRef(profile[refField])
      ? profile[refField]
      : isSecretRef(text)
      ? text
      : undefined;
    return [{
      id,
      provider: String(profile.provider ?? id.split(":")[0]),
      field,
      refField,
      plaintext: typeof text === "string" && text.trim() !== "" ? text : undefined,
      ref,
    }];
  });
}

async function agentIds(stateDir: string): Promise<string[]> {
  try {
    const entries = await Array.fromAsync(Deno.readDir(join(stateDir, "agents")));
    return entries.filter(({ isDirectory }) => isDirectory).map(({ name }) => name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
