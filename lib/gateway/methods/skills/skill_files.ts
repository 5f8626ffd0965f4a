/**
 * Finds the skills on disk: folders with a `SKILL.md` below a few roots.
 *
 * @module
 */
import { basename, join } from "@std/path";
import { isObject } from "../../../base/mod.ts";
import { ioError, readTextFileIfExists } from "../../../platform/mod.ts";
import { parseFrontMatter } from "./front_matter.ts";

/** A folder that may hold skills. */
export interface SkillRoot {
  readonly path: string;
  readonly source: string;
}

/** What a skill asks of the machine. */
export interface SkillNeeds {
  readonly bins: readonly string[];
  /** One of these is enough. */
  readonly anyBins: readonly string[];
  readonly env: readonly string[];
  /** Paths into the configuration that must be set. */
  readonly config: readonly string[];
  readonly os: readonly string[];
}

/** A skill as its file describes it. */
export interface Skill {
  readonly name: string;
  readonly description: string;
  readonly source: string;
  readonly filePath: string;
  readonly baseDir: string;
  readonly skillKey: string;
  readonly emoji?: string;
  readonly homepage?: string;
  readonly primaryEnv?: string;
  readonly always: boolean;
  readonly needs: SkillNeeds;
  readonly install: readonly unknown[];
}

const SKILL_FILE = "SKILL.md";
const MAX_SKILL_BYTES = 256_000;
const MAX_CANDIDATES_PER_ROOT = 300;
const MAX_SKILLS_PER_ROOT = 200;

/** The skills of all roots; of those with the same name the first root's counts. */
export async function findSkills(roots: readonly SkillRoot[]): Promise<Skill[]> {
  const found = new Map<string, Skill>();
  for (const root of roots) {
    const folders = await skillFolders(root.path);
    let taken = 0;
    for (const folder of folders) {
      const skill = taken < MAX_SKILLS_PER_ROOT && await readSkill(folder, root.source);
      if (!skill) continue;
      taken++;
      if (!found.has(skill.name)) found.set(skill.name, skill);
    }
  }
  return [...found.values()].sort((a, b) => a.name.localeCompare(b.name));
}

/** Folders below a root, and those below a folder that is only a group. */
async function skillFolders(root: string): Promise<string[]> {
  const folders: string[] = [];
  for (const folder of await subfolders(root)) {
    if (await hasSkillFile(folder)) folders.push(folder);
    else folders.push(...await subfolders(folder));
    if (folders.length >= MAX_CANDIDATES_PER_ROOT) break;
  }
  return folders.slice(0, MAX_CANDIDATES_PER_ROOT);
}

/** Links may lead out of the root, so they are not followed. */
async function subfolders(path: string): Promise<string[]> {
  try {
    const names: string[] = [];
    for await (const entry of Deno.readDir(path)) {
      if (entry.isDirectory && !entry.name.startsWith(".")) names.push(entry.name);
    }
    return names.sort().map((name) => join(path, name));
  } catch (error) {
    const isAbsent = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (isAbsent) return [];
    throw ioError("read folder", path, error);
  }
}

async function hasSkillFile(folder: string): Promise<boolean> {
  return await sizeOf(join(folder, SKILL_FILE)) !== undefined;
}

/** Bytes of a regular file. */
async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const info = await Deno.lstat(path);
    return info.isFile ? info.size : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw ioError("read", path, error);
  }
}

async function readSkill(folder: string, source: string): Promise<Skill | undefined> {
  const filePath = join(folder, SKILL_FILE);
  const size = await sizeOf(filePath);
  if (size === undefined || size > MAX_SKILL_BYTES) return undefined;
  const text = await readTextFileIfExists(filePath);
  if (text === undefined) return undefined;
  const head = parseFrontMatter(text);
  const facts = await openclawFacts(head.get("metadata"));
  const name = head.get("name") || basename(folder);
  const homepage = textOr(facts.homepage) ?? (head.get("homepage") || undefined);
  const requires = isObject(facts.requires) ? facts.requires : {};
  return {
    name,
    description: head.get("description") ?? "",
    source,
    filePath,
    baseDir: folder,
    skillKey: textOr(facts.skillKey) ?? name,
    ...optional("emoji", textOr(facts.emoji)),
    ...optional("homepage", homepage),
    ...optional("primaryEnv", textOr(facts.primaryEnv)),
    always: facts.always === true,
    needs: {
      bins: texts(requires.bins),
      anyBins: texts(requires.anyBins),
      env: texts(requires.env),
      config: texts(requires.config),
      os: texts(facts.os),
    },
    install: Array.isArray(facts.install) ? facts.install : [],
  };
}

/** The part of `metadata` that is ours; a text that is no JSON5 says nothing. */
async function openclawFacts(metadata: string | undefined): Promise<Record<string, unknown>> {
  if (metadata === undefined || !metadata.startsWith("{")) return {};
  const json5 = (await import("json5")).default;
  try {
    const value: unknown = json5.parse(metadata);
    const own = isObject(value) ? value.openclaw ?? value.clawdbot : undefined;
    return isObject(own) ? own : {};
  } catch {
    // Written by hand and only informative: the skill is shown without these facts.
    return {};
  }
}

function textOr(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function optional<K extends string>(key: K, value: string | undefined): { [_ in K]?: string } {
  return value === undefined ? {} : { [key]: value } as { [_ in K]?: string };
}
