/**
 * JSON pointers, as RFC 6901 has them.
 *
 * @module
 */
import { isObject } from "../base/mod.ts";

/** The value at a pointer, or `undefined` where there is none. */
export function atPointer(document: unknown, pointer: string): unknown {
  let current = document;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (Array.isArray(current)) {
      current = /^(?:0|[1-9]\d*)$/.test(key) ? current[Number(key)] : undefined;
    } else if (isObject(current) && Object.hasOwn(current, key)) current = current[key];
    else return undefined;
  }
  return current;
}
