/**
 * Where a release comes from: a file, an address, or the configured release index.
 *
 * @module
 */
import { resolve } from "@std/path";
import { AppError } from "../base/mod.ts";
import { type Network, readTextFileIfExists } from "../platform/mod.ts";
import { assertSafeAddress, requestText } from "./address.ts";
import { indexAddress, loadIndex, releaseFor } from "./release_index.ts";
import { parseChecksum } from "./sha256.ts";
import type { Release } from "./types.ts";

/** What was asked for. */
export interface SourceOptions {
  readonly network: Network;
  /** A file, the address of one, or the address of an index (which ends in `.json`). */
  readonly from?: string | undefined;
  /** Checksum of `from`, where there is no `.sha256` beside it. */
  readonly sha256?: string | undefined;
  /** The version that must come of it. */
  readonly to?: string | undefined;
  /** Address of the configured index, with its places to fill in. */
  readonly index?: string | undefined;
  readonly channel: string;
  /** What this machine is called in an index, such as `linux-x64`. */
  readonly target: string;
}

/**
 * Finds the release that was asked for; of an executable nothing but its checksum is read.
 *
 * @throws {AppError} `UPDATE_SOURCE_MISSING`, `UPDATE_SOURCE_INVALID`, `UPDATE_CHECKSUM_MISSING`,
 * `UPDATE_UNREACHABLE`, `UPDATE_INDEX_INVALID` or `UPDATE_NOT_FOUND`
 */
export async function findRelease(options: SourceOptions): Promise<Release> {
  const { from, to, index, channel, network, target } = options;
  const version = to === undefined ? {} : { version: to.replace(/^v/, "") };
  if (from !== undefined && !isAddress(from)) {
    return { from: resolve(from), kind: "file", sha256: await fileChecksum(options), ...version };
  }
  if (from !== undefined && !isIndex(from)) {
    const { href } = assertSafeAddress(from);
    return { from: href, kind: "url", sha256: await addressChecksum(options, href), ...version };
  }
  const template = from ?? index;
  if (template === undefined) throw noSource();
  const address = indexAddress(template, { version: to, channel });
  return releaseFor(await loadIndex(network, address), target, to);
}

function isAddress(from: string): boolean {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(from);
}

function isIndex(from: string): boolean {
  return URL.canParse(from) && new URL(from).pathname.endsWith(".json");
}

async function fileChecksum({ from = "", sha256 }: SourceOptions): Promise<string> {
  const beside = `${from}.sha256`;
  const text = sha256 ?? await readTextFileIfExists(beside);
  return checksum(text, from, `there is no ${beside}`);
}

async function addressChecksum(
  { network, from = "", sha256 }: SourceOptions,
  href: string,
): Promise<string> {
  if (sha256 !== undefined) return checksum(sha256, from, "");
  const url = new URL(href);
  url.pathname += ".sha256";
  return checksum(await requestText(network, url.href), from, "");
}

function checksum(text: string | undefined, from: string, absent: string): string {
  const found = text === undefined ? undefined : parseChecksum(text);
  if (found !== undefined) return found;
  const why = text === undefined ? absent : "what stands for its checksum is no SHA-256";
  throw new AppError("UPDATE_CHECKSUM_MISSING", `Cannot verify "${from}": ${why}`, {
    hint: `openclaw update --from ${from} --sha256 <64 hex digits>`,
  });
}

function noSource(): AppError {
  return new AppError(
    "UPDATE_SOURCE_MISSING",
    "Cannot look for releases: no release index is configured, and nothing is asked without one",
    {
      hint: "openclaw config set update.url https://<host>/<path>/index.json\n" +
        "Or install a file: openclaw update --from /path/of/openclaw",
    },
  );
}
