/**
 * Everything about `openclaw.json`: where it is, what it says, what follows from it, and how it is
 * changed without losing anything. The schema and the parsers are loaded on first use.
 *
 * @module
 */
export { changedPaths } from "./change/changed_paths.ts";
export { deletedSections, type ListMerge, mergePatch } from "./change/merge_patch.ts";
export { patchedText, replacedText } from "./change/whole_text.ts";
export {
  type GatewayTarget,
  resolveGatewayTarget,
  type SshWay,
  type TargetOptions,
  type TargetSource,
} from "./client_target.ts";
export { editConfig, setConfigValue, unsetConfigValue } from "./edit/mod.ts";
export {
  findVersion,
  historyFolder,
  includedHistoryFolder,
  type ListedVersion,
  listIncludedVersions,
  listVersions,
  readVersion,
  type VersionEntry,
  type VersionOrigin,
} from "./history.ts";
export {
  evaluateConfig,
  type EvaluateOptions,
  loadConfig,
  type LoadOptions,
  requireResolved,
} from "./load.ts";
export { forgetVersions } from "./history.ts";
export { lookup, type LookupResult } from "./lookup.ts";
export { decodeUtf8, parseConfigText } from "./parse.ts";
export { formatPath, parsePath, type Path } from "./path_syntax.ts";
export {
  expandHome,
  type PathOptions,
  type ProfileOptions,
  type ResolvedProfile,
  resolvePaths,
  resolveProfile,
} from "./paths.ts";
export { collectSecrets, redactConfig, REDACTED_VALUE } from "./redact.ts";
export {
  type AgentModels,
  MAIN_AGENT_ID,
  normalizeAgentId,
  resolveAgents,
  type ResolvedAgent,
  type ResolvedAgents,
} from "./resolve/agents.ts";
export {
  AUTH_MODES,
  type AuthMode,
  type AuthOptions,
  type AuthSource,
  hasChosenCredential,
  resolveAllowTailscale,
  resolveAuth,
  type ResolvedAuth,
  type TrustedProxyAuth,
} from "./resolve/auth.ts";
export {
  BIND_MODES,
  type BindMode,
  type BindOptions,
  isLoopbackHost,
  resolveBind,
  type ResolvedBind,
} from "./resolve/bind.ts";
export {
  type ResolvedTailscale,
  resolveTailscale,
  TAILSCALE_MODES,
  type TailscaleMode,
} from "./resolve/tailscale.ts";
export { type CronFailureAlertConfig, resolveCron, type ResolvedCron } from "./resolve/cron.ts";
export { parseDuration } from "./resolve/duration.ts";
export {
  type ActiveHours,
  type ResolvedHeartbeat,
  resolveHeartbeats,
  wakeSettings,
} from "./resolve/heartbeat.ts";
export {
  assertHooksUsable,
  type GatewayCredentials,
  type HookMappingConfig,
  type HookSessionRules,
  isHookKeyAllowed,
  isHookTemplate,
  type ResolvedHooks,
  resolveHooks,
} from "./resolve/hooks.ts";
export { type LoggingOptions, type ResolvedLogging, resolveLogging } from "./resolve/logging.ts";
export { type ModelSelection, resolveModelSelection } from "./resolve/models.ts";
export { type ResolvedMemorySearch, resolveMemorySearch } from "./resolve/memory_search.ts";
export { assertNotOlder, isNewer } from "./resolve/newer_config.ts";
export { resolveMaintenance, type SessionMaintenanceSettings } from "./resolve/maintenance.ts";
export {
  DEFAULT_GATEWAY_PORT,
  type PortSource,
  type ResolvedPort,
  resolveGatewayPort,
} from "./resolve/port.ts";
export {
  isSecretReference,
  resolveSecretInput,
  type SecretContext,
  type SecretInput,
  type SecretRef,
} from "./resolve/secret_input.ts";
export {
  findSecretReferences,
  isSecretTarget,
  matchesTarget,
  type SecretReference,
} from "./secret_refs.ts";
export { findLegacyFiles, type LegacyFile } from "./legacy_files.ts";
export { setText, unsetText } from "./change/included_value.ts";
export { keepLastGood, lastGoodPath, loadLastGood } from "./last_good.ts";
export type { ChangeEffect, ConfigJsonSchema, FieldEntry, ReloadClass } from "./schema/mod.ts";
export { readEnvFiles } from "./environment/read.ts";
export { referencedVariable } from "./substitute.ts";
export {
  assertStartAllowed,
  assertUsable,
  type StartOptions,
  summarize as summarizeIssues,
} from "./resolve/start_guard.ts";
export type {
  AgentProfiles,
  ConfigIssue,
  ConfigPaths,
  ConfigSnapshot,
  MissingVar,
  OpenClawConfig,
  ResolvedSecrets,
} from "./types.ts";
export { writeConfig, type WriteOptions, type WriteResult } from "./write.ts";

/** Loads the schema, and with it the schema library. */
export function loadConfigSchema() {
  return import("./schema/mod.ts");
}
