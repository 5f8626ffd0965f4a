/**
 * `skills.status` and `skills.bins`.
 *
 * @module
 */
import { delimiter } from "node:path";
import { join } from "@std/path";
import { findAgent } from "../../../agents/mod.ts";
import { type Env, isObject } from "../../../base/mod.ts";
import { expandHome, lookup, normalizeAgentId } from "../../../config/mod.ts";
import { osName, pathExists } from "../../../platform/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";
import { findSkills, type Skill, type SkillRoot } from "./skill_files.ts";

/** The name each system has in `metadata.openclaw.os`. */
const SYSTEM_NAMES: Readonly<Record<string, string>> = { macos: "darwin", windows: "win32" };

/** The skills an agent can use and what keeps others from being used. */
export async function skillsStatus(
  state: GatewayState,
  { agentId }: MethodParams<"skills.status">,
) {
  const snapshot = state.agents();
  const { workspace } = findAgent(snapshot, normalizeAgentId(agentId ?? snapshot.defaultId));
  const skills = await findSkills(rootsOf(state, workspace));
  return {
    workspaceDir: workspace,
    managedSkillsDir: managedDir(state),
    skills: await Promise.all(skills.map((skill) => skillRow(state, skill))),
  };
}

/** The programs that skills of any agent ask for, for nodes to look which they have. */
export async function skillBins(state: GatewayState) {
  const workspaces = new Set(state.agents().agents.map(({ workspace }) => workspace));
  const bins = new Set<string>();
  for (const workspace of workspaces) {
    for (const { needs } of await findSkills(rootsOf(state, workspace))) {
      for (const bin of [...needs.bins, ...needs.anyBins]) bins.add(bin);
    }
  }
  return { bins: [...bins].sort() };
}

function managedDir({ paths }: GatewayState): string {
  return join(paths.stateDir, "skills");
}

/** Where skills come from, the first root counting most. */
function rootsOf(state: GatewayState, workspace: string): SkillRoot[] {
  const { home } = state.paths;
  const extra = lookup(state.config().config, ["skills", "load", "extraDirs"]).value;
  const extraDirs = Array.isArray(extra) ? extra.filter((dir) => typeof dir === "string") : [];
  return [
    { path: join(workspace, "skills"), source: "openclaw-workspace" },
    { path: join(workspace, ".agents", "skills"), source: "agents-skills-project" },
    { path: join(home, ".agents", "skills"), source: "agents-skills-personal" },
    { path: managedDir(state), source: "openclaw-managed" },
    ...extraDirs.map((dir) => ({ path: expandHome(dir, home), source: "openclaw-extra" })),
  ];
}

async function skillRow(state: GatewayState, skill: Skill) {
  const { needs, source, ...facts } = skill;
  const { config, env } = state.config();
  const entry = lookup(config, ["skills", "entries", skill.skillKey]).value;
  const disabled = isObject(entry) && entry.enabled === false;
  const configChecks = needs.config.map((path) => ({
    path,
    satisfied: Boolean(lookup(config, path.split(".")).value),
  }));
  const missing = {
    ...await missingPrograms(skill, env),
    env: needs.env.filter((name) => !hasVariable(name, skill, entry, env)),
    config: configChecks.filter(({ satisfied }) => !satisfied).map(({ path }) => path),
    os: needs.os.length === 0 || needs.os.includes(systemName()) ? [] : [...needs.os],
  };
  const isComplete = Object.values(missing).every((names) => names.length === 0);
  return {
    ...facts,
    source,
    bundled: false,
    disabled,
    blockedByAllowlist: false,
    eligible: !disabled && (isComplete || (skill.always && missing.os.length === 0)),
    requirements: needs,
    missing,
    configChecks,
  };
}

/** A variable counts when the process has it or the skill's entry brings it. */
function hasVariable(name: string, { primaryEnv }: Skill, entry: unknown, env: Env): boolean {
  if (env.get(name)) return true;
  if (!isObject(entry)) return false;
  if (isObject(entry.env) && Boolean(entry.env[name])) return true;
  return primaryEnv === name && Boolean(entry.apiKey);
}

async function missingPrograms({ needs }: Skill, env: Env) {
  const isThere = new Map<string, boolean>();
  for (const bin of [...needs.bins, ...needs.anyBins]) {
    isThere.set(bin, await hasProgram(bin, env));
  }
  const hasAny = needs.anyBins.length === 0 || needs.anyBins.some((bin) => isThere.get(bin));
  return {
    bins: needs.bins.filter((bin) => !isThere.get(bin)),
    anyBins: hasAny ? [] : [...needs.anyBins],
  };
}

async function hasProgram(name: string, env: Env): Promise<boolean> {
  if (!/^[\w.+-]+$/.test(name)) return false;
  const endings = ["", ...(env.get("PATHEXT") ?? "").split(";").filter((part) => part !== "")];
  for (const folder of (env.get("PATH") ?? "").split(delimiter)) {
    for (const ending of folder === "" ? [] : endings) {
      if (await pathExists(join(folder, name + ending))) return true;
    }
  }
  return false;
}

function systemName(): string {
  return SYSTEM_NAMES[osName()] ?? osName();
}
