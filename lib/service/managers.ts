/**
 * Which service manager this system has.
 *
 * @module
 */
import { AppError, type Env } from "../base/mod.ts";
import type { OsName, RunCommand } from "../platform/mod.ts";
import { isWsl } from "./systemd/failures.ts";
import type { SystemdScope } from "./systemd/manager.ts";
import type { ServiceManager, ServiceNames } from "./types.ts";

/** What a manager is made from. */
export interface ManagerFacts {
  readonly os: OsName;
  readonly env: Env;
  readonly runCommand: RunCommand;
  readonly names: ServiceNames;
  readonly home: string;
  readonly stateDir: string;
  /** Port of the gateway, as far as it is known. */
  readonly port: number;
  /** Numeric user; absent on Windows. */
  readonly uid: number | undefined;
  readonly userName?: string;
  readonly isContainer: boolean;
  /** Whose systemd; the user's own unless given. Linux only. */
  readonly scope?: SystemdScope;
  /** Release of the kernel, such as `6.1.0-28-amd64`. */
  readonly kernelRelease: string;
}

/**
 * The manager of this system.
 *
 * @throws {AppError} `NOT_SUPPORTED` on other systems.
 */
export async function createServiceManager(facts: ManagerFacts): Promise<ServiceManager> {
  switch (facts.os) {
    case "linux": {
      const { SystemdManager } = await import("./systemd/manager.ts");
      const { env, uid } = facts;
      const sudoUser = uid === 0 ? env.get("SUDO_USER") : undefined;
      return new SystemdManager({
        ...facts,
        unit: facts.names.systemdUnit,
        isWsl: isWsl(env, facts.kernelRelease),
        isRoot: uid === 0,
        sudoUser: sudoUser && sudoUser !== "root" ? sudoUser : undefined,
      });
    }
    case "windows": {
      const { SchtasksManager } = await import("./schtasks/manager.ts");
      return new SchtasksManager({ ...facts, task: facts.names.windowsTask });
    }
    default:
      throw new AppError(
        "NOT_SUPPORTED",
        `Cannot install a service on ${facts.os}: this build drives systemd and the Task Scheduler only`,
        { hint: "Run the gateway under your own supervisor: openclaw gateway run" },
      );
  }
}
