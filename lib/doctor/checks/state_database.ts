/**
 * The database: can it be read, is it whole, does this build know its schema.
 *
 * @module
 */
import { formatBytes } from "../../base/mod.ts";
import type { Check } from "../types.ts";

const ID = "doctor:state-database";

/** The one file that must not be damaged. */
export const stateDatabase: Check = {
  id: ID,
  title: "Database",
  async run({ database }) {
    const look = await database();
    if (!look.exists) return [];
    if (look.error !== undefined) {
      return [{
        id: `${ID}.unreadable`,
        severity: "error",
        message: look.error,
        ...(look.hint === undefined ? {} : { fix: look.hint }),
      }];
    }
    if (look.damage.length > 0) {
      return [{
        id: `${ID}.damaged`,
        severity: "error",
        message: `The database ${look.path} is damaged`,
        detail: look.damage.slice(0, 5),
        fix: `Save what can be read: sqlite3 "${look.path}" .recover | sqlite3 "${look.path}.new"`,
      }];
    }
    if (look.isChecked) return [];
    return [{
      id: `${ID}.unchecked`,
      severity: "info",
      message: `The database has ${formatBytes(look.sizeBytes)} and was not read through`,
      fix: "openclaw doctor --deep",
    }];
  },
};
