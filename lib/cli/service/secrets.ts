/**
 * Secrets that the config takes from variables of whoever starts the gateway: a service has to be
 * given them, since it starts without a shell.
 *
 * @module
 */
import type { ConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Variables for the private file of a service. */
export interface ServiceSecrets {
  readonly secrets: Record<string, string>;
  /** Names the config wants, which are nowhere to be found. */
  readonly missing: string[];
}

/**
 * Values of the variables that the config names for its secrets, where this shell has them.
 *
 * The gateway's own credential is never among them.
 *
 * @param managedKeys Names that the gateway finds by itself in its `.env` or its config.
 */
export async function serviceSecrets(
  { env }: CommandContext,
  { snapshot }: ConfigState,
  managedKeys: readonly string[],
): Promise<ServiceSecrets> {
  const { findSecretReferences, referencedVariable } = await import("../../config/mod.ts");
  const secrets: Record<string, string> = {};
  const missing: string[] = [];
  for (const { path, input, isActive } of findSecretReferences(snapshot.parsed)) {
    if (path[0] === "gateway" && path[1] === "auth") continue;
    const name = typeof input === "string"
      ? referencedVariable(input)
      : input.source === "env"
      ? input.id
      : undefined;
    if (name === undefined || name.startsWith("OPENCLAW_")) continue;
    if (managedKeys.includes(name)) continue;
    const value = env.get(name);
    if (value) secrets[name] = value;
    else if (isActive) missing.push(name);
  }
  return { secrets, missing };
}
