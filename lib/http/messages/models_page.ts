/**
 * Agent targets as Anthropic's clients list them.
 *
 * @module
 */
import { invalidRequest } from "../errors.ts";

/** One agent target. */
export function anthropicModel(id: string) {
  return {
    type: "model",
    id,
    display_name: id === "openclaw" ? "OpenClaw" : `OpenClaw ${id.slice(id.indexOf("/") + 1)}`,
    // Agents have no date of release; the epoch is the documented way to say so.
    created_at: "1970-01-01T00:00:00Z",
  };
}

/**
 * A page of the list, as `limit`, `after_id` and `before_id` of the query ask for it.
 *
 * @throws {HttpError} `INVALID_REQUEST` for a limit out of bounds or an id that is not in the list.
 */
export function anthropicModelsPage(ids: readonly string[], query: URLSearchParams) {
  const limit = readLimit(query.get("limit"));
  const after = query.get("after_id");
  const before = query.get("before_id");
  const first = after === null ? 0 : indexOf(ids, after, "after_id") + 1;
  const end = before === null ? ids.length : indexOf(ids, before, "before_id");
  const start = before === null || after !== null ? first : Math.max(first, end - limit);
  const page = ids.slice(start, Math.min(end, start + limit));
  return {
    data: page.map(anthropicModel),
    has_more: before === null ? start + page.length < end : start > first,
    first_id: page[0] ?? null,
    last_id: page.at(-1) ?? null,
  };
}

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 1000;

function readLimit(text: string | null): number {
  if (text === null) return DEFAULT_LIMIT;
  const limit = Number(text);
  if (!/^\d{1,9}$/.test(text) || limit < 1 || limit > MAX_LIMIT) {
    throw invalidRequest(`limit: Input should be an integer from 1 to ${MAX_LIMIT}`);
  }
  return limit;
}

function indexOf(ids: readonly string[], id: string, name: string): number {
  const index = ids.indexOf(id);
  if (index < 0) throw invalidRequest(`${name}: no model of the list has this id`);
  return index;
}
