/**
 * Variables that the gateway reads by itself, so that no definition has to hold them.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";

/** Their names: of the state's `.env`, and of `env` of the config. */
export async function namesInFiles({ paths, snapshot }: ConfigState): Promise<string[]> {
  const { readEnvFiles } = await import("../../config/mod.ts");
  const { variables } = await readEnvFiles(paths, undefined);
  const env: unknown = snapshot.config.env;
  if (!isObject(env)) return Object.keys(variables);
  const own = Object.keys(env).filter((key) => typeof env[key] === "string");
  const vars = isObject(env.vars) ? Object.keys(env.vars) : [];
  return [...Object.keys(variables), ...own, ...vars];
}
