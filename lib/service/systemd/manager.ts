/**
 * The gateway as a unit of a user's own systemd.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, type Env, errorMessage } from "../../base/mod.ts";
import {
  type CommandResult,
  ensureDir,
  pathExists,
  readTextFileIfExists,
  type RunCommand,
  writeFileAtomic,
} from "../../platform/mod.ts";
import type {
  InstallPlan,
  ServiceCommandLine,
  ServiceDefinition,
  ServiceManager,
  ServiceReport,
  ServiceRuntime,
  ServiceSpec,
  StopOptions,
} from "../types.ts";
import { failureText, unavailable, unavailableReason } from "./failures.ts";
import { parseShow, runtimeOf, SHOWN_PROPERTIES } from "./show.ts";
import { buildEnvironmentFile, buildUserUnit, ENVIRONMENT_FILE, parseUnit } from "./unit.ts";

/** A start is over when the gateway says that it is ready, so it may take as long as the unit allows. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 60_000;
const ASK_TIMEOUT_MS = 10_000;
const PRIVATE_FILE_MODE = 0o600;
/** The gateway's exit status for a configuration that it refuses. */
const EXIT_CONFIG = 78;

/** What the manager works with. */
export interface SystemdDeps {
  readonly runCommand: RunCommand;
  readonly env: Env;
  readonly home: string;
  readonly stateDir: string;
  /** With its suffix. */
  readonly unit: string;
  readonly isContainer: boolean;
  readonly isWsl: boolean;
  /** The user that `sudo` was called by, when this process is root because of it. */
  readonly sudoUser: string | undefined;
}

/** States of a unit file that mean "not started at login". */
const NOT_ENABLED = /^(?:disabled|static|indirect|masked|not-found|linked|generated|transient|bad)/;

/** Drives `systemctl --user`. */
export class SystemdManager implements ServiceManager {
  readonly kind = "systemd";
  readonly label = "systemd user";
  readonly loadedText = "enabled";
  readonly notLoadedText = "disabled";
  readonly definitionPath: string;
  readonly #deps: SystemdDeps;
  readonly #environmentFile: string;

  constructor(deps: SystemdDeps) {
    this.#deps = deps;
    this.definitionPath = join(deps.home, ".config", "systemd", "user", deps.unit);
    this.#environmentFile = join(deps.stateDir, ENVIRONMENT_FILE);
  }

  async isLoaded(): Promise<boolean> {
    if (!await pathExists(this.definitionPath)) return false;
    const result = await this.#systemctl(["is-enabled", this.#deps.unit]);
    if (result.code === 0) return true;
    if (NOT_ENABLED.test(result.stdout.trim()) || /no such file/i.test(result.stderr)) return false;
    throw this.#failure("SERVICE_CHECK_FAILED", "is-enabled", result);
  }

  async readDefinition(): Promise<ServiceDefinition | undefined> {
    const text = await readTextFileIfExists(this.definitionPath);
    if (text === undefined) return undefined;
    return parseUnit(text, this.definitionPath, (path) => {
      try {
        return Deno.readTextFileSync(path);
      } catch {
        // A private file of somebody else adds nothing to what can be told.
        return undefined;
      }
    });
  }

  async readRuntime(): Promise<ServiceRuntime> {
    const { unit } = this.#deps;
    try {
      const args = ["show", unit, "--no-pager", `--property=${SHOWN_PROPERTIES.join(",")}`];
      const result = await this.#systemctl(args);
      if (result.code !== 0) return { state: "unknown", detail: failureText(result) };
      const runtime = runtimeOf(parseShow(result.stdout));
      const isOrphan = runtime.state === "not_installed" && await pathExists(this.definitionPath);
      return isOrphan ? { ...runtime, state: "stopped", isMissingSupervision: true } : runtime;
    } catch (error) {
      return { state: "unknown", detail: errorMessage(error) };
    }
  }

  planInstall(spec: ServiceSpec): InstallPlan {
    const { unit } = this.#deps;
    const environment = buildEnvironmentFile(spec.privateEnvironment);
    const text = buildUserUnit(spec, environment === "" ? undefined : this.#environmentFile);
    const files = [{ path: this.definitionPath, text, mode: PRIVATE_FILE_MODE }];
    if (environment !== "") {
      files.unshift({ path: this.#environmentFile, text: environment, mode: PRIVATE_FILE_MODE });
    }
    const verbs = [["daemon-reload"], ["enable", unit], ["reset-failed", unit], ["restart", unit]];
    return { files, commands: verbs.map((verb) => commandLine(verb)) };
  }

  async install(spec: ServiceSpec): Promise<ServiceReport> {
    this.#refuseSudo();
    await this.#assertAvailable();
    const { unit } = this.#deps;
    const lines = [`Installed systemd service: ${this.definitionPath}`];
    const before = await readTextFileIfExists(this.definitionPath);
    const plan = this.planInstall(spec);
    await ensureDir(dirname(this.definitionPath), 0o755);
    if (before !== undefined && before !== plan.files.at(-1)?.text) {
      await writeFileAtomic(`${this.definitionPath}.bak`, before, { mode: PRIVATE_FILE_MODE });
      lines.push(`Previous unit backed up to: ${this.definitionPath}.bak`);
    }
    await ensureDir(spec.stateDir);
    for (const { path, text, mode } of plan.files) await writeFileAtomic(path, text, { mode });
    if (plan.files.length === 1) await removeIfThere(this.#environmentFile);
    const code = "SERVICE_INSTALL_FAILED";
    await this.#must(code, ["daemon-reload"]);
    await this.#must(code, ["enable", unit]);
    await this.#restart(code);
    return { lines, warnings: [] };
  }

  async uninstall(): Promise<ServiceReport> {
    this.#refuseSudo();
    await this.#assertAvailable();
    const { unit } = this.#deps;
    const isThere = await pathExists(this.definitionPath);
    if (isThere) {
      await this.#must("SERVICE_UNINSTALL_FAILED", ["disable", "--now", unit], STOP_TIMEOUT_MS);
    }
    await removeIfThere(this.definitionPath);
    await removeIfThere(`${this.definitionPath}.bak`);
    await removeIfThere(this.#environmentFile);
    await this.#must("SERVICE_UNINSTALL_FAILED", ["daemon-reload"]);
    await this.#systemctl(["reset-failed", unit]);
    const line = isThere ? "Removed systemd service" : "Systemd service not found at";
    return { lines: [`${line}${isThere ? ":" : ""} ${this.definitionPath}`], warnings: [] };
  }

  async start(): Promise<ServiceReport> {
    await this.#assertAvailable();
    const { unit } = this.#deps;
    const code = "SERVICE_START_FAILED";
    await this.#must(code, ["daemon-reload"]);
    await this.#must(code, ["enable", unit]);
    // A unit that has hit its start limit refuses to start until it is forgiven.
    await this.#systemctl(["reset-failed", unit]);
    await this.#mustServe(code, "start");
    return { lines: [`Started systemd service: ${unit}`], warnings: [] };
  }

  async stop(options: StopOptions = {}): Promise<ServiceReport> {
    await this.#assertAvailable();
    const { unit } = this.#deps;
    await this.#must("SERVICE_STOP_FAILED", ["stop", unit], STOP_TIMEOUT_MS);
    if (options.disable) await this.#must("SERVICE_STOP_FAILED", ["disable", unit]);
    return { lines: [`Stopped systemd service: ${unit}`], warnings: [] };
  }

  async restart(): Promise<ServiceReport> {
    await this.#assertAvailable();
    await this.#must("SERVICE_RESTART_FAILED", ["daemon-reload"]);
    await this.#restart("SERVICE_RESTART_FAILED");
    return { lines: [`Restarted systemd service: ${this.#deps.unit}`], warnings: [] };
  }

  startHints(): readonly string[] {
    return ["openclaw gateway install", `systemctl --user start ${this.#deps.unit}`];
  }

  logHint(): string {
    return `journalctl --user -u ${this.#deps.unit} -n 200 --no-pager`;
  }

  async #restart(code: string): Promise<void> {
    const { unit } = this.#deps;
    await this.#systemctl(["reset-failed", unit]);
    await this.#mustServe(code, "restart");
  }

  /** Starts or restarts, which is over when the gateway is ready; says why when it is not. */
  async #mustServe(code: string, verb: "start" | "restart"): Promise<void> {
    const result = await this.#systemctl([verb, this.#deps.unit], START_TIMEOUT_MS);
    if (result.code === 0) return;
    const { detail, lastExitStatus } = await this.readRuntime();
    if (lastExitStatus === undefined || lastExitStatus === 0) {
      throw this.#failure(code, verb, result);
    }
    const why = detail ?? `it ended with exit status ${lastExitStatus}`;
    throw new AppError(code, `Cannot ${verb} ${this.#deps.unit}: ${why}`, {
      hint: lastExitStatus === EXIT_CONFIG
        ? `openclaw config validate\n${this.logHint()}`
        : this.logHint(),
      details: { kind: "generic", exitStatus: lastExitStatus },
    });
  }

  /** A user's service that root has written could not be read or replaced by its user. */
  #refuseSudo(): void {
    const { sudoUser } = this.#deps;
    if (sudoUser === undefined) return;
    throw new AppError(
      "SERVICE_MANAGER_UNAVAILABLE",
      `Cannot install a service of user "${sudoUser}" through sudo`,
      {
        hint: "Run it without sudo: openclaw gateway install\n" +
          "For a service of the system: sudo openclaw gateway install --system",
        details: { kind: "generic" },
      },
    );
  }

  async #assertAvailable(): Promise<void> {
    const result = await this.#systemctl(["show", "--property=Version"]);
    if (result.code !== 0) throw this.#failure("SERVICE_CHECK_FAILED", "show", result);
  }

  async #must(code: string, args: readonly string[], timeoutMs?: number): Promise<void> {
    const result = await this.#systemctl(args, timeoutMs);
    if (result.code !== 0) throw this.#failure(code, args[0]!, result);
  }

  async #systemctl(
    args: readonly string[],
    timeoutMs: number = ASK_TIMEOUT_MS,
  ): Promise<CommandResult> {
    let result: CommandResult;
    try {
      // Messages are read, so they have to be in one language.
      const options = { timeoutMs, env: { LC_ALL: "C", SYSTEMD_COLORS: "0" } };
      result = await this.#deps.runCommand("systemctl", ["--user", ...args], options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "COMMAND_NOT_FOUND") throw error;
      throw unavailable("no-systemctl", "", this.#deps);
    }
    const reason = result.code === 0 ? undefined : unavailableReason(result.stderr + result.stdout);
    if (reason !== undefined) throw unavailable(reason, result.stderr, this.#deps);
    return result;
  }

  #failure(code: string, action: string, result: CommandResult): AppError {
    return new AppError(code, `systemctl ${action} failed: ${failureText(result)}`, {
      hint: this.logHint(),
      details: { kind: "generic", exitStatus: result.code },
    });
  }
}

function commandLine(verb: readonly string[]): ServiceCommandLine {
  return ["systemctl", "--user", ...verb];
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
