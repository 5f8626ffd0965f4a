/**
 * Webhooks as the rest of the gateway sees them.
 *
 * @module
 */
import type { HttpHooks } from "../../http/mod.ts";

/** What wakes agents from outside. */
export interface HooksControl {
  /** The webhooks of the configuration in force; `undefined` when they are off. */
  served(): HttpHooks | undefined;
  /** Reports runs that ended while no gateway was there to see it; does not wait for it. */
  start(): void;
  /** Waits for the reports of runs under way, which somebody else ends. */
  close(): Promise<void>;
}
