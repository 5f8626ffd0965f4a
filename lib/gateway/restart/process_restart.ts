/**
 * One life of a gateway within its process, as the restarter sees it: the next start is planned while
 * the gateway still works, and its end is asked for.
 *
 * @module
 */
import type { RestartHost } from "./restarter.ts";

/** A restart that is to happen now. */
export interface AskedRestart<Plan> {
  readonly reason: string;
  /** How the next life starts. */
  readonly plan: Plan;
}

/** Lets a running gateway ask its process for another life. */
export class ProcessRestart<Plan> implements RestartHost {
  readonly pid: number;
  readonly lastRestartAt: number | undefined;
  readonly #planAgain: () => Promise<Plan>;
  readonly #asked = Promise.withResolvers<AskedRestart<Plan>>();
  #plan: Plan | undefined;

  /** @param planAgain Plans the next start; must not fail. */
  constructor(
    facts: { pid: number; lastRestartAt: number | undefined },
    planAgain: () => Promise<Plan>,
  ) {
    this.pid = facts.pid;
    this.lastRestartAt = facts.lastRestartAt;
    this.#planAgain = planAgain;
  }

  /** Resolves when this life is to end for another one. */
  get asked(): Promise<AskedRestart<Plan>> {
    return this.#asked.promise;
  }

  async prepare(): Promise<void> {
    this.#plan = await this.#planAgain();
  }

  restart(reason: string): void {
    if (this.#plan !== undefined) this.#asked.resolve({ reason, plan: this.#plan });
  }
}
