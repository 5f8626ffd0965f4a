/**
 * `skills.install`, `skills.search`, `skills.detail` and the part of `skills.update` that renews
 * skills from the registry.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, isObject, parseJsonOrUndefined } from "../../../../base/mod.ts";
import { readTextFileIfExists } from "../../../../platform/mod.ts";
import type { MethodParams } from "../../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../../state.ts";
import { findSkills } from "../skill_files.ts";
import { ClawHub } from "./clawhub.ts";
import { assertSlug, placeSkill, type SkillOrigin, skillsFolder } from "./place.ts";
import type { SkillUploads } from "./uploads.ts";

export { SkillUploads } from "./uploads.ts";

type InstallParams = MethodParams<"skills.install">;

/** Searches the registry; without a query there is nothing to search. */
export async function searchSkills(state: GatewayState, params: MethodParams<"skills.search">) {
  const query = params.query?.trim();
  if (!query) return { results: [] };
  return { results: await clawHub(state).search(query, params.limit) };
}

/** What the registry knows of a skill. */
export async function skillDetail(state: GatewayState, { slug }: MethodParams<"skills.detail">) {
  assertSlug(slug);
  const { skill = null, latestVersion, metadata, owner } = await clawHub(state).detail(slug);
  return { skill, latestVersion, metadata, owner };
}

/** Installs a skill from the registry or from an upload. */
export async function installSkill(
  state: GatewayState,
  uploads: SkillUploads,
  params: InstallParams,
) {
  if ("source" in params && params.source === "upload") {
    const { uploadId, slug, force, sha256 } = params as Extract<
      InstallParams,
      { source: "upload" }
    >;
    const folder = await uploads.install({
      uploadId,
      slug,
      ...(force === undefined ? {} : { force }),
      ...(sha256 === undefined ? {} : { sha256 }),
    });
    return installed(slug, undefined, folder);
  }
  if ("source" in params && params.source === "clawhub") {
    const { slug, version, force } = params as Extract<InstallParams, { source: "clawhub" }>;
    return await installFromHub(state, { slug, version, force: force ?? false });
  }
  return await refuseInstaller(state, params as { name: string; installId: string });
}

/** Renews skills that came from the registry. */
export async function updateFromHub(
  state: GatewayState,
  { slug, all }: { slug?: string | undefined; all?: boolean | undefined },
) {
  if (!slug && !all) {
    throw new AppError("INVALID_REQUEST", 'clawhub skills.update requires "slug" or "all"', {
      hint: "openclaw gateway call skills.status",
    });
  }
  const origins = slug ? [await originOf(state, slug)] : await allOrigins(state);
  const results = [];
  for (const origin of origins) results.push(await renew(state, origin));
  const ok = results.every((result) => result.ok);
  return { ok, skillKey: slug ?? "*", config: { source: "clawhub", results } };
}

function clawHub(state: GatewayState): ClawHub {
  return new ClawHub(state.config().env, state.network);
}

async function installFromHub(
  state: GatewayState,
  { slug, version, force }: { slug: string; version: string | undefined; force: boolean },
) {
  assertSlug(slug);
  const hub = clawHub(state);
  const detail = await hub.detail(slug);
  refuseBlocked(slug, detail.moderation);
  const wanted = version ?? latestOf(detail.latestVersion);
  if (wanted === undefined) {
    throw new AppError("SKILL_NOT_FOUND", `Skill ${slug} has no released version`, {
      hint: `openclaw gateway call skills.detail --params '{"slug":"${slug}"}'`,
    });
  }
  const path = await Deno.makeTempFile({ prefix: "openclaw-skill-", suffix: ".zip" });
  try {
    await hub.download(slug, wanted, path);
    const origin: SkillOrigin = {
      version: 1,
      registry: hub.url,
      slug,
      installedVersion: wanted,
      installedAt: state.clock.now(),
    };
    const target = await placeSkill(state, { path, slug, force, origin });
    return installed(slug, wanted, target);
  } finally {
    await Deno.remove(path).catch((error) => {
      state.log.warn(`download "${path}" could not be removed: ${error.message}`);
    });
  }
}

function installed(slug: string, version: string | undefined, targetDir: string) {
  const name = version === undefined ? slug : `${slug}@${version}`;
  return {
    ok: true,
    message: `Installed ${name}`,
    stdout: "",
    stderr: "",
    code: 0,
    slug,
    ...(version === undefined ? {} : { version }),
    targetDir,
  };
}

function latestOf(latest: unknown): string | undefined {
  return isObject(latest) && typeof latest.version === "string" ? latest.version : undefined;
}

/** What the registry holds to be malware is not installed, whoever asks. */
function refuseBlocked(slug: string, moderation: unknown): void {
  if (!isObject(moderation) || moderation.isMalwareBlocked !== true) return;
  throw new AppError("UNAVAILABLE", `Skill ${slug} is blocked by ClawHub as malware`, {
    hint: `openclaw gateway call skills.detail --params '{"slug":"${slug}"}'`,
  });
}

/** Programs that a skill wants are installed by a person: the gateway runs no installers. */
async function refuseInstaller(
  state: GatewayState,
  { name, installId }: { name: string; installId: string },
): Promise<never> {
  const root = { path: skillsFolder(state), source: "openclaw-workspace" };
  const skill = (await findSkills([root])).find((each) => each.name === name);
  if (!skill) {
    throw new AppError("SKILL_NOT_FOUND", `Skill not found: ${name}`, {
      hint: "openclaw gateway call skills.status",
    });
  }
  throw new AppError(
    "NOT_SUPPORTED",
    `Installer "${installId}" of skill "${name}" is not run by this build`,
    { hint: `Install what it needs by hand: ${skill.needs.bins.join(", ") || skill.filePath}` },
  );
}

async function allOrigins(state: GatewayState): Promise<SkillOrigin[]> {
  const root = { path: skillsFolder(state), source: "openclaw-workspace" };
  const found = [];
  for (const { baseDir } of await findSkills([root])) found.push(await readOrigin(baseDir));
  return found.filter((origin) => origin !== undefined);
}

async function originOf(state: GatewayState, slug: string): Promise<SkillOrigin> {
  assertSlug(slug);
  const origin = await readOrigin(join(skillsFolder(state), slug));
  if (origin) return origin;
  throw new AppError("SKILL_NOT_FOUND", `Skill "${slug}" was not installed from ClawHub`, {
    hint: "openclaw gateway call skills.status",
  });
}

async function readOrigin(folder: string): Promise<SkillOrigin | undefined> {
  const text = await readTextFileIfExists(join(folder, ".clawhub", "origin.json"));
  const value = text === undefined ? undefined : parseJsonOrUndefined(text);
  if (!isObject(value) || typeof value.slug !== "string") return undefined;
  return typeof value.installedVersion === "string" ? value as unknown as SkillOrigin : undefined;
}

async function renew(state: GatewayState, { slug, installedVersion }: SkillOrigin) {
  const base = { slug, previousVersion: installedVersion };
  try {
    const latest = latestOf((await clawHub(state).detail(slug)).latestVersion);
    if (latest === undefined || latest === installedVersion) {
      return { ...base, ok: true, version: installedVersion, changed: false };
    }
    await installFromHub(state, { slug, version: latest, force: true });
    return { ...base, ok: true, version: latest, changed: true };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { ...base, ok: false, changed: false, error: error.message };
  }
}
