/**
 * Connections that an earlier credential of the gateway let in.
 *
 * @module
 */
import { CLOSE, CLOSE_REASON } from "../../protocol/mod.ts";
import type { Authenticator } from "../authenticator.ts";
import type { Broadcaster } from "../broadcaster.ts";
import type { Client } from "../client.ts";

/** Whether a connection was let in by a credential that is no longer in force. */
export function isStale({ identity }: Client, { generation }: Authenticator): boolean {
  return identity.authGeneration !== undefined && identity.authGeneration !== generation;
}

/** Closes stale connections, in a later task: whoever changed the credential still gets its answer. */
export function cutOffStale(broadcaster: Broadcaster, authenticator: Authenticator): void {
  setTimeout(() => {
    for (const client of [...broadcaster.clients()]) {
      if (isStale(client, authenticator)) {
        client.close(CLOSE.AUTH_CHANGED, CLOSE_REASON.AUTH_CHANGED);
      }
    }
  }, 0);
}
