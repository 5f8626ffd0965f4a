/**
 * The keys and tokens of `auth-profiles.json`, of every agent, looked up once.
 *
 * @module
 */
import { join } from "@std/path";
import { errorMessage, isObject, parseJsonOrUndefined } from "../base/mod.ts";
import {
  type AgentProfiles,
  type ConfigPaths,
  type ConfigSnapshot,
  type OpenClawConfig,
  resolveAgents,
  type SecretInput,
} from "../config/mod.ts";
import { readTextFileIfExists } from "../platform/mod.ts";
import { type AgentFile, type Profile, profilesOf } from "./profiles.ts";
import { resolveRefs } from "./resolve.ts";
import type { SecretWarning } from "./surface.ts";

const FILE_NAME = "auth-profiles.json";

/** The credentials of all agents, and what could not be had. */
export interface ResolvedProfiles {
  readonly profiles: AgentProfiles;
  readonly warnings: readonly SecretWarning[];
}

interface Wanted {
  readonly file: AgentFile;
  readonly profile: Profile;
}

/**
 * Reads the file of every agent. Of several profiles for one provider the first one counts that has a
 * secret, in the order of `auth.order` and then of the file.
 *
 * A profile that leads nowhere is a warning, not a failure: its provider may never be called.
 */
export async function resolveProfiles(
  { env, config }: ConfigSnapshot,
  paths: ConfigPaths,
  pointers: OpenClawConfig,
  before: AgentProfiles | undefined,
): Promise<ResolvedProfiles> {
  const warnings: SecretWarning[] = [];
  const files = await readFiles(config, paths, warnings);
  const wanted = files.flatMap((file) =>
    inOrder(profilesOf(file), config).map((profile) => ({ file, profile }))
  );
  const pointing = wanted.filter(({ profile }) => profile.ref !== undefined);
  const outcomes = await resolveRefs(
    pointing.map(({ profile }) => ({
      path: [profile.id, profile.refField],
      input: profile.ref as SecretInput,
    })),
    { config: pointers, env },
  );
  const values = new Map<Wanted, string>();
  for (const one of wanted) {
    if (one.profile.ref === undefined && one.profile.plaintext) {
      values.set(one, one.profile.plaintext);
    }
  }
  for (const [index, one] of pointing.entries()) {
    const outcome = outcomes[index]!;
    if (outcome.ok) values.set(one, outcome.value);
    else warnings.push(unresolved(one, outcome.error.message));
  }
  return { profiles: byAgent(wanted, values, before), warnings };
}

function byAgent(
  wanted: readonly Wanted[],
  values: ReadonlyMap<Wanted, string>,
  before: AgentProfiles | undefined,
): AgentProfiles {
  const agents = new Map<string, Map<string, string>>();
  for (const one of wanted) {
    const { file: { agentId }, profile: { provider, ref } } = one;
    const name = provider.toLowerCase();
    const kept = ref === undefined ? undefined : before?.get(agentId)?.get(name);
    const value = values.get(one) ?? kept;
    if (value === undefined) continue;
    const own = agents.get(agentId) ?? new Map<string, string>();
    agents.set(agentId, own);
    if (!own.has(name)) own.set(name, value);
  }
  return agents;
}

async function readFiles(
  config: OpenClawConfig,
  paths: ConfigPaths,
  warnings: SecretWarning[],
): Promise<AgentFile[]> {
  const { agents } = resolveAgents(config, paths);
  const read = await Promise.all(agents.map(async ({ id, agentDir }) => {
    const path = join(agentDir, FILE_NAME);
    const text = await readTextFileIfExists(path).catch((error) => {
      warnings.push(unusable(path, errorMessage(error)));
      return undefined;
    });
    if (text === undefined) return [];
    const content = parseJsonOrUndefined(text);
    if (!isObject(content)) warnings.push(unusable(path, "it is not a JSON object"));
    return [{ agentId: id, path, content: isObject(content) ? content : {} }];
  }));
  return read.flat();
}

/** Profiles that `auth.order` names come first, in its order. */
function inOrder(profiles: readonly Profile[], config: OpenClawConfig): Profile[] {
  const order = Object.values(config.auth?.order ?? {}).flat();
  const place = ({ id }: Profile) => {
    const at = order.indexOf(id);
    return at < 0 ? order.length : at;
  };
  return [...profiles].sort((a, b) => place(a) - place(b));
}

function unresolved({ file, profile }: Wanted, why: string): SecretWarning {
  return {
    code: "SECRETS_PROFILE_UNRESOLVED",
    path: `profiles["${profile.id}"].${profile.refField}`,
    message: `${why} (${file.path})`,
  };
}

function unusable(path: string, why: string): SecretWarning {
  return { code: "SECRETS_PROFILE_UNRESOLVED", path: FILE_NAME, message: `${path}: ${why}` };
}
