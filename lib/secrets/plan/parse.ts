/**
 * Reads a plan that moves secrets out of files, and refuses it as a whole when a part is wrong.
 *
 * @module
 */
import { AppError, isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import type { SecretRef } from "../../config/mod.ts";
import { isSecretRef, resolveRef } from "../reference.ts";
import { kindsOfType, matchesPattern } from "../targets.ts";

/** Largest file of a plan. */
export const MAX_PLAN_BYTES = 16 * 1024 * 1024;

/** One field that gets a pointer. */
export interface PlanTarget {
  readonly type: string;
  readonly segments: readonly string[];
  readonly ref: SecretRef;
  /** Whose `auth-profiles.json` it is in; absent for the configuration. */
  readonly agentId?: string;
  /** Provider of a profile that is made. */
  readonly authProfileProvider?: string;
}

/** What else a plan cleans up. */
export interface PlanOptions {
  readonly scrubEnv: boolean;
  readonly scrubAuthProfilesForProviderTargets: boolean;
  readonly scrubLegacyAuthJson: boolean;
}

/** A plan that is well-formed. */
export interface SecretsPlan {
  readonly targets: readonly PlanTarget[];
  readonly providerUpserts: Readonly<Record<string, JsonObject>>;
  readonly providerDeletes: readonly string[];
  readonly options: PlanOptions;
}

const FORBIDDEN = ["__proto__", "prototype", "constructor"];
const AGENT_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/**
 * Reads the file of a plan.
 *
 * @throws {AppError} `SECRETS_PLAN_INVALID`
 */
export async function readPlan(path: string): Promise<SecretsPlan> {
  let text: string;
  try {
    const info = await Deno.stat(path);
    if (!info.isFile) throw invalid(`Cannot read plan "${path}": it is not a regular file`);
    if (info.size > MAX_PLAN_BYTES) {
      throw invalid(`Cannot read plan "${path}": it has more than ${MAX_PLAN_BYTES} bytes`);
    }
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof AppError) throw error;
    const why = error instanceof Deno.errors.NotFound ? "there is no such file" : String(error);
    throw invalid(`Cannot read plan "${path}": ${why}`);
  }
  return parsePlan(parseJsonOrUndefined(text));
}

/**
 * Checks a plan.
 *
 * @throws {AppError} `SECRETS_PLAN_INVALID` for the first part that is wrong.
 */
export function parsePlan(plan: unknown): SecretsPlan {
  if (!isObject(plan)) throw invalid("Invalid plan: it is not a JSON object");
  if (plan.version !== 1 || plan.protocolVersion !== 1) {
    throw invalid("Invalid plan: version and protocolVersion must both be 1");
  }
  if (!Array.isArray(plan.targets)) throw invalid("Invalid plan: targets must be a list");
  const options = isObject(plan.options) ? plan.options : {};
  const isOn = (name: keyof PlanOptions) => options[name] !== false;
  return {
    targets: plan.targets.map(parseTarget),
    providerUpserts: parseUpserts(plan.providerUpserts),
    providerDeletes: parseNames(plan.providerDeletes),
    options: {
      scrubEnv: isOn("scrubEnv"),
      scrubAuthProfilesForProviderTargets: isOn("scrubAuthProfilesForProviderTargets"),
      scrubLegacyAuthJson: isOn("scrubLegacyAuthJson"),
    },
  };
}

function parseTarget(target: unknown): PlanTarget {
  if (!isObject(target)) throw invalid("Invalid plan target: it is not an object");
  const { type, path, pathSegments, providerId, accountId, agentId, ref } = target;
  if (typeof type !== "string") throw invalid("Invalid plan target: it has no type");
  const kinds = kindsOfType(type);
  if (kinds.length === 0) throw invalid(`Invalid plan target type: ${type}`);
  const wrongPath = () => invalid(`Invalid plan target path for ${type}: ${String(path)}`);
  if (typeof path !== "string" || path === "") throw wrongPath();
  const segments = pathSegments === undefined ? path.split(".") : pathSegments;
  const isList = Array.isArray(segments) &&
    segments.every((part): part is string => typeof part === "string" && part !== "");
  if (!isList || segments.join(".") !== path) throw wrongPath();
  if (segments.some((part) => FORBIDDEN.includes(part))) throw wrongPath();
  const kind = kinds.find(({ pattern }) => matchesPattern(segments, pattern));
  if (kind === undefined) throw wrongPath();
  if (providerId !== undefined && providerId !== segments[2]) throw wrongPath();
  const account = segments[2] === "accounts" ? segments[3] : undefined;
  if (accountId !== undefined && accountId !== account) throw wrongPath();
  if (!isSecretRef(ref)) throw invalid(`Invalid plan target ref for ${type}: ${path}`);
  checkRef(ref, path);
  if (!kind.isProfile) return { type, segments, ref };
  if (typeof agentId !== "string" || !AGENT_ID.test(agentId)) {
    throw invalid(`Invalid plan target for ${type}: agentId is required`);
  }
  const { authProfileProvider } = target;
  return {
    type,
    segments,
    ref,
    agentId,
    ...(typeof authProfileProvider === "string" ? { authProfileProvider } : {}),
  };
}

function checkRef(ref: SecretRef, path: string): void {
  try {
    resolveRef(ref, {});
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw invalid(`Invalid plan target ref for ${path}: ${error.message}`);
  }
}

function parseUpserts(upserts: unknown): Record<string, JsonObject> {
  if (upserts === undefined) return {};
  if (!isObject(upserts)) throw invalid("Invalid plan: providerUpserts must be an object");
  for (const [name, settings] of Object.entries(upserts)) {
    if (!PROVIDER.test(name)) throw invalid(`Invalid plan provider name: ${name}`);
    if (!isObject(settings)) throw invalid(`Invalid plan provider: ${name} is not an object`);
  }
  return upserts as Record<string, JsonObject>;
}

const PROVIDER = /^[a-z][a-z0-9_-]{0,63}$/;

function parseNames(names: unknown): string[] {
  if (names === undefined) return [];
  if (
    Array.isArray(names) && names.every((name) => typeof name === "string" && PROVIDER.test(name))
  ) {
    return names;
  }
  throw invalid("Invalid plan: providerDeletes must be a list of provider names");
}

function invalid(message: string): AppError {
  return new AppError("SECRETS_PLAN_INVALID", message, {
    hint: "openclaw secrets configure --plan-out <path>",
  });
}
