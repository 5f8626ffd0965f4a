/**
 * References to items of earlier responses, which clients send instead of the items themselves.
 *
 * @module
 */
import { HttpError } from "../errors.ts";
import type {
  HttpResponseOwner,
  HttpResponseStore,
  HttpStoredResponse,
} from "../response_types.ts";
import type { InputItem } from "./schema.ts";

/** Ids of items: what they are, the id of their response, their place. */
const ITEM_ID = /^[a-z]+_([0-9a-f-]{36})_i?\d+$/;

/**
 * Puts stored items in place of references.
 *
 * @throws {HttpError} `ITEM_NOT_FOUND` for ids that name nothing of this owner's.
 */
export function resolveReferences(
  items: readonly InputItem[],
  store: HttpResponseStore,
  owner: HttpResponseOwner,
): InputItem[] {
  return items.map((item) =>
    item.type === "item_reference" ? findItem(item.id, store, owner) : item
  );
}

/** Whether a stored response may be used by an owner; a subject has several agents and sessions. */
export function isOwnedBy(stored: HttpStoredResponse, owner: HttpResponseOwner): boolean {
  return stored.subject === owner.subject && stored.agentId === owner.agentId &&
    stored.sessionHeader === owner.sessionHeader;
}

function findItem(id: string, store: HttpResponseStore, owner: HttpResponseOwner): InputItem {
  const base = ITEM_ID.exec(id)?.[1];
  const stored = base === undefined ? undefined : store.find(`resp_${base}`, owner.subject);
  if (stored !== undefined && isOwnedBy(stored, owner)) {
    const output = stored.response.output;
    const items = [...Array.isArray(output) ? output : [], ...stored.input];
    const found = items.find((item) => item.id === id);
    // Both were made by this program, in a form that it accepts.
    if (found !== undefined) return found as InputItem;
  }
  throw new HttpError(404, "ITEM_NOT_FOUND", `Item with id '${id}' not found.`, {
    type: "invalid_request_error",
    hint: "Send the item itself; items of responses with `store: false` are not kept",
  });
}
