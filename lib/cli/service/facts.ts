/**
 * What `gateway status` and `status` tell about the service of a profile.
 *
 * @module
 */
import { AppError, errorMessage, VERSION } from "../../base/mod.ts";
import type { SupervisorHandoff } from "../../platform/mod.ts";
import type {
  AuditIssue,
  ServiceDefinition,
  ServiceManager,
  ServiceRuntime,
  ServiceState,
} from "../../service/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";
import { namesInFiles } from "./environment.ts";
import { findService, installedPort } from "./installed.ts";

/** Variables of a definition that are shown; others may be anybody's secrets. */
const SHOWN_VARIABLES: readonly string[] = [
  "OPENCLAW_PROFILE",
  "OPENCLAW_STATE_DIR",
  "OPENCLAW_CONFIG_PATH",
  "OPENCLAW_GATEWAY_PORT",
  "OPENCLAW_NIX_MODE",
];

/** The `service` of a status answer. */
export interface ServiceFacts {
  readonly label: string;
  readonly loaded: boolean;
  readonly loadedText: string;
  readonly notLoadedText: string;
  /** One word for all managers; tells a crash loop from a stop. */
  readonly state: ServiceState;
  readonly command: null | {
    readonly programArguments: readonly string[];
    readonly workingDirectory?: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly sourcePath: string;
  };
  readonly runtime: ReturnType<typeof runtimeJson>;
  readonly configAudit: { readonly ok: boolean; readonly issues: readonly AuditIssue[] };
  /** The note of a gateway that has ended to be started again; asked for with --deep. */
  readonly restartHandoff?: SupervisorHandoff;
  /** Why nothing can be told, where nothing can. */
  readonly error?: string;
}

/** The facts, and what only texts show. */
export interface ServiceReportFacts {
  readonly json: ServiceFacts;
  readonly definition: ServiceDefinition | undefined;
  /** The port that the definition names. */
  readonly port: number | undefined;
  readonly logHint: string;
  readonly startHints: readonly string[];
  /** What is wrong with the surroundings of a service that runs. */
  readonly warnings: readonly string[];
  /** What to do about a manager that cannot be reached. */
  readonly hint: string | undefined;
}

/** Asks the manager; `undefined` on systems that have none. Never throws. */
export async function collectServiceFacts(
  context: CommandContext,
  state: ConfigState,
): Promise<ServiceReportFacts | undefined> {
  const found = await findService(context, state).catch((error) => {
    if (error instanceof AppError) return undefined;
    throw error;
  });
  if (found === undefined) return undefined;
  const { manager, port } = found;
  const [loaded, definition, runtime, handoff] = await Promise.all([
    manager.isLoaded().catch((error: unknown) => error),
    manager.readDefinition(),
    manager.readRuntime(),
    context.options.flag("deep") ? recentHandoff(context, state) : undefined,
  ]);
  const issues = definition === undefined
    ? []
    : await audit(context, { manager, definition, port, state });
  const { label, loadedText, notLoadedText } = manager;
  const failure = typeof loaded === "boolean" ? undefined : loaded;
  return {
    json: {
      label,
      loaded: loaded === true,
      loadedText,
      notLoadedText,
      state: definition === undefined && runtime.state !== "running"
        ? "not_installed"
        : runtime.state,
      command: definition === undefined ? null : commandJson(definition),
      runtime: runtimeJson(runtime, definition === undefined),
      configAudit: { ok: issues.length === 0, issues },
      ...(handoff === undefined ? {} : { restartHandoff: handoff }),
      ...(failure === undefined ? {} : { error: errorMessage(failure) }),
    },
    definition,
    port: definition === undefined ? undefined : installedPort(definition),
    logHint: manager.logHint(),
    startHints: manager.startHints(),
    warnings: loaded === true ? await lingerWarnings(context, manager) : [],
    hint: failure instanceof AppError ? failure.hint : undefined,
  };
}

async function recentHandoff({ clock }: CommandContext, { paths }: ConfigState) {
  const { readHandoff } = await import("../../platform/mod.ts");
  return await readHandoff(paths.stateDir, clock);
}

/** Whether a user's service ends with the login; root's and the system's do not. */
async function lingerWarnings(
  { host }: CommandContext,
  { kind, label }: ServiceManager,
): Promise<string[]> {
  if (kind !== "systemd" || label !== "systemd user") return [];
  const { userId, userName } = await import("../../platform/mod.ts");
  const { isLingering, lingerWarning } = await import("../../service/mod.ts");
  const uid = userId();
  const name = uid === undefined || uid === 0 ? undefined : userName(uid);
  if (name === undefined) return [];
  return await isLingering(host.runCommand, name) === false ? [lingerWarning(name)] : [];
}

async function audit(
  context: CommandContext,
  { manager, definition, port, state }: {
    manager: ServiceManager;
    definition: ServiceDefinition;
    port: number;
    state: ConfigState;
  },
): Promise<AuditIssue[]> {
  const [{ auditDefinition }, platform] = await Promise.all([
    import("../../service/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  return auditDefinition(definition, {
    kind: manager.kind,
    os: context.host.os,
    port,
    version: VERSION,
    program: platform.stableExecutablePath(context.env, context.host.executable),
    managedKeys: await namesInFiles(state),
    exists: platform.fileExistsSync,
  });
}

function commandJson({ command, workingDirectory, environment, sourcePath }: ServiceDefinition) {
  const shown = SHOWN_VARIABLES.filter((key) => environment[key] !== undefined);
  return {
    programArguments: command,
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    environment: Object.fromEntries(shown.map((key) => [key, environment[key]!])),
    sourcePath,
  };
}

/** What a manager tells about a process, as status answers have it. */
export function runtimeJson(runtime: ServiceRuntime, isMissing: boolean) {
  const { state, managerState, isMissingSupervision, isCached, restarts, ...rest } = runtime;
  return {
    status: statusOf(state),
    ...(managerState === undefined ? {} : { state: managerState }),
    ...rest,
    ...(restarts === undefined ? {} : { restarts }),
    ...(isMissing ? { missingUnit: true } : {}),
    ...(isMissingSupervision ? { missingSupervision: true } : {}),
    ...(isCached ? { cachedLabel: true } : {}),
  };
}

function statusOf(state: ServiceState): "running" | "stopped" | "unknown" {
  if (state === "running") return "running";
  return state === "unknown" ? "unknown" : "stopped";
}
