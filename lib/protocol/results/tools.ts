/**
 * The shapes of results about tools, skills, commands, plugins and push messages, as types only.
 *
 * @module
 */

/** One tool of `tools.catalog`. */
export interface ToolRow {
  id: string;
  label: string;
  description: string;
  source: string;
  optional?: boolean;
  risk?: string;
  tags?: string[];
  defaultProfiles: string[];
}

/** The result of `tools.catalog`. */
export interface ToolsCatalogResult {
  agentId: string;
  profiles: { id: string; label: string }[];
  groups: { id: string; label: string; source: string; pluginId?: string; tools: ToolRow[] }[];
}

/** The result of `tools.effective`. */
export interface ToolsEffectiveResult {
  agentId: string;
  profile: string;
  groups: {
    id: "core" | "plugin" | "channel";
    label: string;
    source: string;
    tools: Record<string, unknown>[];
  }[];
}

/** The result of `tools.invoke`; that a tool is missing or fails is told in here. */
export interface ToolInvokeResult {
  ok: boolean;
  toolName: string;
  output?: unknown;
  source?: string;
  requiresApproval?: boolean;
  error?: { code: string; message: string };
}

/** The result of `commands.list`. */
export interface CommandsListResult {
  commands: {
    name: string;
    nativeName?: string;
    textAliases?: string[];
    description: string;
    category?: string;
    source: string;
    scope: "text" | "native" | "both";
    acceptsArgs: boolean;
    args?: Record<string, unknown>[];
  }[];
}

/** One skill of `skills.status`. */
export interface SkillRow extends Record<string, unknown> {
  name: string;
  description: string;
  source: string;
  bundled: boolean;
  filePath: string;
  baseDir: string;
  skillKey: string;
  emoji?: string;
  homepage?: string;
  always: boolean;
  disabled: boolean;
  eligible: boolean;
  requirements: Record<string, unknown>;
  missing: Record<string, unknown>;
  configChecks: unknown[];
  install: unknown[];
}

/** The result of `skills.status`. */
export interface SkillsStatusResult {
  workspaceDir: string;
  managedSkillsDir: string;
  skills: SkillRow[];
}

/** The result of `skills.search`. */
export interface SkillsSearchResult {
  results: Record<string, unknown>[];
}

/** The result of `skills.detail`. */
export interface SkillDetailResult {
  skill: Record<string, unknown> | null;
  latestVersion?: unknown;
  metadata?: unknown;
  owner?: unknown;
}

/** The result of `skills.install`. */
export interface SkillInstallResult extends Record<string, unknown> {
  ok: boolean;
  message: string;
  stdout?: string;
  stderr?: string;
  code?: number | null;
}

/** The result of `skills.update`. */
export interface SkillUpdateResult {
  ok: boolean;
  skillKey: string;
  config: Record<string, unknown>;
}

/** The result of `skills.upload.begin` and `skills.upload.chunk`. */
export interface SkillUploadResult {
  uploadId: string;
  receivedBytes: number;
  expiresAt: number;
}

/** The result of `skills.upload.commit`. */
export interface SkillUploadCommitted extends SkillUploadResult {
  sha256: string;
}

/** The result of `plugins.uiDescriptors`. */
export interface PluginDescriptorsResult {
  ok: boolean;
  descriptors: Record<string, unknown>[];
}

/** The result of `plugins.sessionAction`. */
export type PluginActionResult =
  | { ok: true; result?: unknown; continueAgent?: boolean; reply?: unknown }
  | { ok: false; error: string; code?: string; details?: unknown };

/** The result of `push.web.vapidPublicKey`. */
export interface VapidPublicKeyResult {
  vapidPublicKey: string;
}

/** The result of `push.web.subscribe`. */
export interface PushSubscribed {
  subscriptionId: string;
}

/** The result of `push.web.unsubscribe`. */
export interface PushUnsubscribed {
  removed: boolean;
}

/** The result of `push.web.test`. */
export interface PushTestResult {
  results: Record<string, unknown>[];
}
