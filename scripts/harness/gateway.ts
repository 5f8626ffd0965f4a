/**
 * A running gateway of a {@linkcode World}: waiting for it, stopping it.
 *
 * @module
 */
import type { World } from "./program.ts";

const STEP_MS = 2;
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;
const STDERR_KEPT = 4_000;

/** Repeats `attempt` until it holds. @throws {Error} When it does not within `timeoutMs`. */
export async function waitUntil(
  what: string,
  attempt: () => Promise<boolean>,
  timeoutMs = START_TIMEOUT_MS,
): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!await attempt()) {
    if (performance.now() > deadline) throw new Error(`Waited ${timeoutMs} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
}

/** Whether something accepts TCP connections on a port of 127.0.0.1. */
export async function isListening(port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    return true;
  } catch {
    // Refused is the expected answer while the gateway starts.
    return false;
  }
}

/** Whether `url` answers with a 2xx status. */
export async function isHealthy(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    // Not there yet.
    return false;
  }
}

/** How a gateway ended. */
export interface Ending {
  readonly code: number;
  readonly ms: number;
}

/** A gateway process; stop it, or dispose of it. */
export class RunningGateway implements AsyncDisposable {
  readonly world: World;
  readonly startedAt: number;
  readonly #child: Deno.ChildProcess;
  readonly #drained: Promise<void>;
  #stderr = "";
  #ended: Deno.CommandStatus | undefined;

  constructor(world: World, args: readonly string[]) {
    this.world = world;
    this.startedAt = performance.now();
    this.#child = world.start(...args);
    this.#drained = this.#drain();
    this.#child.status.then((status) => this.#ended = status);
  }

  async #drain(): Promise<void> {
    for await (const chunk of this.#child.stderr.pipeThrough(new TextDecoderStream())) {
      this.#stderr = (this.#stderr + chunk).slice(-STDERR_KEPT);
    }
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** `http://127.0.0.1:<port>`. */
  get url(): string {
    return `http://127.0.0.1:${this.world.port}`;
  }

  /** Waits for a condition, or fails at once with its last words when the process ends. */
  async wait(what: string, attempt: () => Promise<boolean>): Promise<number> {
    await waitUntil(what, async () => {
      if (this.#ended === undefined) return await attempt();
      await this.#drained;
      throw new Error(`Gateway ended with ${this.#ended.code} before ${what}: ${this.#stderr}`);
    });
    return performance.now() - this.startedAt;
  }

  /** Milliseconds from the start until the port accepts connections. */
  async listening(): Promise<number> {
    return await this.wait("an open port", () => isListening(this.world.port));
  }

  /** Milliseconds from the start until `/readyz` says yes. */
  async ready(): Promise<number> {
    return await this.wait("readiness", () => isHealthy(`${this.url}/readyz`));
  }

  /** Resident memory in bytes; `undefined` where it cannot be read. */
  async residentBytes(): Promise<number | undefined> {
    if (Deno.build.os !== "linux") return undefined;
    const status = await Deno.readTextFile(`/proc/${this.pid}/status`);
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Asks the process to stop and waits; one that does not stop is killed. */
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<Ending> {
    const startedAt = performance.now();
    if (this.#ended === undefined) this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_TIMEOUT_MS);
    const { code } = await this.#child.status;
    clearTimeout(timer);
    await this.#drained;
    return { code, ms: performance.now() - startedAt };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop("SIGKILL");
  }
}
