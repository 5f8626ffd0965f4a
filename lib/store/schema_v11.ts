/**
 * Step 11 of the schema: which sessions one has begun, found without a look at all of them.
 *
 * @module
 */

/** Creates the index; most sessions were begun by nobody and are not in it. */
export const PARENTS_SCHEMA = `
CREATE INDEX sessions_by_parent
  ON sessions (coalesce(extra ->> '$.spawnedBy', extra ->> '$.parentSessionKey'))
  WHERE coalesce(extra ->> '$.spawnedBy', extra ->> '$.parentSessionKey') IS NOT NULL;
`;
