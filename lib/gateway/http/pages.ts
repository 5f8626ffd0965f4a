/**
 * Which web pages may use the place they ask from.
 *
 * @module
 */

/**
 * The origin of a page that may not, or `undefined` for the gateway's own pages, listed ones, and
 * programs that are no browser.
 *
 * The gateway's own pages are known by a `Host` equal to their origin, which a name that was made to
 * point here has as well: `Host` must have been looked at before. `*` lists nobody here.
 *
 * @param listed Allowed origins.
 * @param isOriginJudged Whether a given `Origin` was found allowed before.
 */
export function foreignOrigin(
  headers: Headers,
  listed: readonly string[],
  isOriginJudged = false,
): string | undefined {
  const origin = headers.get("origin");
  // Images, scripts, frames and links of other pages come without an origin; browsers say so.
  if (origin === null) return isFromOtherSite(headers) ? "another site" : undefined;
  if (isOriginJudged || isOwnOrigin(origin, headers.get("host"))) return undefined;
  return listed.some((each) => isSameOrigin(each, origin)) ? undefined : origin;
}

function isFromOtherSite(headers: Headers): boolean {
  const site = headers.get("sec-fetch-site")?.toLowerCase();
  return site === "cross-site" || site === "same-site";
}

function isOwnOrigin(origin: string, host: string | null): boolean {
  const page = URL.parse(origin);
  const own = URL.parse(`${page?.protocol ?? "http:"}//${host ?? ""}`);
  return page !== null && own !== null && page.host !== "" && page.host === own.host;
}

function isSameOrigin(listed: string, origin: string): boolean {
  const [a, b] = [URL.parse(listed), URL.parse(origin)];
  return a !== null && b !== null && a.origin !== "null" && a.origin === b.origin;
}
