/**
 * Services besides this profile's own that start a gateway: left behind, or somebody else's.
 *
 * @module
 */
import type { OtherService } from "../../service/mod.ts";
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
  /** Whether it carries a name from before the renaming. */
  readonly legacy: boolean;
  /** The command that takes it away. */
  readonly cleanup: string;
}

/**
 * Looks for them, as far as this user can see; gateways of other profiles are none. Of a service of
 * the system that is itself looked at, the user's own ones are the others.
 */
export async function findExtraServices(context: CommandContext): Promise<ExtraService[]> {
  const { findOtherServices } = await import("../../service/mod.ts");
  const { manager, names, state } = await findService(context);
  const { os, runCommand } = context.host;
  const { home } = state.paths;
  const found = await findOtherServices({ os, home, names, runCommand, isDeep: true });
  return found
    .filter(({ isManaged, path }) => !isManaged && path !== manager.definitionPath)
    .map(asExtra);
}

function asExtra({ platform, label, detail, scope, legacy, cleanup }: OtherService): ExtraService {
  return {
    platform: platform === "windows" ? "win32" : platform,
    label,
    detail,
    scope,
    marker: legacy ? "clawdbot" : "openclaw",
    legacy,
    cleanup,
  };
}
