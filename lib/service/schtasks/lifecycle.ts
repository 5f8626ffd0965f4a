/**
 * The start and the end of a gateway that Windows looks after.
 *
 * A task that was told to start or to end tells little about the gateway, so the process is looked for
 * each time: by its port, and by its command line while it has none yet.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import {
  ensureDir,
  pathExists,
  readTextFileIfExists,
  removeIfThere,
  writeFileAtomic,
} from "../../platform/mod.ts";
import type { ServiceDefinition } from "../types.ts";
import { headlessCommand, type TaskFiles } from "./files.ts";
import { parseGatewayCmd } from "./gateway_cmd.ts";
import {
  killTrees,
  portOwners,
  type ProcessDeps,
  startedProcesses,
  startHidden,
} from "./processes.ts";
import { TASK_RUNNING, type TaskRecord } from "./query.ts";
import type { TaskScheduler } from "./scheduler.ts";

const POLL_MS = 250;
/** How often a task is looked at that was told to start: 15 seconds. */
const START_POLLS = 60;
/** The same for a gateway that was told to end: 5 seconds, then 2 more for one that would not. */
const STOP_POLLS = [20, 8];
const FILE_MODE = 0o600;
const DEFAULT_PROGRAM = "openclaw.exe";

/** What a gateway is started and ended with. */
export interface LifecycleDeps {
  readonly scheduler: TaskScheduler;
  readonly processes: ProcessDeps;
  readonly files: TaskFiles;
  /** Port of the gateway unless its definition names one. */
  readonly port: number;
}

/** Starts and ends the gateway of one profile. */
export class Lifecycle {
  readonly #deps: LifecycleDeps;

  constructor(deps: LifecycleDeps) {
    this.#deps = deps;
  }

  /** The definition on disk; `undefined` when there is none. */
  async readDefinition(): Promise<ServiceDefinition | undefined> {
    const { script, environment } = this.#deps.files;
    const text = await readTextFileIfExists(script);
    if (text === undefined) return undefined;
    return parseGatewayCmd(text, script, await readTextFileIfExists(environment));
  }

  /** The port that the definition names, else the configured one. */
  portOf(definition: ServiceDefinition | undefined): number {
    const at = definition?.command.indexOf("--port") ?? -1;
    const port = at < 0 ? undefined : definition?.command[at + 1];
    return Number(port ?? definition?.environment.OPENCLAW_GATEWAY_PORT) || this.#deps.port;
  }

  /** Pids of the gateways that listen on the port. */
  async listeners(): Promise<readonly number[]> {
    const definition = await this.readDefinition();
    const port = this.portOf(definition);
    return (await portOwners(this.#deps.processes, port, definition?.command[0])).own;
  }

  /**
   * Starts the task, or the gateway itself where no task does.
   *
   * @param hasTask Whether there is a task.
   * @returns Warnings.
   * @throws {AppError} `code` when neither is possible.
   */
  async launch(code: string, hasTask: boolean): Promise<string[]> {
    const { scheduler, files } = this.#deps;
    // What earlier starts have left would be taken for signs of this one.
    for (const path of [files.stop, files.exit]) await removeIfThere(path);
    if (!hasTask) {
      await this.#startDirectly(code);
      return [];
    }
    const before = await scheduler.record();
    const answer = await scheduler.start();
    // One that did not answer may have been heard.
    const wasHeard = answer.outcome === "done" || answer.outcome === "timeout";
    if (wasHeard && await this.#hasStarted(before)) return [];
    await this.#startDirectly(code);
    const why = wasHeard ? "it did not begin within 15s" : answer.text || answer.outcome;
    return [`the Task Scheduler did not start the task (${why}), so it was started directly`];
  }

  async #hasStarted(before: TaskRecord | undefined): Promise<boolean> {
    const { scheduler, files, processes } = this.#deps;
    for (let poll = 0; poll < START_POLLS; poll++) {
      const record = await scheduler.record();
      const hasChanged = record !== undefined &&
        (record.result !== before?.result || record.lastRunTime !== before?.lastRunTime);
      if (record?.result === TASK_RUNNING || hasChanged) return true;
      if (await pathExists(files.exit) || (await this.#pids()).length > 0) return true;
      await processes.wait(POLL_MS);
    }
    return false;
  }

  async #startDirectly(code: string): Promise<void> {
    const { processes, files } = this.#deps;
    try {
      await startHidden(processes, { ...headlessCommand(files), folder: files.folder });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      throw new AppError(code, error.message, {
        hint: error.hint ?? "openclaw gateway run",
        details: { kind: "generic" },
        cause: error,
      });
    }
  }

  /**
   * Ends the gateway and keeps its runner from starting it again; whatever else listens is left alone.
   *
   * @throws {AppError} `code` when it cannot be ended.
   */
  async end(code: string): Promise<void> {
    const { scheduler, files, processes } = this.#deps;
    await ensureDir(files.folder);
    await writeFileAtomic(files.stop, "", { mode: FILE_MODE });
    await scheduler.end();
    for (const polls of STOP_POLLS) {
      const pids = await this.#pids();
      if (pids.length > 0) await killTrees(processes, pids);
      for (let poll = 0; poll < polls; poll++) {
        if ((await this.#pids()).length === 0) return await removeIfThere(files.exit);
        await processes.wait(POLL_MS);
      }
    }
    const pids = await this.#pids();
    if (pids.length === 0) return;
    const port = this.portOf(await this.readDefinition());
    const kill = pids.map((pid) => `taskkill /F /T /PID ${pid}`).join(" && ");
    throw new AppError(
      code,
      `gateway port ${port} is still busy after stop: pid ${pids.join(", ")}`,
      { hint: `In a terminal of an administrator: ${kill}`, details: { kind: "generic", port } },
    );
  }

  /** Gateways on the port, else those on their way there. */
  async #pids(): Promise<readonly number[]> {
    const definition = await this.readDefinition();
    const listening = await this.listeners();
    if (listening.length > 0) return listening;
    const program = definition?.command[0] ?? DEFAULT_PROGRAM;
    return await startedProcesses(this.#deps.processes, this.portOf(definition), program);
  }
}
