/**
 * What the tests of this room share: a clock by hand, models that follow a script, and a run manager
 * on a real store in a temporary folder.
 *
 * @module
 */
import { ManualClock } from "../base/testing.ts";
export { ManualClock };
import { type Logger, silentLogger } from "../base/mod.ts";
import type { ResolvedAgent } from "../config/mod.ts";
import {
  type Model,
  type ModelCatalog,
  ModelError,
  type ModelErrorKind,
  type ModelEvent,
  type ModelInfo,
  type ModelRequest,
} from "../models/mod.ts";
import { SessionStore } from "../sessions/mod.ts";
import type { RunRequest } from "./run.ts";
import { RunManager } from "./run_manager.ts";
import type { AgentsSnapshot } from "./snapshot.ts";
import type { AgentTool } from "./tools.ts";

/** What a model does when it is called: says these events, then throws or goes on as told. */
export type ScriptStep =
  | readonly ModelEvent[]
  | ((request: ModelRequest) => AsyncIterable<ModelEvent>);

/** The end of a call, with 10 tokens in and 5 out unless told otherwise. */
export function end(over: Partial<Extract<ModelEvent, { type: "end" }>> = {}): ModelEvent {
  return {
    type: "end",
    stopReason: "stop",
    usage: { input: 10, output: 5, cacheRead: 0, cacheWrite: 0 },
    ...over,
  };
}

/** A piece of the answer. */
export function says(delta: string): ModelEvent {
  return { type: "text", delta };
}

/** A call of a tool. */
export function calls(name: string, id = "call-1", args: Record<string, unknown> = {}): ModelEvent {
  return { type: "toolCall", call: { id, name, arguments: args } };
}

/** A model that follows a script, a step a call; the last step is repeated. */
export class ScriptedModel implements Model {
  readonly info: ModelInfo;
  /** What it was asked, oldest first. */
  readonly requests: ModelRequest[] = [];
  readonly #steps: readonly ScriptStep[];

  constructor(name: string, steps: readonly ScriptStep[], info: Partial<ModelInfo> = {}) {
    this.#steps = steps;
    this.info = {
      provider: "fake",
      model: name,
      name,
      api: "fake",
      contextWindow: 1000,
      maxTokens: 100,
      reasoning: false,
      input: ["text"],
      cost: { input: 1, output: 2, cacheRead: 0, cacheWrite: 0 },
      ...info,
    };
  }

  /** Follows the next step. */
  async *stream(request: ModelRequest): AsyncGenerator<ModelEvent, void, void> {
    const index = Math.min(this.requests.push(request), this.#steps.length) - 1;
    const step = this.#steps[index] ?? [];
    yield* typeof step === "function" ? step(request) : step;
  }
}

/** A step that says the given events and then fails. */
export function fails(kind: ModelErrorKind, ...events: ModelEvent[]): ScriptStep {
  return async function* () {
    yield* await Promise.resolve(events);
    throw new ModelError("PROVIDER_UNREACHABLE", kind, `Provider failed (${kind})`);
  };
}

/** A step that says the given events and then waits until it is cut off. */
export function waits(...events: ModelEvent[]): ScriptStep {
  return async function* ({ signal }) {
    yield* events;
    signal.throwIfAborted();
    await new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  };
}

/** A promise that the test fulfils, and how it does so. */
export interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

/** A closed gate. */
export function gate(): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { passed: promise, open: resolve };
}

/** A logger that keeps the warnings and errors it is given. */
export function recordingLogger(): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const keep = (message: string) => void lines.push(message);
  const log: Logger = { ...silentLogger, warn: keep, error: keep, child: () => log };
  return { log, lines };
}

/** An agent with room for everything. */
export function agentOf(over: Partial<ResolvedAgent> = {}): ResolvedAgent {
  return {
    id: "main",
    isDefault: true,
    workspace: "/nowhere",
    agentDir: "/nowhere",
    timeoutSeconds: 600,
    contextTokens: 1000,
    bootstrapMaxChars: 12_000,
    bootstrapTotalMaxChars: 60_000,
    skipBootstrap: false,
    params: {},
    ...over,
  };
}

/** A configuration of one agent whose models are the given ones: the first is called first. */
export function snapshotOf(agent: ResolvedAgent, models: readonly Model[]): AgentsSnapshot {
  const find = (name: string) => models.find(({ info }) => info.model === name);
  const catalog = {
    defaultModel: () => models[0]!.info,
    create: (ref: ModelInfo) => find(ref.model)!,
    resolve(name: string) {
      const found = find(name);
      if (found) return found.info;
      throw new ModelError("MODEL_NOT_FOUND", "bad_request", `Cannot find model "${name}"`);
    },
  };
  const [primary, ...fallbacks] = models.map(({ info }) => info.model);
  return {
    defaultId: agent.id,
    agents: [agent],
    // Runs use these three methods and nothing else of a catalogue.
    catalog: catalog as unknown as ModelCatalog,
    timeZone: "Europe/Berlin",
    selectionOf: () => ({ model: { primary: primary!, fallbacks }, aliases: {} }),
  };
}

/** What a test of runs is handed. */
export interface Bench {
  runs: RunManager;
  store: SessionStore;
  clock: ManualClock;
  agent: ResolvedAgent;
  /** Warnings and errors that were logged. */
  lines: string[];
  request(runId: string, over?: Partial<RunRequest>): RunRequest;
}

/** Runs `test` on a manager with a store and a workspace of its own. */
export async function withRuns(
  options: { models: readonly Model[]; tools?: readonly AgentTool[] },
  test: (bench: Bench) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "agents-test-" });
  const clock = new ManualClock();
  const store = await SessionStore.open({ stateDir, clock });
  const agent = agentOf({ workspace: `${stateDir}/workspace` });
  const snapshot = snapshotOf(agent, options.models);
  const { log, lines } = recordingLogger();
  const tools = options.tools ?? [];
  const runs = new RunManager({ store, clock, log, snapshot: () => snapshot, tools });
  const request = (runId: string, over: Partial<RunRequest> = {}): RunRequest => ({
    runId,
    sessionKey: "agent:main:main",
    agentId: "main",
    message: `message of ${runId}`,
    origin: { kind: "agent" },
    ...over,
  });
  try {
    await test({ runs, store, clock, agent, lines, request });
  } finally {
    await runs.close();
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}
