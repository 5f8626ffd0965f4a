/**
 * How the setup talks to a person, whatever shows the questions.
 *
 * @module
 */

/** One answer to choose from. */
export interface Choice<T extends string = string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

/** A question whose answer is typed. */
export interface TextQuestion {
  readonly message: string;
  readonly initialValue?: string;
  readonly placeholder?: string;
  /** The answer is a secret: it is not shown and not repeated. */
  readonly sensitive?: boolean;
  /** Why an answer cannot be taken, as a sentence without its full stop; `undefined` when it can. */
  validate?(value: string): string | undefined;
}

/** Shows steps one at a time; every method resolves with the answer, or rejects when the setup ends. */
export interface Prompter {
  note(title: string, message: string): Promise<void>;
  confirm(message: string, initialValue: boolean): Promise<boolean>;
  select<T extends string>(
    message: string,
    options: readonly Choice<T>[],
    initialValue?: T,
  ): Promise<T>;
  text(question: TextQuestion): Promise<string>;
}
