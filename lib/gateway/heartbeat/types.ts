/**
 * Heartbeats as the rest of the gateway sees them.
 *
 * @module
 */
import type { ResolvedHeartbeat } from "../../config/mod.ts";
import type { HeartbeatPayload } from "../../protocol/mod.ts";

/** Regular turns without a message, and turns that events begin. */
export interface HeartbeatControl {
  /** The newest outcome since the start. */
  readonly last: HeartbeatPayload | null;
  /** The configured heartbeats. */
  readonly configured: readonly ResolvedHeartbeat[];
  /** Whether what waits for an agent's main session is told by a beat to come. */
  comesFor(agentId: string): boolean;
  /** Begins to wait, or follows a changed configuration. */
  reload(): void;
  /** Turns the beats on or off; on disk when this resolves. */
  setEnabled(isEnabled: boolean): Promise<void>;
  /**
   * Begins a turn about what waits for a session. It is acknowledged when this resolves, and goes on by
   * itself.
   *
   * @throws {AppError} What the run is refused with; what waits still waits then.
   */
  wake(agentId: string, sessionKey: string): Promise<void>;
  /** Begins no further beats, and waits for those under way, which somebody else ends. */
  close(): Promise<void>;
}
