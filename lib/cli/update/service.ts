/**
 * The service that runs the program which is updated.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import type { ServiceDefinition } from "../../service/mod.ts";
import type { UpdatedService } from "../../update/mod.ts";
import { ask } from "../remote/ask.ts";
import type { ConfigState } from "../remote/config_state.ts";
import { resolveTarget } from "../remote/target.ts";
import { waitForWork, workBudgetMs } from "../service/drain.ts";
import { namesInFiles } from "../service/environment.ts";
import { waitForHealth } from "../service/health_wait.ts";
import { findService, installedPort, type ProfileService } from "../service/installed.ts";
import type { CommandContext } from "../table.ts";

/** How long a version may take to serve before the other one comes back, in milliseconds. */
const HEALTH_BUDGET_MS = 30_000;
const ASK_TIMEOUT_MS = 5000;

/** A service to restart, if there is one, and why there is none. */
export interface FoundService {
  readonly service?: UpdatedService;
  readonly notes: readonly string[];
}

/** Looks for the service of this profile; one that is stopped, or runs another file, stays as it is. */
export async function findUpdatedService(
  context: CommandContext,
  state: ConfigState,
  program: string,
  report: (line: string) => void,
): Promise<FoundService> {
  if (context.options.flag("no-restart")) {
    return {
      notes: [`A running gateway goes on as it was until: ${context.say("gateway restart")}`],
    };
  }
  const service = await findService(context, state).catch((error) => {
    if (error instanceof AppError && error.code === "NOT_SUPPORTED") return undefined;
    throw error;
  });
  const definition = await service?.manager.readDefinition();
  if (service === undefined || definition === undefined) {
    return { notes: ["No service is installed: restart a running gateway yourself."] };
  }
  const started = await startedProgram(definition);
  if (started !== program && definition.environment.OPENCLAW_WRAPPER === undefined) {
    return { notes: [`The installed service runs another file, ${started}: it stays as it is.`] };
  }
  const { state: runtime } = await service.manager.readRuntime();
  if (runtime === "stopped" || runtime === "not_installed") {
    return { notes: ["The service is stopped: it starts with the new version."] };
  }
  return { service: new RunningService(context, service, definition, report), notes: [] };
}

async function startedProgram({ command: [program = ""] }: ServiceDefinition): Promise<string> {
  try {
    return await Deno.realPath(program);
  } catch {
    // What is not there is named as the definition has it.
    return program;
  }
}

/** Drives one service through an update. */
class RunningService implements UpdatedService {
  readonly #context: CommandContext;
  readonly #service: ProfileService;
  readonly #definition: ServiceDefinition;
  readonly #report: (line: string) => void;
  /** The work of the old version is waited for; a version that is taken back has none. */
  #hasWaited = false;

  constructor(
    context: CommandContext,
    service: ProfileService,
    definition: ServiceDefinition,
    report: (line: string) => void,
  ) {
    this.#context = context;
    this.#service = service;
    this.#definition = definition;
    this.#report = report;
  }

  async stop(): Promise<void> {
    await this.#waitForWork();
    await this.#service.manager.stop();
  }

  async restart(version: string): Promise<readonly string[]> {
    const { manager } = this.#service;
    await this.#waitForWork();
    // The definition carries the version, and is to start what is in place now.
    const { warnings } = await manager.install(await this.#specFor(version));
    await waitForHealth({
      manager,
      port: this.#port,
      clock: this.#context.clock,
      budgetMs: HEALTH_BUDGET_MS,
    });
    const running = await this.#runningVersion();
    if (running !== undefined && running !== version) {
      throw new AppError(
        "SERVICE_NOT_HEALTHY",
        `The gateway was started, but it is version ${running}, not ${version}`,
        { hint: "openclaw gateway status --deep" },
      );
    }
    const unseen = running === undefined
      ? ["the running gateway did not tell its version to this user"]
      : [];
    return [...warnings, ...unseen];
  }

  get #port(): number {
    return installedPort(this.#definition) ?? this.#service.port;
  }

  async #waitForWork(): Promise<void> {
    if (this.#hasWaited) return;
    this.#hasWaited = true;
    const { state } = this.#service;
    await waitForWork(this.#context, state, workBudgetMs(state));
    this.#report("Stopping the gateway that runs");
  }

  async #specFor(version: string) {
    const { buildServiceSpec } = await import("../../service/mod.ts");
    const { names, state } = this.#service;
    const { env, host } = this.#context;
    const { command, environment } = this.#definition;
    const [program = host.executable!, ...rest] = command.slice(0, command.indexOf("gateway"));
    const configPath = environment.OPENCLAW_CONFIG_PATH;
    const wrapper = environment.OPENCLAW_WRAPPER;
    return buildServiceSpec({
      os: host.os,
      names,
      version,
      program: [program, ...rest],
      ...(wrapper === undefined ? {} : { wrapper }),
      port: this.#port,
      home: state.paths.home,
      stateDir: state.paths.stateDir,
      ...(configPath === undefined ? {} : { configPath }),
      env,
      secrets: {},
      managedKeys: await namesInFiles(state),
      previous: this.#definition,
    });
  }

  /** `undefined` when this user cannot ask. */
  async #runningVersion(): Promise<string | undefined> {
    try {
      const { state } = this.#service;
      const target = await resolveTarget(this.#context, state, { localPort: this.#port });
      const options = { timeoutMs: ASK_TIMEOUT_MS, methods: ["status"] };
      const status = await ask(this.#context, target, options, (call) => call("status"));
      const version = isObject(status) ? status.runtimeVersion : undefined;
      return typeof version === "string" ? version : undefined;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // Its health is known already; without a credential no more can be asked.
      return undefined;
    }
  }
}
