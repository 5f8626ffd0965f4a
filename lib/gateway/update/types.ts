/**
 * Updates of the program, as the rest of the gateway sees them.
 *
 * @module
 */
import type { UpdateRunResult, UpdateStatusResult } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";

/** Starts updates for clients, and lets them know how those ended. */
export interface UpdateControl {
  /** Waits for the end of an update that is under way, if one is. */
  start(): void;
  /**
   * Starts the updater.
   *
   * @throws {AppError} `UPDATE_SOURCE_MISSING`, `UPDATE_RUNNING`, or why it cannot be started.
   */
  run(params: MethodParams<"update.run">): Promise<UpdateRunResult>;
  /** How the last update ended. */
  status(): Promise<UpdateStatusResult>;
  /** Waits for nothing any more; the next gateway finds the note. */
  close(): Promise<void>;
}
