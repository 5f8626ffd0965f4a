/**
 * `data:` addresses, in which clients send images and files.
 *
 * @module
 */

/** What a `data:` address with base64 holds. */
export interface DataUrl {
  /** Lower case, without parameters; empty when the address has none. */
  mimeType: string;
  /** Lower case; absent when the address names none. */
  charset?: string;
  /** As it is written. */
  base64: string;
}

/** Whether an address holds its content itself. */
export function isDataUrl(url: string): boolean {
  return /^data:/i.test(url);
}

/** Takes such an address apart; nothing for one that is malformed, or whose content is not base64. */
export function parseDataUrl(url: string): DataUrl | undefined {
  const comma = url.indexOf(",");
  const [mimeType = "", ...parameters] = url.slice("data:".length, comma).toLowerCase().split(";");
  if (comma < 0 || parameters.at(-1)?.trim() !== "base64") return undefined;
  const charset = parameters.map((each) => /^\s*charset="?([^"]+)/.exec(each)?.[1]).find(Boolean);
  return {
    mimeType: mimeType.trim(),
    ...(charset === undefined ? {} : { charset: charset.trim() }),
    base64: url.slice(comma + 1),
  };
}
