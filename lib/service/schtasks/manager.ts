/**
 * The gateway as a scheduled task of Windows, or as an entry of the Startup folder where no task may be
 * created.
 *
 * Needs no administrator: the task belongs to one user and starts at that user's login.
 *
 * @module
 */
import { dirname } from "@std/path";
import { AppError, delay, type Env, errorMessage } from "../../base/mod.ts";
import {
  ensureDir,
  inspectPort,
  pathExists,
  type PortUsage,
  readTextFileIfExists,
  removeIfThere,
  type RunCommand,
  writeFileAtomic,
} from "../../platform/mod.ts";
import type {
  InstallPlan,
  ServiceDefinition,
  ServiceFile,
  ServiceManager,
  ServiceReport,
  ServiceRuntime,
  ServiceSpec,
  StopOptions,
} from "../types.ts";
import { STAYS_OFF } from "../types.ts";
import { buildRunner, headlessCommand, type TaskFiles, taskFiles } from "./files.ts";
import { buildGatewayCmd, buildPrivateValues, isOwnScript } from "./gateway_cmd.ts";
import { accountName, privacyCommand, writePrivateFile } from "./private_file.ts";
import { Lifecycle } from "./lifecycle.ts";
import { parseFailures, taskRuntime } from "./query.ts";
import { type TaskAnswer, TaskScheduler } from "./scheduler.ts";
import { buildStartupEntry, startupEntryPath } from "./startup_entry.ts";
import { buildTaskXml, encodeUtf16 } from "./task_xml.ts";

const REMOVE_ATTEMPTS = 3;
const REMOVE_WAIT_MS = 500;
const FILE_MODE = 0o600;

/** What the manager works with. */
export interface SchtasksDeps {
  readonly runCommand: RunCommand;
  readonly env: Env;
  readonly home: string;
  readonly stateDir: string;
  /** Name of the task. */
  readonly task: string;
  /** Port of the gateway unless its definition names one. */
  readonly port: number;
  /** Looks at a port; asks the system unless a test says otherwise. */
  readonly inspect?: (port: number) => Promise<PortUsage>;
  /** Lets time pass between two looks; a test's own one does not take any. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** How the gateway is made to start at login. */
type Registration = "task" | "login item" | "nothing";

/** Drives `schtasks`. */
export class SchtasksManager implements ServiceManager {
  readonly kind = "schtasks";
  readonly label = "Scheduled Task";
  readonly loadedText = "registered";
  readonly notLoadedText = "missing";
  readonly definitionPath: string;
  readonly #deps: SchtasksDeps;
  readonly #files: TaskFiles;
  readonly #entry: string;
  readonly #scheduler: TaskScheduler;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #life: Lifecycle;

  constructor(deps: SchtasksDeps) {
    const { runCommand: run, env, home, stateDir, task, port, wait = delay } = deps;
    this.#deps = deps;
    this.#files = taskFiles(stateDir, env);
    this.#entry = startupEntryPath(task, home, env);
    this.#scheduler = new TaskScheduler(run, task);
    this.#wait = wait;
    const inspect = deps.inspect ?? ((port) => inspectPort(port, { os: "windows", run }));
    const processes = { run, inspect, wait };
    this.#life = new Lifecycle({ scheduler: this.#scheduler, processes, files: this.#files, port });
    this.definitionPath = this.#files.script;
  }

  async isLoaded(): Promise<boolean> {
    if (await pathExists(this.#entry)) return true;
    return (await this.#scheduler.find())?.isEnabled ?? false;
  }

  readDefinition(): Promise<ServiceDefinition | undefined> {
    return this.#life.readDefinition();
  }

  async readRuntime(): Promise<ServiceRuntime> {
    try {
      const found = await this.#find();
      const [record, pids, failures, definition] = await Promise.all([
        found === undefined ? undefined : this.#scheduler.record(),
        this.#life.listeners(),
        readTextFileIfExists(this.#files.exit),
        this.readDefinition(),
      ]);
      return taskRuntime({
        by: await this.#registration(found !== undefined),
        hasScript: definition !== undefined,
        record,
        isEnabled: found?.isEnabled ?? true,
        pid: pids[0],
        port: this.#life.portOf(definition),
        failures: parseFailures(failures),
      });
    } catch (error) {
      return { state: "unknown", detail: errorMessage(error) };
    }
  }

  planInstall(spec: ServiceSpec): InstallPlan {
    this.#assertUsable();
    const { env } = this.#deps;
    const { script, runner, xml, environment, folder } = this.#files;
    const { program, args } = headlessCommand(this.#files);
    const { description, privateEnvironment } = spec;
    const user = accountName(env);
    const definition = buildTaskXml({ description, user, program, args, folder });
    const values = buildPrivateValues(privateEnvironment);
    const files: ServiceFile[] = [
      { path: script, text: buildGatewayCmd(spec), mode: FILE_MODE },
      { path: runner, text: buildRunner(this.#files), mode: FILE_MODE },
      { path: xml, text: definition, encoding: "utf-16le", mode: FILE_MODE },
    ];
    const commands = [this.#scheduler.createCommand(xml), this.#scheduler.runCommand()];
    if (values === "") return { files, commands };
    const shownText = Object.keys(privateEnvironment).sort().map((key) => `${key}=***\n`).join("");
    return {
      files: [{ path: environment, text: values, shownText, mode: FILE_MODE }, ...files],
      commands: [privacyCommand(environment, env), ...commands],
    };
  }

  async install(spec: ServiceSpec): Promise<ServiceReport> {
    const plan = this.planInstall(spec);
    const { script, backup, environment } = this.#files;
    const wasRegistered = await this.#mayBeRegistered();
    const before = await readTextFileIfExists(script);
    // A batch file is read as it runs, so the old one ends before it is replaced.
    if (before !== undefined || wasRegistered) await this.#life.end("SERVICE_INSTALL_FAILED");
    const answer = await this.#replace(spec, plan, before, wasRegistered);
    if (!plan.files.some(({ path }) => path === environment)) await removeIfThere(environment);
    const lines: string[] = [];
    const warnings: string[] = [];
    if (answer.outcome === "done") {
      await removeIfThere(this.#entry);
      const verb = wasRegistered ? "Updated" : "Installed";
      lines.push(`${verb} Scheduled Task: ${this.#deps.task}`);
    } else {
      await this.#writeEntry(spec.description);
      lines.push(`Installed Windows login item: ${this.#entry}`);
      warnings.push(refusedWarning(answer));
    }
    lines.push(`Task script: ${script}`);
    if (before !== undefined && before !== await readTextFileIfExists(script)) {
      await writeFileAtomic(backup, before, { mode: FILE_MODE });
      lines.push(`Previous script backed up to: ${backup}`);
    }
    const hasTask = answer.outcome === "done";
    warnings.push(...await this.#life.launch("SERVICE_INSTALL_FAILED", hasTask));
    return { lines, warnings };
  }

  async uninstall(): Promise<ServiceReport> {
    const code = "SERVICE_UNINSTALL_FAILED";
    const { script, runner, xml, environment, stop, exit, backup } = this.#files;
    const hadScript = await pathExists(script);
    const hadEntry = await pathExists(this.#entry);
    const hadTask = await this.#find() !== undefined;
    if (hadScript || hadEntry || hadTask) await this.#life.end(code);
    if (hadTask) await this.#removeTask(code);
    // The marker goes last: what still runs must not start the gateway again.
    const files = [this.#entry, environment, script, runner, xml, exit, backup];
    for (const path of files) await removeIfThere(path);
    await removeIfThere(stop);
    const lines = [
      ...(hadTask ? [`Removed Scheduled Task: ${this.#deps.task}`] : []),
      ...(hadEntry ? [`Removed Windows login item: ${this.#entry}`] : []),
      hadScript ? `Removed task script: ${script}` : `Task script not found at ${script}`,
    ];
    return { lines, warnings: [] };
  }

  async start(): Promise<ServiceReport> {
    const { repaired, kind } = await this.#ensureRegistered("SERVICE_START_FAILED");
    const warnings = [...repaired];
    if ((await this.#life.listeners()).length === 0) {
      warnings.push(...await this.#life.launch("SERVICE_START_FAILED", kind === "task"));
    }
    return { lines: [`Started ${this.#named(kind)}`], warnings };
  }

  async stop({ disable = false }: StopOptions = {}): Promise<ServiceReport> {
    const found = await this.#find();
    const kind = await this.#registration(found !== undefined);
    await this.#life.end("SERVICE_STOP_FAILED");
    if (disable && kind === "login item") await removeIfThere(this.#entry);
    if (disable && found?.isEnabled) {
      const answer = await this.#scheduler.setEnabled(false);
      if (answer.outcome !== "done") {
        throw this.#scheduler.failure("SERVICE_STOP_FAILED", "disable", answer);
      }
    }
    const stay = disable ? [STAYS_OFF] : [];
    return { lines: [`Stopped ${this.#named(kind)}`, ...stay], warnings: [] };
  }

  async restart(): Promise<ServiceReport> {
    const code = "SERVICE_RESTART_FAILED";
    const { repaired, kind } = await this.#ensureRegistered(code);
    await this.#life.end(code);
    const warnings = [...repaired, ...await this.#life.launch(code, kind === "task")];
    return { lines: [`Restarted ${this.#named(kind)}`], warnings };
  }

  startHints(): readonly string[] {
    return ["openclaw gateway install", `schtasks /Run /TN "${this.#deps.task}"`];
  }

  logHint(): string {
    return "openclaw logs --limit 200";
  }

  #named(kind: Registration): string {
    return kind === "login item"
      ? `Windows login item: ${this.#entry}`
      : `Scheduled Task: ${this.#deps.task}`;
  }

  /** `cmd.exe` cannot work on another machine, and the scheduler looks for variables in a path. */
  #assertUsable(): void {
    const { folder } = this.#files;
    const why = /^[\\/]{2}/.test(folder)
      ? "it is on another machine"
      : /%[^%]+%/.test(folder)
      ? "the Task Scheduler takes a part of it for a variable"
      : undefined;
    if (why === undefined) return;
    throw new AppError("SERVICE_INSTALL_FAILED", `Cannot run a task in "${folder}": ${why}`, {
      hint: "Set OPENCLAW_STATE_DIR to another folder of this machine, then run: " +
        "openclaw gateway install",
      details: { kind: "generic" },
    });
  }

  /** Writes the files and registers the task; a failure leaves what was there before. */
  async #replace(
    spec: ServiceSpec,
    plan: InstallPlan,
    before: string | undefined,
    wasRegistered: boolean,
  ): Promise<TaskAnswer> {
    try {
      await this.#writeFiles(spec, plan);
      const answer = await this.#scheduler.create(this.#files.xml);
      if (answer.outcome === "done") return answer;
      if (!wasRegistered && answer.outcome !== "bad-definition") return answer;
      throw this.#scheduler.failure("SERVICE_INSTALL_FAILED", "replace", answer);
    } catch (error) {
      await this.#undo(before);
      throw error;
    }
  }

  async #writeFiles(spec: ServiceSpec, { files }: InstallPlan): Promise<void> {
    const { runCommand: run, env } = this.#deps;
    const { environment, folder } = this.#files;
    await ensureDir(spec.stateDir);
    await ensureDir(folder);
    for (const { path, text, encoding, mode } of files) {
      if (path === environment) await writePrivateFile(path, text, { run, env });
      else await writeFileAtomic(path, encoding === undefined ? text : encodeUtf16(text), { mode });
    }
  }

  async #writeEntry(description: string): Promise<void> {
    await ensureDir(dirname(this.#entry));
    await writeFileAtomic(this.#entry, buildStartupEntry(description, this.#files), {
      mode: FILE_MODE,
    });
  }

  /** Puts the script of before back and starts what was there, as far as that goes. */
  async #undo(before: string | undefined): Promise<void> {
    const { script, stop } = this.#files;
    if (before === undefined) await removeIfThere(script);
    else await writeFileAtomic(script, before, { mode: FILE_MODE });
    await removeIfThere(stop);
    if (before !== undefined) await this.#scheduler.start();
  }

  /**
   * Makes sure that the gateway starts at login: a task that is gone is created again from its file, a
   * disabled one enabled.
   *
   * @returns Warnings about what was mended, and how the gateway is registered.
   */
  async #ensureRegistered(code: string): Promise<{ repaired: string[]; kind: Registration }> {
    const found = await this.#find();
    if (found !== undefined) {
      if (found.isEnabled) return { repaired: [], kind: "task" };
      const answer = await this.#scheduler.setEnabled(true);
      if (answer.outcome !== "done") throw this.#scheduler.failure(code, "enable", answer);
      return { repaired: ["the task was disabled and is enabled again"], kind: "task" };
    }
    if (await pathExists(this.#entry)) return { repaired: [], kind: "login item" };
    const text = await readTextFileIfExists(this.#files.script);
    if (text === undefined || !isOwnScript(text)) throw this.#notInstalled(code);
    const answer = await pathExists(this.#files.xml)
      ? await this.#scheduler.create(this.#files.xml)
      : undefined;
    if (answer?.outcome === "done") {
      return { repaired: ["the task was gone and is registered again"], kind: "task" };
    }
    if (answer === undefined || answer.outcome === "bad-definition") throw this.#notInstalled(code);
    await this.#writeEntry(/^rem (.*)$/m.exec(text)?.[1]?.trim() ?? this.#deps.task);
    return { repaired: [refusedWarning(answer)], kind: "login item" };
  }

  #notInstalled(code: string): AppError {
    return new AppError(code, `Cannot start the task "${this.#deps.task}": it is not registered`, {
      hint: "openclaw gateway install --force",
      details: { kind: "install" },
    });
  }

  /** The task; a scheduler that does not answer has none to tell of where a login item is. */
  async #find(): Promise<{ isEnabled: boolean } | undefined> {
    try {
      return await this.#scheduler.find();
    } catch (error) {
      const isSilent = error instanceof AppError && error.details?.outcome === "timeout";
      if (isSilent && await pathExists(this.#entry)) return undefined;
      throw error;
    }
  }

  /** Whether there is a task that an installation would replace, its user's or not. */
  async #mayBeRegistered(): Promise<boolean> {
    try {
      return await this.#scheduler.find() !== undefined;
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== "SERVICE_CHECK_FAILED") throw error;
      return error.details?.outcome === "denied";
    }
  }

  async #registration(hasTask: boolean): Promise<Registration> {
    if (hasTask) return "task";
    return await pathExists(this.#entry) ? "login item" : "nothing";
  }

  async #removeTask(code: string): Promise<void> {
    for (let attempt = 1;; attempt++) {
      const answer = await this.#scheduler.remove();
      if (answer.outcome === "missing" || await this.#scheduler.find() === undefined) return;
      if (attempt === REMOVE_ATTEMPTS || answer.outcome === "denied") {
        throw this.#scheduler.failure(code, "delete", answer);
      }
      await this.#wait(REMOVE_WAIT_MS);
    }
  }
}

/** What a person is told about a task that may not be created. */
function refusedWarning({ outcome, text }: TaskAnswer): string {
  const why = outcome === "timeout" ? "it did not answer" : text;
  return `the Task Scheduler refused the task (${why}), so the gateway starts from the Startup ` +
    "folder at login. An administrator can allow tasks; then run: openclaw gateway install --force";
}
