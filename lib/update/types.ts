/**
 * What an update is made of, and what it acts through.
 *
 * @module
 */
import type { Clock } from "../base/mod.ts";
import type { Network, RunCommand } from "../platform/mod.ts";

/** An executable that can be installed. */
export interface Release {
  /** Where its bytes come from: an absolute path or an address. */
  readonly from: string;
  readonly kind: "file" | "url" | "previous";
  /** SHA-256 of the file, in hex. */
  readonly sha256: string;
  /** In bytes, where it is known beforehand. */
  readonly size?: number;
  /** What it must say of itself, where that is known beforehand. */
  readonly version?: string;
}

/** How an update ended. */
export type UpdateStatus = "ok" | "skipped" | "failed" | "rolled-back";

/** What an update came to; kept in `<state>/update/outcome.json`. */
export interface UpdateOutcome {
  readonly id: string;
  readonly status: UpdateStatus;
  readonly from: string;
  /** The version that was to be installed, as far as it was known. */
  readonly to?: string;
  /** Why it did not come to that. */
  readonly reason?: string;
  /** What else there is to know, one line each. */
  readonly notes: readonly string[];
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The program that was replaced. */
  readonly program: string;
  /** Who asked through the gateway, and is told. */
  readonly asked?: UpdateRequest;
}

/** What a client asked the gateway for. */
export interface UpdateRequest {
  readonly sessionKey?: string;
  readonly deliveryContext?: unknown;
  readonly note?: string;
  readonly continuationMessage?: string;
}

/** The gateway that runs the program, as far as an update drives it. */
export interface UpdatedService {
  /** Ends the gateway; it stays installed. */
  stop(): Promise<void>;
  /**
   * Starts what is in place now, in the place of what runs.
   *
   * @param version What has to serve then.
   * @returns What there is to know besides, one line each.
   * @throws {AppError} When it does not serve in time, or is another version.
   */
  restart(version: string): Promise<readonly string[]>;
}

/** What an update acts through. */
export interface UpdateHost {
  readonly clock: Clock;
  readonly network: Network;
  readonly runCommand: RunCommand;
  readonly stateDir: string;
  /** The file that is replaced, behind symbolic links. */
  readonly program: string;
  /** Version of the file that is replaced. */
  readonly version: string;
  /** Absent where no gateway has to be restarted. */
  readonly service?: UpdatedService;
  /** Tries a program before it takes the place of the other; throws what is wrong with it. */
  probe(program: string, id: string): Promise<readonly string[]>;
  /** Tells a person what is done. */
  report(line: string): void;
  /** Tells how far a download has come. */
  progress?(received: number, total: number | undefined): void;
  /** Called when a step has been written down, before it is done. */
  onStep?(step: string): void;
}
