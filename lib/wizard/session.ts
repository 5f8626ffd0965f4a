/**
 * A setup that is answered step by step: between two steps it waits for whoever asks next.
 *
 * @module
 */
import { AppError, errorMessage, randomId } from "../base/mod.ts";
import type { WizardNextResult, WizardState, WizardStep } from "../protocol/mod.ts";
import type { Choice, Prompter, TextQuestion } from "./prompter.ts";

/** What a setup does; handed the way to ask. */
export type WizardFlow = (ask: Prompter) => Promise<void>;

/** An answer to a step. */
export interface WizardAnswer {
  readonly stepId: string;
  readonly value?: unknown;
}

interface PendingStep {
  readonly step: WizardStep;
  /** Takes an answer; says why it cannot be taken. */
  take(value: unknown): string | undefined;
}

/** Thrown into the flow when the setup is cancelled. */
class Cancelled extends Error {}

/** One setup under way. */
export class WizardSession implements Prompter {
  readonly id: string = randomId();
  #pending: PendingStep | undefined;
  #state: WizardState = "running";
  #error: string | undefined;
  #wake = Promise.withResolvers<void>();
  #reject: ((reason: unknown) => void) | undefined;
  /** Resolves when the flow has ended; never rejects. */
  readonly ended: Promise<void>;

  constructor(flow: WizardFlow) {
    this.ended = this.#run(flow);
  }

  get state(): WizardState {
    return this.#state;
  }

  /** Why it ended, when it failed. */
  get error(): string | undefined {
    return this.#error;
  }

  /** The step that waits for an answer, or the end. */
  async current(): Promise<WizardNextResult> {
    while (this.#pending === undefined && this.#state === "running") await this.#wake.promise;
    const status = this.#state;
    const error = this.#error === undefined ? {} : { error: this.#error };
    if (status !== "running") return { done: true, status, ...error };
    return { done: false, step: this.#pending!.step, status };
  }

  /**
   * Answers the step that waits.
   *
   * @returns The next step, or the end.
   * @throws {AppError} `WIZARD_ANSWER_INVALID`; the same step then still waits.
   */
  async answer({ stepId, value }: WizardAnswer): Promise<WizardNextResult> {
    await this.current();
    if (this.#pending?.step.id !== stepId) throw invalid("wizard: no pending step");
    const problem = this.#pending.take(value);
    if (problem !== undefined) throw invalid(`wizard: ${problem}`);
    return await this.current();
  }

  /** Ends the setup; nothing that was not written yet is written. */
  async cancel(): Promise<void> {
    // What is being written is written to its end.
    await this.current();
    this.#reject?.(new Cancelled());
    await this.ended;
  }

  note(title: string, message: string): Promise<void> {
    return this.#ask({ type: "note", title, message }, () => ({ value: undefined }));
  }

  confirm(message: string, initialValue: boolean): Promise<boolean> {
    return this.#ask<boolean>(
      { type: "confirm", message, initialValue },
      (value) =>
        typeof value === "boolean" ? { value } : { problem: "the answer is true or false" },
    );
  }

  select<T extends string>(
    message: string,
    options: readonly Choice<T>[],
    initialValue?: T,
  ): Promise<T> {
    const step = { type: "select" as const, message, options: [...options] };
    return this.#ask<T>(initialValue === undefined ? step : { ...step, initialValue }, (value) => {
      const chosen = options.find((option) => option.value === value);
      return chosen ? { value: chosen.value } : { problem: "the answer is one of the options" };
    });
  }

  text({ validate, ...question }: TextQuestion): Promise<string> {
    return this.#ask<string>({ type: "text", ...question }, (value) => {
      if (typeof value !== "string") return { problem: "the answer is a text" };
      const problem = validate?.(value);
      return problem === undefined ? { value } : { problem };
    });
  }

  #ask<T>(
    step: Omit<WizardStep, "id" | "executor">,
    read: (value: unknown) => { value: T } | { problem: string },
  ): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#reject = reject;
    this.#pending = {
      step: { ...step, id: randomId(), executor: "client" },
      take: (value) => {
        const answer = read(value);
        if ("problem" in answer) return answer.problem;
        this.#pending = undefined;
        this.#reject = undefined;
        this.#wake = Promise.withResolvers();
        resolve(answer.value);
      },
    };
    this.#wake.resolve();
    return promise;
  }

  async #run(flow: WizardFlow): Promise<void> {
    try {
      await flow(this);
      this.#state = "done";
    } catch (error) {
      this.#state = error instanceof Cancelled ? "cancelled" : "error";
      if (!(error instanceof Cancelled)) this.#error = errorMessage(error);
    }
    this.#pending = undefined;
    this.#wake.resolve();
  }
}

function invalid(message: string): AppError {
  return new AppError("WIZARD_ANSWER_INVALID", message, {
    hint: "Call wizard.next without an answer to see the step that waits",
  });
}
