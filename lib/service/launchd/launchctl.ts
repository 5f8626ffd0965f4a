/**
 * Calls of launchctl about one job in the domain of one user, each with what came of it.
 *
 * @see Apple, launchctl(1)
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { CommandResult, RunCommand } from "../../platform/mod.ts";
import type { ServiceCommandLine } from "../types.ts";
import { type FailureKind, failureKind, failureText, noLaunchctl } from "./failures.ts";
import { EXIT_TIMEOUT_SECONDS } from "./job.ts";
import { parsePrint, type PrintedJob } from "./print.ts";

const ASK_TIMEOUT_MS = 10_000;
/** Some verbs wait for the old process to end. */
const ACT_TIMEOUT_MS = (EXIT_TIMEOUT_SECONDS + 10) * 1000;

/** A call that launchd did not carry out. */
export interface LaunchctlFailure {
  readonly kind: FailureKind;
  /** The verb, such as `bootstrap`. */
  readonly verb: string;
  /** What launchctl printed, in one line. */
  readonly text: string;
  /** Set when it did not answer at all. */
  readonly isTimeout: boolean;
}

/** What can be asked of launchd about a job. */
export type JobVerb = "enable" | "disable" | "bootstrap" | "bootout" | "kickstart" | "kickstart -k";

/** What came of a call that changes something. */
export type LaunchctlOutcome = { readonly kind: "done" } | LaunchctlFailure;

/** What launchd knows about the job. */
export type Sighting =
  | { readonly kind: "loaded"; readonly job: PrintedJob }
  | LaunchctlFailure;

/** Speaks to launchd about one job; never throws for what launchd refuses. */
export class Launchctl {
  /** Such as `gui/501`. */
  readonly domain: string;
  /** Such as `gui/501/ai.openclaw.gateway`. */
  readonly target: string;
  readonly #runCommand: RunCommand;
  readonly #label: string;
  readonly #plist: string;

  constructor(
    { runCommand, uid, label, plist }: {
      runCommand: RunCommand;
      uid: number;
      label: string;
      plist: string;
    },
  ) {
    this.#runCommand = runCommand;
    this.#label = label;
    this.#plist = plist;
    this.domain = `gui/${uid}`;
    this.target = `${this.domain}/${label}`;
  }

  /** Looks for the job; `not-found` when launchd does not know it. */
  async look(): Promise<Sighting> {
    const outcome = await this.#call(["print", this.target], ASK_TIMEOUT_MS);
    if ("kind" in outcome) return outcome;
    return { kind: "loaded", job: parsePrint(outcome.stdout) };
  }

  /** Whether the job is to stay off; `undefined` when launchd does not say. */
  async isDisabled(): Promise<boolean | undefined> {
    const outcome = await this.#call(["print-disabled", this.domain], ASK_TIMEOUT_MS);
    if ("kind" in outcome) return undefined;
    const prefix = `"${this.#label}" => `;
    const line = outcome.stdout.split("\n").find((each) => each.trim().startsWith(prefix));
    // Newer versions say disabled, older ones true.
    return line === undefined ? false : /=> (?:disabled|true)\b/.test(line);
  }

  enable(): Promise<LaunchctlOutcome> {
    return this.#act(this.commandLine("enable"));
  }

  disable(): Promise<LaunchctlOutcome> {
    return this.#act(this.commandLine("disable"));
  }

  /** Makes the job known, which starts it. */
  bootstrap(): Promise<LaunchctlOutcome> {
    return this.#act(this.commandLine("bootstrap"));
  }

  /** Ends the job and forgets it; the end may still be under way afterwards. */
  bootout(): Promise<LaunchctlOutcome> {
    return this.#act(this.commandLine("bootout"));
  }

  /** Starts the job at once. @param isForced Ends a running one first. */
  kickstart(isForced: boolean): Promise<LaunchctlOutcome> {
    return this.#act(this.commandLine(isForced ? "kickstart -k" : "kickstart"));
  }

  /** The command of a verb. */
  commandLine(verb: JobVerb): ServiceCommandLine {
    const subject = verb === "bootstrap" ? [this.domain, this.#plist] : [this.target];
    return ["launchctl", ...verb.split(" "), ...subject];
  }

  /** The command of a verb as a person types it. */
  spoken(verb: JobVerb): string {
    return this.commandLine(verb).map(shellWord).join(" ");
  }

  async #act(command: ServiceCommandLine): Promise<LaunchctlOutcome> {
    const outcome = await this.#call(command.slice(1), ACT_TIMEOUT_MS);
    return "kind" in outcome ? outcome : { kind: "done" };
  }

  async #call(
    args: readonly string[],
    timeoutMs: number,
  ): Promise<CommandResult | LaunchctlFailure> {
    const verb = args[0]!;
    try {
      // Messages are read where the numbers do not tell, so they have to be in one language.
      const options = { timeoutMs, env: { LC_ALL: "C" } };
      const result = await this.#runCommand("launchctl", args, options);
      if (result.code === 0) return result;
      return { kind: failureKind(result), verb, text: failureText(result), isTimeout: false };
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      if (error.code === "COMMAND_NOT_FOUND") throw noLaunchctl();
      const isTimeout = error.code === "COMMAND_TIMEOUT";
      return { kind: "other", verb, text: error.message, isTimeout };
    }
  }
}

/** A word as a shell takes it. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
