/**
 * `config.get`: what the file says now, beside what is in force.
 *
 * @module
 */
import {
  collectSecrets,
  type ConfigSnapshot,
  loadConfig,
  redactConfig,
} from "../../../config/mod.ts";
import type { ConfigGetResult, RejectedConfig } from "../../../protocol/mod.ts";
import type { GatewayState } from "../../state.ts";

/** Reads the file as it is; a hand may have changed it since it was put in force. */
export function readFile(state: GatewayState): Promise<ConfigSnapshot> {
  return loadConfig({ env: state.config().processEnv, paths: state.paths });
}

/** The configuration without its secrets, and the hash that a write has to name. */
export async function getConfig(state: GatewayState): Promise<ConfigGetResult> {
  const file = await readFile(state);
  const { config: inForce, resolved } = state.config();
  const known = [...collectSecrets(file.config), ...resolved?.values.values() ?? []];
  const source = redactConfig(file.parsed, known);
  const config = redactConfig(file.config, known);
  const hasSecrets = JSON.stringify(source) !== JSON.stringify(file.parsed);
  return {
    path: file.path,
    exists: file.exists,
    // What cannot be parsed cannot be searched for secrets.
    raw: hasSecrets || !isReadable(file) ? null : file.raw,
    parsed: source,
    sourceConfig: source,
    resolved: config,
    valid: file.valid,
    runtimeConfig: redactConfig(resolved?.pointers ?? inForce, known),
    config,
    hash: file.hash,
    issues: file.issues.map(issueRow),
    warnings: file.warnings.map(issueRow),
    legacyIssues: [],
    ...rejectedConfig(state),
  };
}

/** The file that is not in force, and why; nothing where the file is. */
export function rejectedConfig(state: GatewayState): { rejected?: RejectedConfig } {
  const { rejected } = state.reloader;
  if (!rejected) return {};
  const { path, hash, ts, message, issues } = rejected;
  return { rejected: { path, hash, ts, message, issues: issues.map(issueRow) } };
}

/** Whether the text as a whole could be parsed. */
export function isReadable({ issues }: ConfigSnapshot): boolean {
  return issues.every(({ path }) => path !== "");
}

function issueRow({ path, message }: { path: string; message: string }) {
  return { path, message };
}
