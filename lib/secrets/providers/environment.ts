/**
 * Secrets in variables of the gateway's environment.
 *
 * @module
 */
import type { Env } from "../../base/mod.ts";
import { failed } from "../failure.ts";
import type { ProviderAnswers, ProviderSettings, SecretOutcome } from "../types.ts";

/** Reads variables; the allowlist, where there is one, says which. */
export function askEnvironment(
  name: string,
  ids: readonly string[],
  settings: ProviderSettings | undefined,
  env: Env,
): ProviderAnswers {
  return new Map(ids.map((id) => [id, readVariable(name, id, settings?.allowlist, env)]));
}

function readVariable(
  provider: string,
  id: string,
  allowlist: readonly string[] | undefined,
  env: Env,
): SecretOutcome {
  if (allowlist !== undefined && !allowlist.includes(id)) {
    const field = `secrets.providers.${provider}.allowlist`;
    return failed(
      `Environment variable "${id}" is not in ${field}`,
      `openclaw config get ${field}`,
    );
  }
  const value = env.get(id)?.trim();
  if (value) return { ok: true, value };
  return failed(
    `Environment variable "${id}" is missing or empty`,
    `Set ${id} where the gateway is started`,
  );
}
