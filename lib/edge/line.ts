/**
 * What the server behind the guard holds of a guarded connection.
 *
 * @module
 */

/** The connection that a request came by. */
export interface EdgeLine {
  /** The real peer, whatever the request says. */
  readonly remoteAddr: Deno.NetAddr;
  /** Lifts the limits for strangers from a WebSocket. */
  authenticated(): void;
  /** Names whom to tell when a stranger sends more than it may; the connection is cut soon after. */
  onExcess(listener: () => void): void;
  /** Says that a WebSocket is being closed: the peer that does not answer in time is cut. */
  closing(): void;
  /** Ends the connection at once, whatever waits for the peer. */
  cut(): void;
}
