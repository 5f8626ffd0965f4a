/**
 * Who is connected, as every client sees it.
 *
 * @module
 */
import { VERSION } from "../base/mod.ts";
import { MAX_PRESENCE_ENTRIES, PRESENCE_TTL_MS, type PresenceEntry } from "../protocol/mod.ts";

/** Facts about this machine that the gateway's own entry shows. */
export interface HostFacts {
  host: string;
  ip: string | undefined;
  platform: string;
  deviceFamily: string;
  modelIdentifier: string;
}

/** The list of connected clients, newest first, the gateway itself always among them. */
export class Presence {
  readonly #facts: HostFacts;
  readonly #now: () => number;
  /** Without the gateway's own, in the order in which they were last renewed. */
  readonly #entries = new Map<string, PresenceEntry>();
  #version = 1;

  constructor(facts: HostFacts, now: () => number) {
    this.#facts = facts;
    this.#now = now;
  }

  /** Grows with every change. */
  get version(): number {
    return this.#version;
  }

  /** Adds or refreshes an entry. */
  upsert(key: string, entry: Omit<PresenceEntry, "ts">): void {
    this.#entries.delete(key);
    this.#entries.set(key, { ...entry, ts: this.#now() });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < MAX_PRESENCE_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    this.#version++;
  }

  /** Marks an entry as gone; answers whether there was one. */
  disconnect(key: string): boolean {
    const entry = this.#entries.get(key);
    if (!entry) return false;
    this.upsert(key, { ...entry, reason: "disconnect" });
    return true;
  }

  /** Keeps the entries of clients that are still there from expiring. */
  touch(keys: Iterable<string>): void {
    const ts = this.#now();
    for (const key of keys) {
      const entry = this.#entries.get(key);
      if (!entry) continue;
      this.#entries.delete(key);
      this.#entries.set(key, { ...entry, ts });
    }
  }

  /** All entries that have not expired, newest first, the gateway's own at the end of a tie. */
  list(): PresenceEntry[] {
    const oldest = this.#now() - PRESENCE_TTL_MS;
    for (const [key, entry] of this.#entries) {
      if (entry.ts < oldest) this.#entries.delete(key);
    }
    return [...this.#entries.values(), this.#self()].sort((a, b) => b.ts - a.ts);
  }

  #self(): PresenceEntry {
    const { host, ip, platform, deviceFamily, modelIdentifier } = this.#facts;
    const at = ip === undefined ? host : `${host} (${ip})`;
    return {
      host,
      ...(ip === undefined ? {} : { ip }),
      version: VERSION,
      platform,
      deviceFamily,
      modelIdentifier,
      mode: "gateway",
      reason: "self",
      text: `Gateway: ${at} · app ${VERSION} · mode gateway · reason self`,
      ts: this.#now(),
    };
  }
}
