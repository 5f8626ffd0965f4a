/**
 * The gateway as a unit of systemd: of a user's own one, or of the system.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, type Env, errorMessage, EXIT } from "../../base/mod.ts";
import {
  type CommandResult,
  ensureDir,
  pathExists,
  readTextFileIfExists,
  removeIfThere,
  type RunCommand,
  writeFileAtomic,
} from "../../platform/mod.ts";
import type {
  InstallPlan,
  ServiceCommandLine,
  ServiceDefinition,
  ServiceFile,
  ServiceManager,
  ServiceReport,
  ServiceRuntime,
  ServiceSpec,
  StopOptions,
} from "../types.ts";
import { STAYS_OFF } from "../types.ts";
import { failureText, unavailable, unavailableReason } from "./failures.ts";
import { isLingering, lingerWarning } from "./linger.ts";
import { parseShow, runtimeOf, SHOWN_PROPERTIES } from "./show.ts";
import { SYSTEM_UNIT_FOLDERS } from "./system_unit.ts";
import {
  buildEnvironmentFile,
  buildSystemUnit,
  buildUserUnit,
  ENVIRONMENT_FILE,
  parseUnit,
  SYSTEM_ACCOUNT,
} from "./unit.ts";

/** A start is over when the gateway says that it is ready, so it may take as long as the unit allows. */
const START_TIMEOUT_MS = 90_000;
const STOP_TIMEOUT_MS = 60_000;
const ASK_TIMEOUT_MS = 10_000;
const PRIVATE_FILE_MODE = 0o600;
const PUBLIC_FILE_MODE = 0o644;
/** Where tools for accounts are; not everybody who is root has these folders on the PATH. */
const ACCOUNT_TOOLS_PATH = "/usr/sbin:/usr/bin:/sbin:/bin";
/** What `useradd` ends with when there is such an account. */
const ACCOUNT_EXISTS = 9;

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
  readonly isRoot: boolean;
  /** Name of the user; absent when the system does not know it. */
  readonly userName?: string;
  /** Whose systemd; the user's own unless given. */
  readonly scope?: SystemdScope;
}

/** Whose service manager looks after the gateway. */
export type SystemdScope = "user" | "system";

/** States of a unit file that mean "not started at login". */
const NOT_ENABLED = /^(?:disabled|static|indirect|masked|not-found|linked|generated|transient|bad)/;

/** Drives `systemctl`. */
export class SystemdManager implements ServiceManager {
  readonly kind = "systemd";
  readonly label: string;
  readonly loadedText = "enabled";
  readonly notLoadedText = "disabled";
  readonly definitionPath: string;
  readonly #deps: SystemdDeps;
  readonly #environmentFile: string;
  readonly #isSystem: boolean;

  constructor(deps: SystemdDeps) {
    this.#deps = deps;
    this.#isSystem = deps.scope === "system";
    this.label = this.#isSystem ? "systemd system" : "systemd user";
    const folder = this.#isSystem
      ? SYSTEM_UNIT_FOLDERS[0]!
      : join(deps.home, ".config", "systemd", "user");
    this.definitionPath = join(folder, deps.unit);
    // Of the system's one only root may read the values; systemd hands them over.
    this.#environmentFile = this.#isSystem
      ? join("/etc/openclaw", deps.unit.replace(/\.service$/, ".env"))
      : join(deps.stateDir, ENVIRONMENT_FILE);
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
    const environmentFile = environment === "" ? undefined : this.#environmentFile;
    const text = this.#isSystem
      ? buildSystemUnit(spec, { home: this.#deps.home, environmentFile })
      : buildUserUnit(spec, environmentFile);
    const mode = this.#isSystem ? PUBLIC_FILE_MODE : PRIVATE_FILE_MODE;
    const files: ServiceFile[] = [{ path: this.definitionPath, text, mode }];
    if (environment !== "") {
      files.unshift({
        path: this.#environmentFile,
        text: environment,
        shownText: buildEnvironmentFile(masked(spec.privateEnvironment)),
        mode: PRIVATE_FILE_MODE,
      });
    }
    const verbs = [["daemon-reload"], ["enable", unit], ["reset-failed", unit], ["restart", unit]];
    const account = this.#isSystem ? accountCommands(this.#deps.home) : [];
    return { files, commands: [...account, ...verbs.map((verb) => this.#commandLine(verb))] };
  }

  async install(spec: ServiceSpec): Promise<ServiceReport> {
    this.#assertAllowed();
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
    if (this.#isSystem) await this.#prepareAccount();
    for (const { path, text, mode } of plan.files) {
      await ensureDir(dirname(path), 0o755);
      await writeFileAtomic(path, text, { mode });
    }
    if (plan.files.length === 1) await removeIfThere(this.#environmentFile);
    const code = "SERVICE_INSTALL_FAILED";
    await this.#must(code, ["daemon-reload"]);
    await this.#must(code, ["enable", unit]);
    await this.#restart(code);
    return { lines, warnings: await this.#lingerWarnings() };
  }

  async uninstall(): Promise<ServiceReport> {
    this.#assertAllowed();
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
    const stay = options.disable ? [STAYS_OFF] : [];
    return { lines: [`Stopped systemd service: ${unit}`, ...stay], warnings: [] };
  }

  async restart(): Promise<ServiceReport> {
    await this.#assertAvailable();
    await this.#must("SERVICE_RESTART_FAILED", ["daemon-reload"]);
    await this.#restart("SERVICE_RESTART_FAILED");
    return { lines: [`Restarted systemd service: ${this.#deps.unit}`], warnings: [] };
  }

  startHints(): readonly string[] {
    const start = this.#commandLine(["start", this.#deps.unit]).join(" ");
    return this.#isSystem
      ? ["sudo openclaw gateway install --system", `sudo ${start}`]
      : ["openclaw gateway install", start];
  }

  logHint(): string {
    const scope = this.#isSystem ? "" : "--user ";
    return `journalctl ${scope}-u ${this.#deps.unit} -n 200 --no-pager`;
  }

  async #lingerWarnings(): Promise<string[]> {
    const { userName, runCommand, isRoot } = this.#deps;
    // Of the system's own services, and of root's, no login is the end.
    if (this.#isSystem || isRoot || userName === undefined) return [];
    return await isLingering(runCommand, userName) === false ? [lingerWarning(userName)] : [];
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
      hint: lastExitStatus === EXIT.CONFIG ? `openclaw doctor\n${this.logHint()}` : this.logHint(),
      details: { kind: "generic", exitStatus: lastExitStatus },
    });
  }

  /** A user's service that root has written could not be replaced by its user; the system's needs root. */
  #assertAllowed(): void {
    const { sudoUser, isRoot } = this.#deps;
    if (this.#isSystem && !isRoot) {
      throw new AppError("PERMISSION_DENIED", "Cannot change a service of the system: not root", {
        hint: "sudo openclaw gateway install --system",
      });
    }
    if (this.#isSystem || sudoUser === undefined) return;
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

  /** The account that the gateway of the system runs as, and what is its own. */
  async #prepareAccount(): Promise<void> {
    const { runCommand, home } = this.#deps;
    for (const [command, ...args] of accountCommands(home)) {
      const result = await runCommand(command, args, {
        env: { LC_ALL: "C", PATH: ACCOUNT_TOOLS_PATH },
      });
      if (result.code === 0 || result.code === ACCOUNT_EXISTS && command === "useradd") continue;
      throw new AppError("SERVICE_INSTALL_FAILED", `${command} failed: ${failureText(result)}`, {
        hint: `Run it by hand: ${[command, ...args].join(" ")}`,
      });
    }
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
      result = await this.#deps.runCommand("systemctl", [...this.#scopeArgs, ...args], options);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "COMMAND_NOT_FOUND") throw error;
      throw unavailable("no-systemctl", "", this.#deps);
    }
    const reason = result.code === 0 ? undefined : unavailableReason(result.stderr + result.stdout);
    if (reason !== undefined) throw unavailable(reason, result.stderr, this.#deps);
    return result;
  }

  get #scopeArgs(): string[] {
    return this.#isSystem ? [] : ["--user"];
  }

  #commandLine(verb: readonly string[]): ServiceCommandLine {
    return ["systemctl", ...this.#scopeArgs, ...verb];
  }

  #failure(code: string, action: string, result: CommandResult): AppError {
    return new AppError(code, `systemctl ${action} failed: ${failureText(result)}`, {
      hint: this.logHint(),
      details: { kind: "generic", exitStatus: result.code },
    });
  }
}

/** The names alone: what is in a private file is nobody's to read on a screen. */
function masked(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(values).map((key) => [key, "***"]));
}

function accountCommands(home: string): ServiceCommandLine[] {
  const shell = ["--shell", "/usr/sbin/nologin"];
  return [
    ["useradd", "--system", "--user-group", "--home-dir", home, ...shell, SYSTEM_ACCOUNT],
    ["chown", "-R", `${SYSTEM_ACCOUNT}:${SYSTEM_ACCOUNT}`, home],
  ];
}
