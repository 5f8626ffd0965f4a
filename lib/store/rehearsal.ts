/**
 * Writes that are rolled back: to find out what they would do.
 *
 * @module
 */
import type { Connection } from "./connection.ts";
import type { Store } from "./store.ts";

/** The part of a store that writes. */
export interface Writing {
  readonly connection: Connection;
  /** @see Store.transact */
  transact<T>(write: () => T): Promise<T>;
}

/** A store whose writes answer as usual and leave nothing. */
export function rehearsalOf(store: Store): Writing {
  return {
    connection: store.connection,
    async transact<T>(write: () => T): Promise<T> {
      const answer: { value?: T } = {};
      const undo = new Error("undone on purpose");
      try {
        await store.transact(() => {
          answer.value = write();
          throw undo;
        });
      } catch (error) {
        if (error !== undo) throw error;
      }
      return answer.value as T;
    },
  };
}
