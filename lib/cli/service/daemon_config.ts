/**
 * The config that an installed service reads, which need not be the one of this command line.
 *
 * @module
 */
import { envOf } from "../../base/mod.ts";
import type { ConfigIssue } from "../../config/mod.ts";
import type { ServiceDefinition } from "../../service/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";

/** A config file as a status answer has it. */
export interface ConfigFacts {
  readonly path: string;
  readonly exists: boolean;
  readonly valid: boolean;
  readonly issues?: readonly ConfigIssue[];
  readonly warnings?: readonly ConfigIssue[];
}

/** The facts of a config that was read. */
export function configFacts({ snapshot }: Pick<ConfigState, "snapshot">): ConfigFacts {
  const { path, exists, valid, issues, warnings } = snapshot;
  return {
    path,
    exists,
    valid,
    ...(issues.length > 0 ? { issues } : {}),
    ...(warnings.length > 0 ? { warnings } : {}),
  };
}

/** The config that the service reads; without a service the one that it would read. */
export async function daemonConfig(
  state: ConfigState,
  definition: ServiceDefinition | undefined,
): Promise<ConfigFacts> {
  if (definition === undefined) return configFacts(state);
  const { loadConfig, resolvePaths } = await import("../../config/mod.ts");
  const env = envOf({ HOME: state.paths.home, ...definition.environment });
  const paths = resolvePaths(env);
  if (paths.configPath === state.paths.configPath) return configFacts(state);
  return configFacts({ snapshot: await loadConfig({ env, paths }) });
}
