/**
 * Variables as approvals are bound to them.
 *
 * @module
 */
import { type JsonObject, sha256Hex } from "../../base/mod.ts";

/**
 * A hash over names and values; approvals carry no more than that, since values may be secrets.
 *
 * @returns `null` where there are none.
 */
export async function hashVariables(env: Readonly<JsonObject>): Promise<string | null> {
  const names = Object.keys(env).sort();
  if (names.length === 0) return null;
  return await sha256Hex(JSON.stringify(names.map((name) => [name, env[name]])));
}
