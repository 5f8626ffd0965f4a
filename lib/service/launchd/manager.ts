/**
 * The gateway as a LaunchAgent of macOS.
 *
 * @module
 */
import { AppError, type Env, errorMessage } from "../../base/mod.ts";
import {
  pathExists,
  readTextFileIfExists,
  removeIfThere,
  type RunCommand,
} from "../../platform/mod.ts";
import type {
  InstallPlan,
  ServiceDefinition,
  ServiceManager,
  ServiceReport,
  ServiceRuntime,
  ServiceSpec,
  StopOptions,
} from "../types.ts";
import { STAYS_OFF } from "../types.ts";
import { buildJobEnvironment, WRAPPER_SCRIPT } from "./environment_file.ts";
import { prepareFolders, toTrash, writeFiles } from "./files.ts";
import { isInsideJob } from "./inside.ts";
import { buildJob, type JobPaths, jobPaths, parseJob } from "./job.ts";
import { findGatewayJobs, userJobFolder } from "./jobs.ts";
import { JobControl } from "./job_control.ts";
import { Launchctl, shellWord } from "./launchctl.ts";
import { runtimeOf } from "./print.ts";

const PRIVATE_FILE_MODE = 0o600;
const PROGRAM_MODE = 0o700;
const LOG_NAME = /^[A-Za-z0-9._-]+$/;

/** What the manager works with. */
export interface LaunchdDeps {
  readonly runCommand: RunCommand;
  readonly env: Env;
  readonly home: string;
  readonly stateDir: string;
  readonly label: string;
  /** Whose jobs. */
  readonly uid: number;
  /** The user that `sudo` was called by, when this process is root because of it. */
  readonly sudoUser: string | undefined;
  /** Lets time pass between two looks; a test's own one does not take any. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Drives `launchctl`. */
export class LaunchdManager implements ServiceManager {
  readonly kind = "launchd";
  readonly label = "LaunchAgent";
  readonly loadedText = "loaded";
  readonly notLoadedText = "not loaded";
  readonly definitionPath: string;
  readonly #deps: LaunchdDeps;
  readonly #paths: JobPaths;
  readonly #launchctl: Launchctl;
  readonly #control: JobControl;

  constructor(deps: LaunchdDeps) {
    this.#deps = deps;
    const prefix = deps.env.get("OPENCLAW_LOG_PREFIX")?.trim() ?? "";
    this.#paths = jobPaths({ ...deps, logName: LOG_NAME.test(prefix) ? prefix : "gateway" });
    this.definitionPath = this.#paths.plist;
    this.#launchctl = new Launchctl({ ...deps, plist: this.definitionPath });
    this.#control = new JobControl(this.#launchctl, this.definitionPath, deps.wait);
  }

  async isLoaded(): Promise<boolean> {
    return (await this.#control.look()).kind === "loaded";
  }

  async readDefinition(): Promise<ServiceDefinition | undefined> {
    const text = await readTextFileIfExists(this.definitionPath);
    if (text === undefined) return undefined;
    try {
      return parseJob(text, this.definitionPath, readQuietly);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // There is a definition, and nobody can tell what it starts; the audit says so.
      const sourcePath = this.definitionPath;
      return { command: [], environment: {}, environmentSources: {}, sourcePath, text };
    }
  }

  async readRuntime(): Promise<ServiceRuntime> {
    try {
      const seen = await this.#control.look();
      const isDefined = await pathExists(this.definitionPath);
      if (seen.kind === "loaded") {
        const runtime = runtimeOf(seen.job, this.#control.runsBefore);
        return isDefined ? runtime : { ...runtime, isCached: true, detail: this.#cachedText() };
      }
      if (!isDefined) return { state: "not_installed" };
      const isDisabled = await this.#launchctl.isDisabled();
      return {
        state: "stopped",
        isMissingSupervision: true,
        ...(isDisabled ? { detail: "it is disabled and stays off until it is started" } : {}),
      };
    } catch (error) {
      return { state: "unknown", detail: errorMessage(error) };
    }
  }

  planInstall(spec: ServiceSpec): InstallPlan {
    const paths = this.#paths;
    const { environment, privateEnvironment } = spec;
    const values = { ...environment, ...privateEnvironment };
    const masked = Object.fromEntries(Object.keys(privateEnvironment).map((key) => [key, "***"]));
    const verbs = ["bootout", "enable", "bootstrap"] as const;
    return {
      files: [
        { path: paths.wrapper, text: WRAPPER_SCRIPT, mode: PROGRAM_MODE },
        {
          path: paths.environment,
          text: buildJobEnvironment(values),
          shownText: buildJobEnvironment({ ...environment, ...masked }),
          mode: PRIVATE_FILE_MODE,
        },
        { path: paths.plist, text: buildJob(spec, paths), mode: PRIVATE_FILE_MODE },
      ],
      commands: verbs.map((verb) => this.#launchctl.commandLine(verb)),
    };
  }

  async install(spec: ServiceSpec): Promise<ServiceReport> {
    this.#assertOwnUser();
    const isLoaded = (await this.#control.look()).kind === "loaded";
    if (isLoaded) this.#assertOutside("SERVICE_INSTALL_FAILED", "replace");
    const plan = this.planInstall(spec);
    await prepareFolders(this.#deps.home, spec.stateDir, this.#paths);
    // A new definition is complete on disk before the old job is touched.
    await writeFiles(plan.files, this.#paths);
    const code = "SERVICE_INSTALL_FAILED";
    if (isLoaded) await this.#control.unload(code);
    await this.#control.ensureStarted(code, false);
    return {
      lines: [`Installed LaunchAgent: ${this.definitionPath}`, `Logs: ${this.#paths.log}`],
      warnings: await this.#legacyWarnings(),
    };
  }

  async uninstall(): Promise<ServiceReport> {
    this.#assertOwnUser();
    const code = "SERVICE_UNINSTALL_FAILED";
    if ((await this.#control.look()).kind === "loaded") {
      this.#assertOutside(code, "remove");
      await this.#control.unload(code);
    }
    const line = await this.#removePlist();
    const { environment, wrapper, backup, folder } = this.#paths;
    for (const path of [environment, wrapper, backup]) await removeIfThere(path);
    // Other profiles may have theirs in there.
    await Deno.remove(folder).catch(() => {});
    return { lines: [line], warnings: [] };
  }

  async start(): Promise<ServiceReport> {
    this.#assertOwnUser();
    await this.#control.ensureStarted("SERVICE_START_FAILED", false);
    return { lines: [`Started LaunchAgent: ${this.#launchctl.target}`], warnings: [] };
  }

  async stop(options: StopOptions = {}): Promise<ServiceReport> {
    const code = "SERVICE_STOP_FAILED";
    const { target } = this.#launchctl;
    const seen = await this.#control.look();
    // First, so that nothing in between can bring it back at the next login.
    const disabled = options.disable ? await this.#launchctl.disable() : undefined;
    if (seen.kind === "loaded") await this.#control.unload(code);
    if (disabled !== undefined && disabled.kind !== "done") {
      throw this.#control.failure(code, "keep off", disabled, [this.#launchctl.spoken("disable")]);
    }
    const line = seen.kind === "loaded"
      ? `Stopped LaunchAgent: ${target}`
      : `LaunchAgent was stopped already: ${target}`;
    const stay = options.disable ? [STAYS_OFF] : [];
    return { lines: [line, ...stay], warnings: [] };
  }

  async restart(): Promise<ServiceReport> {
    this.#assertOwnUser();
    await this.#control.ensureStarted("SERVICE_RESTART_FAILED", true);
    return { lines: [`Restarted LaunchAgent: ${this.#launchctl.target}`], warnings: [] };
  }

  startHints(): readonly string[] {
    return ["openclaw gateway install", "openclaw gateway", this.#launchctl.spoken("bootstrap")];
  }

  logHint(): string {
    return `tail -n 200 ${shellWord(this.#paths.log)}`;
  }

  async #removePlist(): Promise<string> {
    const { plist } = this.#paths;
    const definition = await this.readDefinition();
    if (definition === undefined) return `LaunchAgent not found at ${plist}`;
    const sources = Object.values(definition.environmentSources);
    // What others have written may hold secrets, and what is in the trash is kept.
    const mayHoldSecrets = definition.command.length === 0 ||
      sources.some((source) => source !== "file");
    const trashed = mayHoldSecrets ? undefined : await toTrash(this.#deps.home, plist);
    if (trashed !== undefined) return `Moved LaunchAgent to Trash: ${trashed}`;
    await removeIfThere(plist);
    return `Removed LaunchAgent: ${plist}`;
  }

  async #legacyWarnings(): Promise<string[]> {
    const jobs = await findGatewayJobs([userJobFolder(this.#deps.home)]);
    return jobs.filter(({ isLegacy, path }) => isLegacy && path !== this.definitionPath).map((
      { label, path },
    ) =>
      `an older gateway is installed as ${label}. Remove it: ` +
      `launchctl bootout ${this.#launchctl.domain}/${label}; rm ${shellWord(path)}`
    );
  }

  /** Root's own session has no LaunchAgents, and what it writes its user could not replace. */
  #assertOwnUser(): void {
    const { sudoUser } = this.#deps;
    if (sudoUser === undefined) return;
    throw new AppError(
      "SERVICE_MANAGER_UNAVAILABLE",
      `Cannot drive the LaunchAgent of user "${sudoUser}" through sudo`,
      {
        hint: "Run it without sudo: openclaw gateway install",
        details: { reason: "sudo", kind: "generic" },
      },
    );
  }

  /** A command that the job has started would end with it, half done. */
  #assertOutside(code: string, verb: string): void {
    const { env, label } = this.#deps;
    if (!isInsideJob(env, label)) return;
    throw new AppError(
      code,
      `Cannot ${verb} ${label} from inside of it: this command would end too`,
      {
        hint: "Run it in a terminal of your own\nopenclaw gateway restart works from here",
        details: { reason: "inside-job", kind: "generic" },
      },
    );
  }

  #cachedText(): string {
    return `its definition is gone, remove the job: ${this.#launchctl.spoken("bootout")}`;
  }
}

function readQuietly(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // A private file of somebody else adds nothing to what can be told.
    return undefined;
  }
}
