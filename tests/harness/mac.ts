/**
 * A home on a Mac with the manager of its LaunchAgent, whose waits take no time.
 *
 * @module
 */
import { join } from "@std/path";
import { envOf } from "../../lib/base/mod.ts";
import type { RunCommand } from "../../lib/platform/mod.ts";
import { LaunchdManager } from "../../lib/service/launchd/manager.ts";
import { buildServiceSpec, serviceNames, type ServiceSpec } from "../../lib/service/mod.ts";

/** Label of the gateway there. */
export const LABEL = "ai.openclaw.gateway";

/** A home with a manager in it. */
export class Mac implements AsyncDisposable {
  readonly home: string;
  readonly spec: ServiceSpec;
  readonly manager: LaunchdManager;
  /** How long the manager has waited, in milliseconds; none of it has passed. */
  waitedMs = 0;

  private constructor(home: string, runCommand: RunCommand, variables: Record<string, string>) {
    this.home = home;
    const stateDir = join(home, ".openclaw");
    const env = envOf(variables);
    this.spec = buildServiceSpec({
      os: "darwin",
      names: serviceNames(undefined, env),
      version: "1.2.3",
      program: ["/usr/local/bin/openclaw"],
      port: 18789,
      home,
      stateDir,
      env,
      secrets: { API_KEY: "canary" },
      managedKeys: [],
    });
    this.manager = new LaunchdManager({
      runCommand,
      env,
      home,
      stateDir,
      label: LABEL,
      uid: 501,
      sudoUser: variables.SUDO_USER,
      wait: (ms) => {
        this.waitedMs += ms;
        return Promise.resolve();
      },
    });
  }

  static async create(
    runCommand: RunCommand,
    variables: Record<string, string> = {},
  ): Promise<Mac> {
    const home = await Deno.makeTempDir({ prefix: "openclaw-mac-" });
    return new Mac(home, runCommand, variables);
  }

  get plist(): string {
    return this.manager.definitionPath;
  }

  /** Files of the service that are there, relative to the home. */
  async files(): Promise<string[]> {
    const found: string[] = [];
    for (const folder of ["Library/LaunchAgents", ".openclaw/service-env", ".Trash"]) {
      const entries = [];
      try {
        for await (const { name } of Deno.readDir(join(this.home, folder))) entries.push(name);
      } catch {
        continue;
      }
      found.push(...entries.sort().map((name) => `${folder}/${name}`));
    }
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.home, { recursive: true });
  }
}
