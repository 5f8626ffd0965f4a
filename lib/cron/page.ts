/**
 * Where a page is within its list.
 *
 * @module
 */
import type { CronPage } from "../protocol/mod.ts";

/** The figures that go with a page of a list of `total` rows. */
export function pageOf(total: number, offset: number, limit: number): CronPage {
  const end = Math.min(total, offset + limit);
  const hasMore = end < total;
  return { total, offset, limit, hasMore, nextOffset: hasMore ? end : null };
}
