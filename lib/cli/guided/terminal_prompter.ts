/**
 * The questions of the setup on a terminal: one line each, numbered choices, secrets unseen.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { Choice, Prompter, TextQuestion } from "../../wizard/mod.ts";
import type { CliHost } from "../host.ts";
import type { Output } from "../output.ts";

/** Asks at the terminal of a host that has one. */
export class TerminalPrompter implements Prompter {
  readonly #out: Output;
  readonly #ask: (question: string) => string | null;
  readonly #askSecret: (question: string) => string | null | Promise<string | null>;

  /** @throws {AppError} `USAGE` where there is nobody to ask. */
  constructor(host: CliHost, out: Output) {
    if (host.ask === undefined) {
      throw new AppError("USAGE", "Cannot ask anything: this is no terminal", {
        hint: "openclaw setup, then openclaw config set <path> <value>",
      });
    }
    this.#out = out;
    this.#ask = host.ask;
    this.#askSecret = host.askSecret ?? host.ask;
  }

  note(title: string, message: string): Promise<void> {
    this.#out.line();
    this.#out.line(this.#out.paint(title, "strong"));
    for (const line of message.split("\n")) this.#out.line(`  ${line}`);
    this.#out.line();
    return Promise.resolve();
  }

  confirm(message: string, initialValue: boolean): Promise<boolean> {
    const choices = initialValue ? "Y/n" : "y/N";
    return this.#until(`${message} [${choices}]`, (answer) => {
      if (answer === "") return initialValue;
      if (/^y(?:es)?$/i.test(answer)) return true;
      return /^no?$/i.test(answer) ? false : undefined;
    }, "Answer y or n");
  }

  select<T extends string>(
    message: string,
    options: readonly Choice<T>[],
    initialValue?: T,
  ): Promise<T> {
    this.#out.line(message);
    for (const [index, { label, hint }] of options.entries()) {
      const shownHint = hint === undefined ? "" : this.#out.paint(` (${hint})`, "dim");
      this.#out.line(`  ${index + 1}. ${label}${shownHint}`);
    }
    const initial = options.findIndex(({ value }) => value === initialValue);
    const suggestion = initial < 0 ? "" : ` [${initial + 1}]`;
    return this.#until(`Number${suggestion}`, (answer) => {
      if (answer === "") return options[initial]?.value;
      return options[Number(answer) - 1]?.value ??
        options.find(({ value }) => value === answer)?.value;
    }, `Answer a number from 1 to ${options.length}`);
  }

  text(question: TextQuestion): Promise<string> {
    const { message, initialValue, placeholder, sensitive = false, validate } = question;
    const example = placeholder === undefined ? "" : ` (such as ${placeholder})`;
    const suggestion = initialValue === undefined || sensitive ? "" : ` [${initialValue}]`;
    let problem: string | undefined;
    return this.#until(
      `${message}${example}${suggestion}`,
      (answer) => {
        const value = answer === "" ? initialValue ?? "" : answer;
        problem = validate?.(value);
        return problem === undefined ? value : undefined;
      },
      () => problem ?? "Try again",
      sensitive,
    );
  }

  /** Asks until `read` takes the answer. @throws {AppError} `USAGE` at the end of the input. */
  async #until<T>(
    question: string,
    read: (answer: string) => T | undefined,
    problem: string | (() => string),
    isSecret = false,
  ): Promise<T> {
    while (true) {
      const answer = await (isSecret ? this.#askSecret(question) : this.#ask(question));
      if (answer === null) {
        throw new AppError("USAGE", "Nothing was changed: the input ended before the answers", {
          hint: "openclaw configure",
          details: { exitCode: 1 },
        });
      }
      const value = read(answer.trim());
      if (value !== undefined) return value;
      this.#out.line(this.#out.paint(typeof problem === "string" ? problem : problem(), "warn"));
    }
  }
}
