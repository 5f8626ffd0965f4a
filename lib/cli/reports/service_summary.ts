/**
 * The services of this machine in one line each, for `openclaw status`.
 *
 * @module
 */
import type { ConfigState } from "../remote/config_state.ts";
import { runtimeJson, type ServiceFacts } from "../service/facts.ts";
import { runtimeLine } from "../service/facts_view.ts";
import { findNodeService } from "../service/installed.ts";
import type { CommandContext } from "../table.ts";

/** A service as `status --json` has it. */
export interface ServiceSummary {
  readonly label: string | null;
  readonly installed: boolean;
  readonly loaded: boolean;
  readonly managedByOpenClaw: boolean;
  /** A unit of the system, which somebody else looks after, runs this gateway. */
  readonly externallyManaged: boolean;
  readonly loadedText: string;
  readonly runtime?: ServiceFacts["runtime"];
  readonly runtimeShort: string | null;
}

/** The gateway's service. */
export async function gatewayServiceSummary(
  context: CommandContext,
  facts: ServiceFacts | undefined,
): Promise<ServiceSummary> {
  if (facts === undefined) return noService(null);
  const installed = facts.command !== null;
  const isExternal = !installed && await hasSystemUnit(context);
  const { label, loaded, loadedText, notLoadedText, runtime } = facts;
  return {
    label,
    installed,
    loaded,
    managedByOpenClaw: installed,
    externallyManaged: isExternal,
    loadedText: loaded ? loadedText : notLoadedText,
    runtime,
    runtimeShort: installed ? runtimeLine(facts) : null,
  };
}

/**
 * The service of a node host. This build runs one in the foreground only, but another installation on
 * this machine may have made one.
 */
export async function nodeServiceSummary(
  context: CommandContext,
  state: ConfigState,
  label: string | null,
): Promise<ServiceSummary> {
  if (label === null) return noService(null);
  const { manager } = await findNodeService(context, state);
  const { pathExists } = await import("../../platform/mod.ts");
  if (!await pathExists(manager.definitionPath)) return noService(label);
  const [loaded, runtime] = await Promise.all([
    // A manager that cannot be asked is told of with the gateway's own service.
    manager.isLoaded().catch(() => false),
    manager.readRuntime(),
  ]);
  const json = runtimeJson(runtime, false);
  return {
    label,
    installed: true,
    loaded,
    managedByOpenClaw: true,
    externallyManaged: false,
    loadedText: loaded ? manager.loadedText : manager.notLoadedText,
    runtime: json,
    runtimeShort: runtimeLine({ state: runtime.state, runtime: json }),
  };
}

/** A service that there is none of. */
function noService(label: string | null): ServiceSummary {
  return {
    label,
    installed: false,
    loaded: false,
    managedByOpenClaw: false,
    externallyManaged: false,
    loadedText: "not installed",
    runtimeShort: null,
  };
}

/** `systemd user enabled · running (pid 7, ...)`. */
export function serviceText(service: ServiceSummary): string {
  const label = service.label ?? "no service manager";
  if (service.externallyManaged) {
    return `${label} not installed · a unit of the system is (externally managed)`;
  }
  if (!service.installed) return `${label} not installed`;
  return [`${label} ${service.loadedText}`, service.runtimeShort ?? ""].filter(Boolean).join(" · ");
}

/** Whether the system has a unit of the same name, without reading all of them. */
async function hasSystemUnit({ env, host, profile }: CommandContext): Promise<boolean> {
  if (host.os !== "linux") return false;
  const [{ serviceNames, SYSTEM_UNIT_FOLDERS }, { fileExistsSync }] = await Promise.all([
    import("../../service/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const { systemdUnit } = serviceNames(profile, env);
  return SYSTEM_UNIT_FOLDERS.some((folder) => fileExistsSync(`${folder}/${systemdUnit}`));
}
