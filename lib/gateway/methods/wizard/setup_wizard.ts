/**
 * The one setup that may be under way: its session, and what it writes at its end.
 *
 * @module
 */
import { AppError, VERSION } from "../../../base/mod.ts";
import { resolveAgents } from "../../../config/mod.ts";
import { KNOWN_PROVIDERS } from "../../../models/mod.ts";
import type { WizardStartResult, WizardStatusResult } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { applySetup, askSetup, type Prompter, WizardSession } from "../../../wizard/mod.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "../config/mod.ts";

/** A setup that nobody answers for so long is given up. */
const IDLE_TTL_MS = 30 * 60_000;
/** The wire format that this build speaks to providers. */
const CALLABLE_API = "openai-completions";

/** Holds the setup that is under way. */
export class SetupWizard {
  readonly #state: GatewayState;
  readonly #editor: ConfigEditor;
  #session: WizardSession | undefined;
  #usedAt = 0;

  constructor(state: GatewayState, editor: ConfigEditor) {
    this.#state = state;
    this.#editor = editor;
  }

  /** Begins a setup. @throws {AppError} `UNAVAILABLE` while another one is under way. */
  async start(params: MethodParams<"wizard.start">): Promise<WizardStartResult> {
    if (params.mode === "remote") {
      throw new AppError("INVALID_REQUEST", 'wizard mode "remote" is not offered', {
        hint: "openclaw config set gateway.remote.url <url>",
      });
    }
    await this.#giveUpIdle();
    if (this.#session) {
      throw new AppError("UNAVAILABLE", "wizard already running", {
        hint: "Cancel it with wizard.cancel, or wait until it is given up",
        retryable: true,
      });
    }
    const session = new WizardSession((ask) => this.#setUp(ask, params.workspace?.trim()));
    this.#session = session;
    this.#usedAt = this.#state.clock.now();
    return { sessionId: session.id, ...await session.current() };
  }

  /** Answers the step that waits, or shows it again. */
  async next({ sessionId, answer }: MethodParams<"wizard.next">) {
    const session = await this.#find(sessionId);
    const result = answer ? await session.answer(answer) : await session.current();
    if (result.done) this.#forget(session);
    return result;
  }

  /** Ends a setup. */
  async cancel({ sessionId }: MethodParams<"wizard.cancel">): Promise<WizardStatusResult> {
    const session = await this.#find(sessionId);
    await session.cancel();
    this.#forget(session);
    return statusOf(session);
  }

  /** Where a setup stands. */
  async status({ sessionId }: MethodParams<"wizard.status">): Promise<WizardStatusResult> {
    return statusOf(await this.#find(sessionId));
  }

  async #setUp(ask: Prompter, wantedWorkspace: string | undefined): Promise<void> {
    const { clock, paths, config } = this.#state;
    const { parsed, env, config: resolved } = config();
    const { agents, defaultId } = resolveAgents(resolved, paths);
    const used = agents.find(({ id }) => id === defaultId)?.workspace ?? paths.workspaceDir;
    const choices = await askSetup(ask, {
      parsed,
      env,
      providers: KNOWN_PROVIDERS.filter(({ api }) => api === CALLABLE_API),
      workspace: wantedWorkspace || used,
    });
    if (!choices) {
      await ask.note("Nothing was changed", "The configuration is as it was.");
      return;
    }
    const run = {
      at: new Date(clock.now()).toISOString(),
      version: VERSION,
      command: "wizard.start",
    };
    const { restartPaths } = await this.#editor.change(
      (file) => applySetup(file, choices, run),
      { by: "gateway", action: "wizard.start" },
    );
    await ask.note("Done", doneText(paths.configPath, restartPaths));
  }

  async #find(sessionId: string): Promise<WizardSession> {
    await this.#giveUpIdle();
    if (this.#session?.id !== sessionId) {
      throw new AppError("INVALID_REQUEST", "wizard not found", {
        hint: "openclaw gateway call wizard.start",
      });
    }
    this.#usedAt = this.#state.clock.now();
    return this.#session;
  }

  async #giveUpIdle(): Promise<void> {
    const session = this.#session;
    if (!session || this.#state.clock.now() - this.#usedAt < IDLE_TTL_MS) return;
    this.#forget(session);
    await session.cancel();
  }

  #forget(session: WizardSession): void {
    if (this.#session === session) this.#session = undefined;
  }
}

function statusOf({ state, error }: WizardSession): WizardStatusResult {
  return { status: state, ...(error === undefined ? {} : { error }) };
}

function doneText(configPath: string, restartPaths: readonly string[]): string {
  const written = `Written to ${configPath}.`;
  return restartPaths.length === 0
    ? `${written} Everything is in force.`
    : `${written} Restart the gateway for: ${restartPaths.join(", ")}.`;
}
