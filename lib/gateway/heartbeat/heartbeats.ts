/**
 * Regular turns without a message: when each agent's is due, and turns that an event begins.
 *
 * A gateway without configured heartbeats has no timer, and loads what carries one out with the first
 * event that wakes an agent.
 *
 * @module
 */
import { AppError, errorMessage } from "../../base/mod.ts";
import { type ResolvedHeartbeat, resolveHeartbeats, wakeSettings } from "../../config/mod.ts";
import type { HeartbeatPayload } from "../../protocol/mod.ts";
import { Settings } from "../methods/settings.ts";
import type { GatewayState } from "../state.ts";
import type { HeartbeatControl } from "./types.ts";

const ENABLED_KEY = "heartbeats.enabled";
/** Longest sleep: a machine that was suspended, or a clock that was set, is noticed then. */
const MAX_SLEEP_MS = 60_000;

/** The heartbeats of all agents; end them with {@linkcode Heartbeats.close}. */
export class Heartbeats implements HeartbeatControl {
  readonly #state: () => GatewayState;
  /** When each agent's next beat is due, by agent id. */
  readonly #due = new Map<string, number>();
  /** Agents whose beat is not wound up: its run may have ended, when its tasks ran is not kept yet. */
  readonly #beating = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  #last: HeartbeatPayload | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** @param state Asked for when something happens, not before the gateway is put together. */
  constructor(state: () => GatewayState) {
    this.#state = state;
  }

  /** The newest outcome since the start. */
  get last(): HeartbeatPayload | null {
    return this.#last;
  }

  /** The configured heartbeats. */
  get configured(): ResolvedHeartbeat[] {
    const { config, agents } = this.#state();
    return resolveHeartbeats(config().config, agents().defaultId);
  }

  /** Whether beats come at their times; clients can turn that off. */
  get isEnabled(): boolean {
    return new Settings(this.#state().store.database).get(ENABLED_KEY) !== false;
  }

  /** Whether what waits for an agent's main session is told by a beat to come. */
  comesFor(agentId: string): boolean {
    const isMain = (beat: ResolvedHeartbeat) => !beat.isIsolated && beat.session === undefined;
    const own = this.configured.find((each) => each.agentId === agentId);
    return own !== undefined && isMain(own) && this.isEnabled;
  }

  /** Begins to wait, or follows a changed configuration: an agent's first beat is an interval away. */
  reload(): void {
    const now = this.#state().clock.now();
    const configured = this.configured;
    const known = new Set(configured.map(({ agentId }) => agentId));
    for (const agentId of this.#due.keys()) if (!known.has(agentId)) this.#due.delete(agentId);
    for (const { agentId, everyMs } of configured) {
      const due = Math.min(this.#due.get(agentId) ?? Infinity, now + everyMs);
      this.#due.set(agentId, due);
    }
    this.#arm();
  }

  /** Turns the beats on or off; on disk when this resolves. */
  async setEnabled(isEnabled: boolean): Promise<void> {
    await new Settings(this.#state().store.database).set(ENABLED_KEY, isEnabled);
    this.reload();
  }

  /**
   * Begins a turn about what waits for a session. It is acknowledged when this resolves, and goes on by
   * itself.
   *
   * @throws {AppError} What the run is refused with; what waits still waits then.
   */
  async wake(agentId: string, sessionKey: string): Promise<void> {
    const { config } = this.#state();
    const settings = wakeSettings(config().config, agentId);
    await this.#begin(settings, { sessionKey, isWoken: true });
  }

  /** Begins no further beats, and waits for those under way, which somebody else ends. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || this.#due.size === 0 || !this.isEnabled) return;
    const wait = Math.min(...this.#due.values()) - this.#state().clock.now();
    const look = () => this.#look();
    this.#timer = setTimeout(look, Math.min(Math.max(wait, 1), MAX_SLEEP_MS));
  }

  #look(): void {
    const now = this.#state().clock.now();
    for (const settings of this.configured) {
      const due = this.#due.get(settings.agentId) ?? now;
      // A clock that was put back would otherwise leave the next beat far away.
      if (due > now && due <= now + settings.everyMs) continue;
      this.#due.set(settings.agentId, now + settings.everyMs);
      if (due > now || this.#beating.has(settings.agentId)) continue;
      this.#begin(settings, { isWoken: false }).catch((error) => this.#fail(error));
    }
    this.#arm();
  }

  async #begin(
    settings: ResolvedHeartbeat,
    beat: { sessionKey?: string; isWoken: boolean },
  ): Promise<void> {
    const begun = this.#start(settings, beat);
    this.#keep(begun);
    await begun;
  }

  async #start(
    settings: ResolvedHeartbeat,
    beat: { sessionKey?: string; isWoken: boolean },
  ): Promise<void> {
    const { agentId } = settings;
    if (!beat.isWoken) this.#beating.add(agentId);
    const end = () => void (beat.isWoken || this.#beating.delete(agentId));
    try {
      const { beginBeat } = await import("./beat.ts");
      const begun = await beginBeat(this.#state(), { settings, ...beat });
      if ("status" in begun) {
        end();
        return this.#tell(begun);
      }
      const told = begun.ended.then((event) => this.#tell(event), (error) => this.#fail(error));
      this.#keep(told.finally(end));
    } catch (error) {
      end();
      throw error;
    }
  }

  /** Remembers work until it is over, so that nothing goes on after the end. */
  #keep(work: Promise<unknown>): void {
    const over = work.then(() => {}, () => {}).then(() => void this.#underWay.delete(over));
    this.#underWay.add(over);
  }

  #tell(event: HeartbeatPayload): void {
    this.#last = event;
    this.#state().broadcaster.broadcast("heartbeat", event);
  }

  #fail(error: unknown): void {
    const { clock, log } = this.#state();
    const reason = error instanceof AppError ? error.message : errorMessage(error);
    log.warn(`heartbeat failed: ${reason}`);
    this.#tell({ ts: clock.now(), status: "failed", reason, indicatorType: "error" });
  }
}
