/**
 * Services besides this profile's own that start a gateway: left behind, or somebody else's.
 *
 * @module
 */
import { join } from "@std/path";
import type { GatewayUnit } from "../../service/mod.ts";
import type { CommandContext } from "../table.ts";
import { findService } from "./installed.ts";

/** One such service, as a status answer has it. */
export interface ExtraService {
  readonly platform: "linux" | "darwin" | "win32";
  readonly label: string;
  /** Where it is defined. */
  readonly detail: string;
  readonly scope: "user" | "system";
  readonly marker: "openclaw" | "clawdbot";
  /** Whether it carries the name from before the renaming. */
  readonly legacy: boolean;
  /** Commands that take it away. */
  readonly cleanup: readonly string[];
}

/** Units of profiles of ours are called so. */
const MANAGED_UNIT = /^openclaw-gateway(?:-[a-z0-9_-]+)?\.service$/;

/**
 * Looks for them: among the user's own definitions and, when deep, among the system's. Best effort: a
 * folder that cannot be read tells nothing.
 */
export async function findExtraServices(
  context: CommandContext,
  isDeep: boolean,
): Promise<ExtraService[]> {
  if (context.host.os !== "linux") return [];
  const { findGatewayUnits, SYSTEM_UNIT_FOLDERS } = await import("../../service/mod.ts");
  const { manager, names, port, state } = await findService(context);
  const folder = join(state.paths.home, ".config", "systemd", "user");
  const [own, system] = await Promise.all([
    findGatewayUnits([folder]),
    isDeep ? findGatewayUnits(SYSTEM_UNIT_FOLDERS) : [],
  ]);
  const isOther = ({ path, name }: GatewayUnit) =>
    path !== manager.definitionPath && !MANAGED_UNIT.test(name);
  // A unit of the system for the same gateway is in the way of the user's, whatever it is called.
  const isRival = (unit: GatewayUnit) =>
    unit.path !== manager.definitionPath &&
    (isOther(unit) || unit.name === names.systemdUnit || unit.port === port);
  return [
    ...own.filter(isOther).map((unit) => asExtra(unit, "user")),
    ...system.filter(isRival).map((unit) => asExtra(unit, "system")),
  ];
}

function asExtra({ name, path, isLegacy }: GatewayUnit, scope: "user" | "system"): ExtraService {
  const cleanup = scope === "user"
    ? [`systemctl --user disable --now ${name}`, `rm ${path}`]
    : [`sudo systemctl disable --now ${name}`, `sudo rm ${path}`];
  const marker = isLegacy ? "clawdbot" : "openclaw";
  return {
    platform: "linux",
    label: name,
    detail: `unit: ${path}`,
    scope,
    marker,
    legacy: isLegacy,
    cleanup,
  };
}
