/**
 * Gives a configuration that a client sends back the spelling of the file: hidden secrets, references
 * to variables, `~`. What was resolved for the client is never written.
 *
 * @module
 */
import { isObject } from "../../base/mod.ts";
import { REDACTED_VALUE } from "../redact.ts";

/**
 * `wanted` with the file's own text wherever the client just gave back what it was shown.
 *
 * A placeholder that has no counterpart stays one, and the write is then refused: in lists whose
 * length changed nobody can tell which secret belongs to which entry.
 *
 * @param wanted What the client sent.
 * @param source What the file says at the same place.
 * @param shown The same with variables substituted, as `config.get` answers it.
 */
export function restoreSource(wanted: unknown, source: unknown, shown: unknown): unknown {
  if (typeof wanted === "string") {
    const isUnchanged = wanted === REDACTED_VALUE || wanted === shown;
    return isUnchanged && typeof source === "string" ? source : wanted;
  }
  if (Array.isArray(wanted)) {
    return wanted.map((item, index) => {
      const at = counterpart(item, index, wanted.length, source);
      return at === undefined ? item : restoreSource(item, at.item, itemOf(shown, at.index));
    });
  }
  if (!isObject(wanted)) return wanted;
  const entries = Object.entries(wanted).map((
    [key, item],
  ) => [key, restoreSource(item, valueOf(source, key), valueOf(shown, key))]);
  return Object.fromEntries(entries);
}

/** The entry of the file that an entry of the client's list is: of the same id, else of the place. */
function counterpart(
  item: unknown,
  index: number,
  length: number,
  source: unknown,
): { item: unknown; index: number } | undefined {
  if (!Array.isArray(source)) return undefined;
  if (isObject(item) && typeof item.id === "string") {
    const found = source.findIndex((other) => isObject(other) && other.id === item.id);
    return found < 0 ? undefined : { item: source[found], index: found };
  }
  return length === source.length ? { item: source[index], index } : undefined;
}

function itemOf(list: unknown, index: number): unknown {
  return Array.isArray(list) ? list[index] : undefined;
}

function valueOf(holder: unknown, key: string): unknown {
  return isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
}
