/**
 * The credentials of a gateway that its configuration points to, for a command that connects to it.
 *
 * @module
 */
import { AppError, isObject, type JsonObject } from "../../base/mod.ts";
import type { ConfigSnapshot, OpenClawConfig, Path } from "../../config/mod.ts";

const FIELDS: readonly Path[] = [
  ["gateway", "auth", "token"],
  ["gateway", "auth", "password"],
  ["gateway", "remote", "token"],
  ["gateway", "remote", "password"],
];

/** A configuration with the credentials that could be found, and why others could not. */
export interface GatewaySecrets {
  readonly config: OpenClawConfig;
  readonly failures: readonly AppError[];
}

/**
 * Looks up what the credentials of the gateway point to in files and programs; variables are read where
 * they are used. Most configurations have none: nothing is loaded then.
 */
export async function lookUpGatewaySecrets(snapshot: ConfigSnapshot): Promise<GatewaySecrets> {
  const { config, env } = snapshot;
  const refs = FIELDS.flatMap((path) => {
    const input = valueAt(config, path);
    return isObject(input) && input.source !== "env" ? [{ path, input }] : [];
  });
  if (refs.length === 0) return { config, failures: [] };
  const { isSecretRef, resolveRefs } = await import("../../secrets/mod.ts");
  const known = refs.flatMap(({ path, input }) => isSecretRef(input) ? [{ path, input }] : []);
  const outcomes = await resolveRefs(known, { config, env });
  const copy = structuredClone(config) as JsonObject;
  const failures: AppError[] = [];
  for (const [index, { path }] of known.entries()) {
    const outcome = outcomes[index]!;
    if (outcome.ok) setAt(copy, path, outcome.value);
    else failures.push(explained(path, outcome.error));
  }
  return { config: copy as OpenClawConfig, failures };
}

function explained(path: Path, { message, hint }: AppError): AppError {
  return new AppError(
    "SECRET_UNRESOLVED",
    `${path.join(".")} SecretRef is unresolved in this command path: ${message}`,
    { hint: hint ?? "Add --token <token>" },
  );
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => isObject(value) ? value[part] : undefined, root);
}

function setAt(root: JsonObject, path: Path, value: string): void {
  const holder = valueAt(root, path.slice(0, -1));
  if (isObject(holder)) holder[path.at(-1)!] = value;
}
