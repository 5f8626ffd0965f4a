/**
 * Which service manager this system has.
 *
 * @module
 */
import type { Env } from "../base/mod.ts";
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

/** The manager of this system. */
export async function createServiceManager(facts: ManagerFacts): Promise<ServiceManager> {
  switch (facts.os) {
    case "darwin": {
      const { LaunchdManager } = await import("./launchd/manager.ts");
      const { uid = 0 } = facts;
      const label = facts.names.launchdLabel;
      return new LaunchdManager({ ...facts, uid, label, sudoUser: sudoUserOf(facts) });
    }
    case "linux": {
      const { SystemdManager } = await import("./systemd/manager.ts");
      const { env, uid } = facts;
      return new SystemdManager({
        ...facts,
        unit: facts.names.systemdUnit,
        isWsl: isWsl(env, facts.kernelRelease),
        isRoot: uid === 0,
        sudoUser: sudoUserOf(facts),
      });
    }
    case "windows": {
      const { SchtasksManager } = await import("./schtasks/manager.ts");
      return new SchtasksManager({ ...facts, task: facts.names.windowsTask });
    }
  }
}

/** Whose service is meant by a root that is one through `sudo` only. */
function sudoUserOf({ env, uid }: ManagerFacts): string | undefined {
  const user = uid === 0 ? env.get("SUDO_USER") : undefined;
  return user && user !== "root" ? user : undefined;
}
