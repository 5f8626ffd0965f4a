/**
 * Secrets as the rest of the gateway sees them.
 *
 * @module
 */
import type { RedactionSet } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";

/** Looks up what configurations point to, and knows what must not leave the process. */
export interface SecretsControl {
  /** Every secret that was ever in force. */
  readonly redaction: RedactionSet;
  /**
   * Makes a configuration ready to be put in force. Pointers that have led somewhere and do not for now
   * keep their secret.
   *
   * @throws {AppError} `SECRET_UNRESOLVED` for a pointer that is new and leads nowhere.
   */
  prepare(snapshot: ConfigSnapshot): Promise<ConfigSnapshot>;
  /**
   * Looks up everything again and puts it in force, all or nothing.
   *
   * @returns The number of warnings, which are in the log.
   * @throws {AppError} `SECRETS_RELOAD_FAILED`; what is in force stays.
   */
  reload(): Promise<number>;
}
