/**
 * The database, as checks see it: opened for reading, nothing changed.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { Clock } from "../../base/mod.ts";
import type { DatabaseLook } from "../../doctor/mod.ts";
import type { StoreLook } from "../../store/mod.ts";

/** A database up to this size is read through at every look. */
const QUICK_BYTES = 8 * 1024 * 1024;

/** Reads what checks want to know; a database that cannot be read says why. */
export async function lookAtDatabase(
  stateDir: string,
  { clock, isDeep }: { clock: Clock; isDeep: boolean },
): Promise<DatabaseLook> {
  const { lookAtStore } = await import("../../store/mod.ts");
  try {
    const look = await lookAtStore(stateDir);
    try {
      return look === undefined ? EMPTY : await readLook(look, clock, isDeep);
    } finally {
      look?.[Symbol.dispose]();
    }
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const hint = error.hint === undefined ? {} : { hint: error.hint };
    return { ...EMPTY, exists: true, error: error.message, ...hint };
  }
}

const EMPTY: DatabaseLook = {
  path: "",
  exists: false,
  sizeBytes: 0,
  damage: [],
  isChecked: false,
  isOlder: false,
  sessionCount: 0,
  waiting: [],
  paired: [],
  jobs: [],
};

async function readLook(look: StoreLook, clock: Clock, isDeep: boolean): Promise<DatabaseLook> {
  const { connection, sizeBytes } = look;
  const { path } = connection;
  const isChecked = isDeep || sizeBytes <= QUICK_BYTES;
  const damage = isChecked ? look.findDamage() : [];
  const base = { ...EMPTY, path, exists: true, sizeBytes, isChecked, damage };
  if (look.schemaVersion > look.knownVersion) {
    const error = `The database has schema ${look.schemaVersion}, this program knows up to ` +
      `${look.knownVersion}: a newer version has used it`;
    return { ...base, error, hint: "openclaw --version" };
  }
  if (damage.length > 0) return base;
  if (look.schemaVersion < look.knownVersion) return { ...base, isOlder: true };
  const [{ lookAtPairing }, { lookAtJobs }, { lookAtSessions }] = await Promise.all([
    import("../../devices/mod.ts"),
    import("../../cron/mod.ts"),
    import("../../sessions/mod.ts"),
  ]);
  const { pending, paired } = lookAtPairing(connection, clock.now());
  const sessions = lookAtSessions(connection);
  return {
    ...base,
    damage: isChecked ? sessions.contradictions() : [],
    sessionCount: sessions.count,
    waiting: pending.map(({ requestId, displayName, deviceId, ts }) => ({
      requestId,
      name: displayName ?? deviceId.slice(0, 12),
      ts,
    })),
    paired: paired.map(({ deviceId, displayName, lastSeenAtMs, approvedAtMs }) => ({
      deviceId,
      name: displayName ?? deviceId.slice(0, 12),
      lastSeenAt: lastSeenAtMs ?? approvedAtMs,
    })),
    jobs: lookAtJobs(connection).map(({ id, name, enabled, agentId, payload, state }) => ({
      id,
      name,
      isEnabled: enabled,
      ...(agentId === undefined ? {} : { agentId }),
      ...("model" in payload && payload.model ? { model: payload.model } : {}),
      failures: state.consecutiveErrors ?? 0,
    })),
  };
}
