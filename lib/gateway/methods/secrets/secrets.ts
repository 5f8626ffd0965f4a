/**
 * `secrets.reload` and `secrets.resolve`.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import {
  findSecretReferences,
  formatPath,
  isSecretTarget,
  matchesTarget,
  resolveSecretInput,
  type SecretReference,
} from "../../../config/mod.ts";
import type { SecretsReloadResult, SecretsResolveResult } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";

/** A secret, or why there is none. */
type Resolution = { readonly value: string } | { readonly problem: string };

/**
 * Looks every pointer up again and puts what was found in force.
 *
 * A pointer that leads nowhere is a warning: what uses it fails when it is used, all else works on.
 */
export function reloadSecrets(state: GatewayState): SecretsReloadResult {
  const log = state.log.child("secrets");
  let warningCount = 0;
  for (const reference of findSecretReferences(state.config().parsed)) {
    if (!reference.isActive) continue;
    const found = resolve(state, reference);
    if ("value" in found) continue;
    warningCount++;
    log.warn(found.problem, { code: "SECRET_UNRESOLVED" });
  }
  state.replaceConfig(state.config());
  return { ok: true, warningCount };
}

/**
 * The secrets that fields point to, for a command that needs them. Plain ones are not among them: the
 * command reads those itself.
 *
 * @throws {AppError} `INVALID_REQUEST` for a field that holds no secret.
 */
export function resolveSecrets(
  state: GatewayState,
  { commandName, targetIds }: MethodParams<"secrets.resolve">,
): SecretsResolveResult {
  const unknown = targetIds.find((target) => !isSecretTarget(target));
  if (unknown !== undefined) {
    throw new AppError(
      "INVALID_REQUEST",
      `invalid secrets.resolve params: unknown target id "${unknown}"`,
      { hint: "Name fields such as models.providers.*.apiKey" },
    );
  }
  const result: SecretsResolveResult = {
    ok: true,
    assignments: [],
    diagnostics: [],
    inactiveRefPaths: [],
  };
  for (const reference of findSecretReferences(state.config().parsed)) {
    if (!targetIds.some((target) => matchesTarget(reference.path, target))) continue;
    const path = formatPath(reference.path);
    if (!reference.isActive) {
      result.inactiveRefPaths.push(path);
      continue;
    }
    const found = resolve(state, reference);
    const pathSegments = reference.path.map(String);
    if ("value" in found) result.assignments.push({ path, pathSegments, value: found.value });
    else result.diagnostics.push(`${commandName}: ${found.problem}`);
  }
  return result;
}

function resolve(state: GatewayState, { path, input }: SecretReference): Resolution {
  const { config, env } = state.config();
  try {
    const value = resolveSecretInput(input, { config, env, path: formatPath(path) });
    return value === undefined ? { problem: `secret "${formatPath(path)}" is empty` } : { value };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "SECRET_UNRESOLVED") throw error;
    return { problem: error.message };
  }
}
