/**
 * Accepts runs, keeps those of one session in line, and stores how each began and ended.
 *
 * A run is acknowledged only after its message is on disk, and is over only after its end is.
 *
 * @module
 */
import {
  AppError,
  type Clock,
  errorMessage,
  KeyedQueue,
  type Logger,
  nextTask,
} from "../base/mod.ts";
import type { Model } from "../models/mod.ts";
import type { SessionStore, StoredMessage, UserMessage } from "../sessions/mod.ts";
import { checkClientTools } from "./client_tools.ts";
import { buildConversation, withoutKnown } from "./context.ts";
import { ExclusiveWork } from "./exclusive_work.ts";
import { buildSystemPrompt } from "./prompt.ts";
import { Run, type RunListener, type RunOutcome, type RunRequest, type RunResult } from "./run.ts";
import { closingMessages, userMessage } from "./run_messages.ts";
import { type AgentsSnapshot, findAgent, modelsForRun } from "./snapshot.ts";
import type { AgentTool } from "./tools.ts";
import { runTurn, type TurnResult } from "./turn.ts";
import { WorkspaceReader } from "./workspace.ts";

/** Characters a token stands for, on the safe side, where only a budget is needed. */
const CHARS_PER_TOKEN = 3;
/** Share of the context window that stored messages may fill. */
const HISTORY_SHARE = 0.7;

/** What the manager works with. */
export interface RunManagerDeps {
  store: SessionStore;
  clock: Clock;
  log: Logger;
  /** The configuration as it is now. */
  snapshot(): AgentsSnapshot;
  tools: readonly AgentTool[];
}

/** All runs of the process. */
export class RunManager {
  readonly #deps: RunManagerDeps;
  readonly #queue = new KeyedQueue();
  readonly #active = new Map<string, Run>();
  readonly #accepted = new Map<string, Promise<Run>>();
  readonly #workspaces = new WorkspaceReader();
  readonly #listeners = new Set<RunListener>();
  readonly #exclusive = new ExclusiveWork(this.#queue);
  #isClosing = false;

  constructor(deps: RunManagerDeps) {
    this.#deps = deps;
  }

  /** Follows every run from its acceptance on; the returned function stops following. */
  follow(listener: RunListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A run that has not ended. */
  get(runId: string): Run | undefined {
    return this.#active.get(runId);
  }

  /** The same, once its message is stored; rejects when it is not accepted. */
  find(runId: string): Promise<Run> | undefined {
    return this.#accepted.get(runId);
  }

  /** Runs of a session that have not ended, oldest first. */
  activeOf(sessionKey: string): Run[] {
    return [...this.#active.values()].filter((run) => run.sessionKey === sessionKey);
  }

  /** Keys of the sessions that have such runs. */
  activeKeys(): Set<string> {
    return new Set([...this.#active.values()].map((run) => run.sessionKey));
  }

  /** Number of runs that have not ended. */
  get activeCount(): number {
    return this.#active.size;
  }

  /** Number of those that were begun in one way. */
  activeCountOf(kind: RunRequest["origin"]["kind"]): number {
    return [...this.#active.values()].filter(({ request }) => request.origin.kind === kind).length;
  }

  /** Number of tasks under way, or waiting, that keep the runs of a session out. */
  get exclusiveCount(): number {
    return this.#exclusive.size;
  }

  /** Number of runs that wait for others of their session. */
  get waitingCount(): number {
    return [...this.#active.values()].filter(({ state }) => state === "waiting").length;
  }

  /**
   * Accepts a run; it then goes on by itself.
   *
   * @param listener Follows this run, from its acceptance on.
   * @returns The run, once its message is stored.
   * @throws {AppError} `AGENT_NOT_FOUND`, `MODEL_NOT_FOUND`, `MODEL_NOT_ALLOWED`, `RUN_EXISTS`,
   * `INVALID_REQUEST` for tools that do not go together, or a storage error; nothing was accepted then.
   */
  start(request: RunRequest, listener?: RunListener): Promise<Run> {
    const { runId } = request;
    if (this.#accepted.has(runId)) {
      const message = `Run "${runId}" is already under way`;
      return Promise.reject(new AppError("RUN_EXISTS", message, { hint: "Use a new id" }));
    }
    const accepted = this.#start(request, listener);
    this.#accepted.set(runId, accepted);
    accepted.catch(() => this.#forget(runId));
    return accepted;
  }

  async #start(request: RunRequest, listener: RunListener | undefined): Promise<Run> {
    if (this.#isClosing) throw closing();
    const snapshot = this.#deps.snapshot();
    const agent = findAgent(snapshot, request.agentId);
    const models = modelsForRun(snapshot, agent, request.model, request.fallbacks);
    if (request.clientTools) checkClientTools(request.clientTools, this.#deps.tools);
    const run = new Run(request, snapshot, this.#deps.clock.now(), (error) => {
      this.#deps.log.error(`follower of run ${request.runId} failed: ${errorMessage(error)}`);
    });
    this.#active.set(run.runId, run);
    for (const each of this.#listeners) run.follow(each);
    if (listener) run.follow(listener);
    try {
      await this.#accept(run, models);
    } catch (error) {
      // Whoever has aborted it meanwhile, or closes, waits for its end.
      run.refuse(this.#outcome(run, undefined, undefined, asAppError(error)));
      throw error;
    }
    void this.#queue.run(run.sessionKey, () => this.#execute(run, models));
    return run;
  }

  #forget(runId: string): void {
    this.#active.delete(runId);
    this.#accepted.delete(runId);
  }

  /**
   * Works on a session while none of its runs is under way: behind those that were accepted before,
   * ahead of later ones.
   *
   * @param work Handed a signal that ends with the gateway, and by {@linkcode RunManager.interrupt}.
   * @throws {AppError} `GATEWAY_CLOSED`, `RUN_ABORTED`, or what `work` throws.
   */
  async exclusively<T>(
    sessionKey: string,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    if (this.#isClosing) throw closing();
    return await this.#exclusive.run(sessionKey, work);
  }

  /** Ends such work on a session and waits for its end; answers whether there was any. */
  interrupt(sessionKey: string): Promise<boolean> {
    return this.#exclusive.interrupt(sessionKey);
  }

  /** Takes no further runs, ends those under way and waits until their ends are stored. */
  async close(): Promise<void> {
    this.#isClosing = true;
    const exclusive = this.#exclusive.close(closing());
    for (const run of this.#active.values()) run.abort("shutdown");
    await Promise.all([...this.#active.values()].map((run) => run.done));
    await exclusive;
  }

  async #accept(run: Run, models: [Model, ...Model[]]): Promise<void> {
    const { request } = run;
    const { session, created, message } = await this.#deps.store.beginRun({
      runId: request.runId,
      key: request.sessionKey,
      agentId: request.agentId,
      message: this.#messageToStore(run, models[0]),
      now: run.acceptedAt,
      isBackground: ["cron", "heartbeat", "hook"].includes(request.origin.kind),
    });
    run.session = session;
    run.userMessage = message.message;
    run.userMessageId = message.id;
    run.userMessageSeq = message.seq;
    run.state = "waiting";
    run.onAbortWhileWaiting = () => void this.#finish(run, undefined, undefined);
    run.emit({ type: "accepted", session, created, message });
    if (run.abortReason !== undefined) run.onAbortWhileWaiting();
  }

  async #execute(run: Run, models: [Model, ...Model[]]): Promise<void> {
    if (run.state !== "waiting" || run.abortReason !== undefined) {
      await run.done;
      return;
    }
    run.state = "running";
    run.startedAt = this.#deps.clock.now();
    run.emit({ type: "start", startedAt: run.startedAt });
    const timer = setTimeout(() => run.abort("timeout"), timeoutOf(run));
    try {
      await this.#finish(run, await this.#turn(run, models), models[0]);
    } catch (error) {
      await this.#finish(run, undefined, models[0], asAppError(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async #turn(run: Run, models: [Model, ...Model[]]): Promise<TurnResult> {
    const { request, snapshot } = run;
    const agent = findAgent(snapshot, request.agentId);
    if (!agent.skipBootstrap) await this.#workspaces.ensure(agent.workspace);
    const files = await this.#workspaces.read(agent.workspace, {
      maxFileChars: agent.bootstrapMaxChars,
      maxTotalChars: agent.bootstrapTotalMaxChars,
    }, request.contextFiles);
    const system = buildSystemPrompt({
      agentId: agent.id,
      agentName: agent.identity?.name ?? agent.name,
      workspace: agent.workspace,
      files,
      timeZone: agent.userTimezone ?? snapshot.timeZone,
      extra: request.extraSystemPrompt,
    });
    const result = await runTurn({
      models,
      system,
      conversation: this.#conversation(run, models[0]),
      tools: this.#deps.tools,
      toolContext: { runId: run.runId, sessionKey: run.sessionKey, agentId: agent.id },
      ...(request.maxTokens === undefined ? {} : { maxTokens: request.maxTokens }),
      ...(request.thinking === undefined ? {} : { thinking: request.thinking }),
      ...(request.sampling === undefined ? {} : { sampling: request.sampling }),
      ...(request.hints === undefined ? {} : { hints: request.hints }),
      ...(request.clientTools === undefined ? {} : { clientTools: request.clientTools }),
      ...(request.responseFormat === undefined ? {} : { responseFormat: request.responseFormat }),
      signal: run.signal,
      clock: this.#deps.clock,
    }, (event) => run.emit(event));
    return result;
  }

  /** The user's message; of a history that the client sends along, what the session does not hold. */
  #messageToStore(run: Run, model: Model): UserMessage {
    const message = userMessage(run);
    if (message.earlier === undefined) return message;
    const session = this.#deps.store.getSession(run.sessionKey);
    if (session === undefined) return message;
    return withoutKnown(message, this.#history(session.sessionId, model));
  }

  #history(sessionId: string, model: Model): StoredMessage[] {
    const maxBytes = Math.floor(model.info.contextWindow * CHARS_PER_TOKEN * HISTORY_SHARE);
    return this.#deps.store.contextMessages(sessionId, { maxBytes });
  }

  #conversation(run: Run, model: Model) {
    const history = this.#history(run.session?.sessionId ?? "", model);
    const waiting = this.activeOf(run.sessionKey)
      .filter(({ state }) => state === "accepting" || state === "waiting")
      .map((other) => other.userMessageId);
    const own = { id: run.userMessageId, message: run.userMessage ?? userMessage(run) };
    return buildConversation(history, own, new Set(waiting));
  }

  async #finish(
    run: Run,
    result: TurnResult | undefined,
    model: Model | undefined,
    failure: AppError | undefined = result?.error,
  ): Promise<void> {
    if (run.isSettled) return;
    run.state = "ending";
    const outcome = this.#outcome(run, result, model, failure);
    // What was said goes out first, so that nobody who listens waits for the disk.
    if (result?.text) await nextTask();
    try {
      const { messages } = await this.#deps.store.endRun({
        runId: run.runId,
        status: outcome.status,
        stopReason: outcome.stopReason,
        ...(outcome.error ? { error: outcome.error.message } : {}),
        messages: result ? closingMessages(run, result) : [],
        result: outcome.result,
        contextTokens: outcome.result.contextTokens,
        now: outcome.endedAt,
      });
      outcome.messages = messages;
    } catch (error) {
      outcome.status = "error";
      outcome.stopReason = "error";
      outcome.error = asAppError(error);
    }
    this.#forget(run.runId);
    if (outcome.error) this.#logFailure(run, outcome.error);
    run.end(outcome);
  }

  #outcome(
    run: Run,
    result: TurnResult | undefined,
    model: Model | undefined,
    failure: AppError | undefined,
  ): RunOutcome {
    const info = (result?.model ?? model)?.info;
    const isAborted = run.abortReason !== undefined;
    const runResult: RunResult = {
      text: result?.text ?? run.text,
      provider: info?.provider ?? "",
      model: info?.model ?? "",
      contextTokens: info?.contextWindow ?? 0,
      promptTokens: result?.promptTokens ?? 0,
      ...(result?.stopSequence === undefined ? {} : { stopSequence: result.stopSequence }),
      isAborted,
      usage: result?.usage ?? { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    };
    if (failure && !isAborted) runResult.errorCode = failure.code;
    const outcome: RunOutcome = {
      runId: run.runId,
      sessionKey: run.sessionKey,
      sessionId: run.session?.sessionId ?? "",
      agentId: run.request.agentId,
      status: isAborted ? "timeout" : failure ? "error" : "ok",
      stopReason: run.abortReason ?? (failure ? "error" : result?.stopReason ?? "stop"),
      result: runResult,
      acceptedAt: run.acceptedAt,
      startedAt: run.startedAt,
      endedAt: this.#deps.clock.now(),
      messages: [],
    };
    if (failure && !isAborted) outcome.error = failure;
    return outcome;
  }

  #logFailure(run: Run, error: AppError): void {
    this.#deps.log.warn(`run ${run.runId} failed: ${error.message}`, {
      code: error.code,
      sessionKey: run.sessionKey,
    });
  }
}

/** Timers fire at once when told to wait longer than this. */
const MAX_TIMER_MS = 2 ** 31 - 1;

function closing(): AppError {
  return new AppError("GATEWAY_CLOSED", "Gateway is stopping and takes no new runs", {
    hint: "openclaw gateway status",
    retryable: true,
  });
}

function timeoutOf({ request, snapshot }: Run): number {
  const configuredMs = findAgent(snapshot, request.agentId).timeoutSeconds * 1000;
  return Math.min(request.timeoutMs ?? configuredMs, MAX_TIMER_MS);
}

function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError("INTERNAL", `Run failed: ${errorMessage(thrown)}`, {
    cause: thrown,
    hint: "openclaw logs --follow",
  });
}
