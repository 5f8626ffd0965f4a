/**
 * Puts an unpacked archive in place as a skill of the default agent's workspace.
 *
 * @module
 */
import { join } from "@std/path";
import { defaultAgent } from "../../../../agents/mod.ts";
import { AppError, randomId } from "../../../../base/mod.ts";
import {
  ensureDir,
  ioError,
  pathExists,
  syncFolder,
  writeFileAtomic,
} from "../../../../platform/mod.ts";
import type { GatewayState } from "../../../state.ts";
import { extractSkill } from "../archive/extract.ts";

const SLUG = /^[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?$/i;
const UNFINISHED = ".installing-";
/** Longer than any installation takes. */
const LEFTOVER_MS = 3_600_000;
/** Where a skill says which registry it came from. */
const ORIGIN = [".clawhub", "origin.json"] as const;

/** Which registry a skill came from, and which version of it is here. */
export interface SkillOrigin {
  readonly version: 1;
  readonly registry: string;
  readonly slug: string;
  readonly installedVersion: string;
  /** Milliseconds since the epoch. */
  readonly installedAt: number;
}

/** An archive to install. */
export interface SkillArchive {
  readonly path: string;
  readonly slug: string;
  /** Replaces a skill that is there; the old one goes to the trash. */
  readonly force: boolean;
  readonly origin?: SkillOrigin;
}

/** The folder that skills are installed to. */
export function skillsFolder(state: GatewayState): string {
  return join(defaultAgent(state.agents()).workspace, "skills");
}

/** @throws {AppError} `INVALID_REQUEST` when a skill cannot have this name. */
export function assertSlug(slug: string): void {
  if (SLUG.test(slug) && !slug.includes("..")) return;
  throw new AppError("INVALID_REQUEST", `invalid skill slug "${slug.slice(0, 80)}"`, {
    hint: "A slug has letters, digits, dots, dashes and underscores",
  });
}

/**
 * Unpacks an archive and, once all of it is on disk, gives it its name.
 *
 * @returns The folder of the skill.
 * @throws {AppError} `SKILL_EXISTS`, `ARCHIVE_INVALID`, or what writing fails with; what was there is
 * still there then.
 */
export async function placeSkill(state: GatewayState, archive: SkillArchive): Promise<string> {
  assertSlug(archive.slug);
  const root = skillsFolder(state);
  const target = join(root, archive.slug);
  if (!archive.force && await pathExists(target)) throw alreadyThere(archive.slug);
  await removeLeftovers(state, root);
  // The dot keeps it from being taken for a skill while it is incomplete.
  const parts = join(root, `${UNFINISHED}${randomId()}`);
  try {
    await extractSkill(archive.path, parts);
    if (archive.origin) await writeOrigin(parts, archive.origin);
    if (await pathExists(target)) await setAside(state, archive.slug, target);
    await Deno.rename(parts, target).catch((error) => {
      throw ioError("install", target, error);
    });
    await syncFolder(root);
  } catch (error) {
    await Deno.remove(parts, { recursive: true }).catch(() => {
      // It may never have been made; what is left of it is hidden.
    });
    throw error;
  }
  return target;
}

/** Removes what a process that died while installing has left. */
async function removeLeftovers({ clock }: GatewayState, root: string): Promise<void> {
  if (!await pathExists(root)) return;
  for await (const { name } of Deno.readDir(root)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const { mtime } = await Deno.lstat(join(root, name));
    // A young one may be at work.
    if (mtime === null || clock.now() - mtime.getTime() < LEFTOVER_MS) continue;
    await Deno.remove(join(root, name), { recursive: true });
  }
}

async function writeOrigin(folder: string, origin: SkillOrigin): Promise<void> {
  await ensureDir(join(folder, ORIGIN[0]));
  await writeFileAtomic(join(folder, ...ORIGIN), `${JSON.stringify(origin, null, 2)}\n`);
}

/** Moves a skill that is replaced into the trash, from where it can be taken back. */
async function setAside(state: GatewayState, slug: string, folder: string): Promise<void> {
  const trash = join(state.paths.stateDir, "trash", `skill-${slug}-${state.clock.now()}`);
  await ensureDir(join(state.paths.stateDir, "trash"));
  await Deno.rename(folder, trash).catch((error) => {
    throw ioError("set aside", folder, error);
  });
  state.log.info(`skill "${slug}" was replaced; the old one is in "${trash}"`);
}

function alreadyThere(slug: string): AppError {
  return new AppError("SKILL_EXISTS", `skill "${slug}" is installed already`, {
    hint: "Install it with force to replace it; the old one goes to the trash",
  });
}
