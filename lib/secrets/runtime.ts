/**
 * A configuration with its secrets in place of the pointers, all looked up at once, so that nothing
 * asks a provider while it serves.
 *
 * @module
 */
import { AppError, isObject } from "../base/mod.ts";
import {
  type ConfigPaths,
  type ConfigSnapshot,
  formatPath,
  type OpenClawConfig,
  type Path,
  type SecretReference,
} from "../config/mod.ts";
import { resolveProfiles } from "./agent_profiles.ts";
import { wrongKinds } from "./credential_kind.ts";
import { resolveRefs } from "./resolve.ts";
import { findSurfaces, type SecretWarning, type SurfaceFlags } from "./surface.ts";

/** A field whose secret could not be found. */
export interface SecretProblem {
  /** Such as `models.providers.openai.apiKey`. */
  readonly path: string;
  /** `SECRET_UNRESOLVED`: why, and what to do. */
  readonly error: AppError;
}

/** What came of looking up the secrets of a configuration. */
export interface RuntimeSecrets {
  /** With the secrets that were found; a field without one keeps its pointer. */
  readonly snapshot: ConfigSnapshot;
  readonly problems: readonly SecretProblem[];
  readonly warnings: readonly SecretWarning[];
}

/** How {@linkcode resolveRuntime} resolves. */
export interface RuntimeOptions {
  readonly flags?: SurfaceFlags | undefined;
  /** Where agents keep credentials of their own; they are not looked for unless given. */
  readonly paths?: ConfigPaths | undefined;
  /** Its secrets stay for the pointers that have not changed and lead nowhere now. */
  readonly lastGood?: ConfigSnapshot | undefined;
}

/** Looks up every pointer that is in use. */
export async function resolveRuntime(
  snapshot: ConfigSnapshot,
  { flags, lastGood, paths }: RuntimeOptions = {},
): Promise<RuntimeSecrets> {
  const { env } = snapshot;
  const pointers = snapshot.resolved?.pointers ?? snapshot.config;
  const { active, warnings } = findSurfaces(snapshot, flags);
  const outcomes = await resolveRefs(active, { config: pointers, env });
  const values = new Map<string, string>();
  const problems: SecretProblem[] = [];
  let config = pointers;
  for (const [index, reference] of active.entries()) {
    const path = formatPath(reference.path);
    const outcome = outcomes[index]!;
    if (!outcome.ok) problems.push({ path, error: outcome.error });
    const value = outcome.ok ? outcome.value : kept(reference, path, pointers, lastGood);
    if (value === undefined) continue;
    values.set(path, value);
    config = withValue(config, reference.path, value) as OpenClawConfig;
  }
  const found = paths &&
    await resolveProfiles({ ...snapshot, config }, paths, pointers, lastGood?.resolved?.profiles);
  const profiles = found === undefined ? {} : { profiles: found.profiles };
  return {
    snapshot: { ...snapshot, config, resolved: { pointers, values, ...profiles } },
    problems,
    warnings: [...warnings, ...wrongKinds(config), ...found?.warnings ?? []],
  };
}

/**
 * Refuses to go on without a secret that is needed.
 *
 * @throws {AppError} `SECRET_UNRESOLVED`, with every field and why it has no secret.
 */
export function assertResolved(problems: readonly SecretProblem[], attempt: string): void {
  const [first] = problems;
  if (first === undefined) return;
  throw new AppError(
    "SECRET_UNRESOLVED",
    `${attempt}: required secrets are unavailable. ${describeProblems(problems)}`,
    {
      hint: `${first.error.hint}; to see all of them: openclaw secrets audit --check`,
      details: { paths: problems.map(({ path }) => path) },
    },
  );
}

/** Every field and why it has no secret. */
export function describeProblems(problems: readonly SecretProblem[]): string {
  return problems.map(({ path, error }) => `${path}: ${error.message}`).join("; ");
}

/** The secret that the same pointer led to before, with the same provider. */
function kept(
  { input }: SecretReference,
  path: string,
  { secrets }: OpenClawConfig,
  lastGood: ConfigSnapshot | undefined,
): string | undefined {
  const before = lastGood?.resolved;
  if (before === undefined || !isSame(before.pointers.secrets, secrets)) return undefined;
  const was = findSurfaces(lastGood!).active
    .find((reference) => formatPath(reference.path) === path);
  return was !== undefined && isSame(was.input, input) ? before.values.get(path) : undefined;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A copy of `root` with `value` at `path`; what is beside the path is shared. */
function withValue(root: unknown, path: Path, value: string): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(root)) {
    return root.map((item, index) => index === part ? withValue(item, rest, value) : item);
  }
  if (!isObject(root)) return root;
  return { ...root, [part]: withValue(root[part], rest, value) };
}
