/**
 * Takes up a certificate that somebody put in the place of the one in force, without a restart.
 *
 * @module
 */
import { type Clock, errorMessage, type Logger } from "../../base/mod.ts";
import type { ServerTls, TlsSettings } from "../../tls/mod.ts";
import { FileWatch } from "../reload/file_watch.ts";

/** Certificates change a few times a year. */
const LOOK_INTERVAL_MS = 10_000;
/** Programs write the certificate and its key one after the other. */
const QUIET_MS = 1_000;

/** What a watch over a certificate works with. */
export interface TlsRenewalOptions {
  readonly tls: ServerTls;
  readonly settings: TlsSettings;
  readonly stateDir: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Shows a certificate to everyone who connects from now on. */
  apply(tls: ServerTls): void;
  /** Time between two looks, and until a change counts; 10 s and 1 s unless given. */
  readonly intervalMs?: number;
  readonly quietMs?: number;
}

/** Watches the files of a certificate; the caller closes it. */
export function watchCertificate(options: TlsRenewalOptions): FileWatch {
  const { clock, log } = options;
  const { certPath, keyPath } = options.tls;
  const files = [certPath, keyPath];
  let current = options.tls;
  return new FileWatch({
    clock,
    files: () => files,
    quietMs: () => options.quietMs ?? QUIET_MS,
    intervalMs: options.intervalMs ?? LOOK_INTERVAL_MS,
    async onChange() {
      try {
        const next = await load(options);
        if (next.cert === current.cert && next.key === current.key) return;
        options.apply(next);
        current = next;
        log.info(`gateway tls: took up a new certificate, SHA-256 ${next.facts.fingerprint}`);
        for (const warning of next.warnings) log.warn(`gateway tls: ${warning}`);
      } catch (error) {
        log.warn(`gateway tls: the certificate in force stays: ${errorMessage(error)}`);
      }
    },
  });
}

/** What the files hold now; nothing is made here. */
async function load({ settings, stateDir, clock }: TlsRenewalOptions): Promise<ServerTls> {
  const { ensureServerTls } = await import("../../tls/mod.ts");
  const found = { ...settings, autoGenerate: false };
  return await ensureServerTls({ settings: found, stateDir, clock, names: [] });
}
