/**
 * Which parts of a configuration a write changed, and which of them wait for the next start.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../../base/mod.ts";
import { formatPath } from "../../../config/mod.ts";

/** Read once, when the process starts. */
const READ_AT_START = ["gateway", "logging", "env", "discovery"];
/** Below those, what is read on use. */
const READ_ON_USE = [
  "gateway.allowRealIpFallback",
  "gateway.auth.allowTailscale",
  "gateway.auth.password",
  "gateway.auth.rateLimit",
  "gateway.auth.token",
  "gateway.auth.trustedProxy",
  "gateway.trustedProxies",
  "gateway.remote",
  "gateway.reload",
  "gateway.http",
  "gateway.controlUi.allowInsecureAuth",
  "gateway.controlUi.allowedOrigins",
  "gateway.controlUi.dangerouslyDisableDeviceAuth",
  "gateway.controlUi.dangerouslyAllowHostHeaderOriginFallback",
];

/** The deepest paths at which two configurations differ; lists count as one value. */
export function changedPaths(before: JsonObject, after: JsonObject): string[] {
  return [...differences(before, after, [])].map((path) => formatPath(path));
}

/** Those of the changed paths that take effect at the next start. */
export function pathsForRestart(paths: readonly string[]): string[] {
  return paths.filter((path) =>
    READ_AT_START.some((section) => isBelow(path, section)) &&
    !READ_ON_USE.some((section) => isBelow(path, section))
  );
}

function isBelow(path: string, section: string): boolean {
  return path === section || path.startsWith(`${section}.`) || path.startsWith(`${section}[`);
}

function* differences(
  before: unknown,
  after: unknown,
  path: readonly string[],
): Generator<readonly string[]> {
  if (!isObject(before) || !isObject(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) yield path;
    return;
  }
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    yield* differences(before[key], after[key], [...path, key]);
  }
}
