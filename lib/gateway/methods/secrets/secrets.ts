/**
 * `secrets.reload` and `secrets.resolve`.
 *
 * @module
 */
import { AppError } from "../../../base/mod.ts";
import { formatPath, isSecretTarget, matchesTarget } from "../../../config/mod.ts";
import type { SecretsReloadResult, SecretsResolveResult } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { findSurfaces } from "../../../secrets/mod.ts";
import type { GatewayState } from "../../state.ts";

/**
 * Looks every pointer up again and puts what was found in force.
 *
 * @throws {AppError} `SECRETS_RELOAD_FAILED`; what is in force stays.
 */
export async function reloadSecrets(state: GatewayState): Promise<SecretsReloadResult> {
  return { ok: true, warningCount: await state.secrets.reload() };
}

/**
 * The secrets that fields point to, for a command that needs them, as they are in force. Plain ones are
 * not among them: the command reads those itself.
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
  const inForce = state.config();
  const { active, inactive } = findSurfaces(inForce);
  const isWanted = ({ path }: typeof active[number]) =>
    targetIds.some((target) => matchesTarget(path, target));
  const result: SecretsResolveResult = {
    ok: true,
    assignments: [],
    diagnostics: [],
    inactiveRefPaths: inactive.filter(isWanted).map(({ path }) => formatPath(path)),
  };
  for (const { path } of active.filter(isWanted)) {
    const name = formatPath(path);
    const value = inForce.resolved?.values.get(name);
    if (value === undefined) result.diagnostics.push(`${commandName}: ${name} has no secret`);
    else result.assignments.push({ path: name, pathSegments: path.map(String), value });
  }
  return result;
}
