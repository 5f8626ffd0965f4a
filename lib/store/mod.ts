/**
 * The database file: opening, schema, durability, group commit. Everything the gateway must not lose
 * is in it; what the tables mean is known by the rooms above. Importing this module opens nothing.
 *
 * @module
 */
export { Connection, type SqlChanges, type SqlValue } from "./connection.ts";
export { copyDatabase, exchangeDatabase, keptCopyPath, storedSchema } from "./copies.ts";
export { DATABASE_FILE_NAME } from "./database.ts";
export { rehearsalOf, type Writing } from "./rehearsal.ts";
export { lookAtStore, type StoreLook } from "./look.ts";
export { type DatabaseStats, Store } from "./store.ts";
