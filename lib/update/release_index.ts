/**
 * The release index: a JSON document that says which version there is, and where its files are.
 *
 * @module
 */
import { AppError, isObject, parseJsonOrUndefined } from "../base/mod.ts";
import type { Network } from "../platform/mod.ts";
import { assertSafeAddress, requestText } from "./address.ts";
import { parseChecksum } from "./sha256.ts";
import type { Release } from "./types.ts";
import { isVersion, plainVersion } from "./version.ts";

/** The largest program that is downloaded. */
export const MAX_PROGRAM_BYTES = 512 * 1024 * 1024;

/** One version, with a file for each kind of machine. */
export interface ReleaseIndex {
  readonly version: string;
  readonly channel: string;
  readonly assets: readonly ReleaseAsset[];
}

/** The file for one kind of machine. */
export interface ReleaseAsset {
  /** Such as `linux-x64`. */
  readonly target: string;
  readonly url: string;
  readonly sha256: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * The address of the index for a version: `{version}` and `{channel}` in it are filled in.
 *
 * @param version The newest when absent.
 */
export function indexAddress(
  template: string,
  { version = "latest", channel }: { version?: string | undefined; channel: string },
): string {
  return template.replaceAll("{version}", version).replaceAll("{channel}", channel);
}

/**
 * Reads the index at an address.
 *
 * @throws {AppError} `UPDATE_UNREACHABLE`, `UPDATE_SOURCE_INVALID`, `UPDATE_INDEX_INVALID`
 */
export async function loadIndex(network: Network, address: string): Promise<ReleaseIndex> {
  assertSafeAddress(address);
  return parseIndex(await requestText(network, address), address);
}

/** Reads the text of an index; addresses of files may be relative to its own. */
export function parseIndex(text: string, address: string): ReleaseIndex {
  const value = parseJsonOrUndefined(text);
  if (!isObject(value)) throw invalid(address, "it is no JSON object");
  const { version, channel = "stable", assets } = value;
  if (typeof version !== "string" || !isVersion(version)) throw invalid(address, "version");
  if (typeof channel !== "string") throw invalid(address, "channel");
  if (!Array.isArray(assets)) throw invalid(address, "assets");
  return {
    version: plainVersion(version),
    channel,
    assets: assets.map((asset, at) => parseAsset(asset, at, address)),
  };
}

function parseAsset(asset: unknown, at: number, address: string): ReleaseAsset {
  const fail = (name: string) => invalid(address, `assets[${at}]${name}`);
  if (!isObject(asset)) throw fail("");
  const { target, url, size } = asset;
  if (typeof target !== "string" || target === "") throw fail(".target");
  if (typeof url !== "string" || !URL.canParse(url, address)) throw fail(".url");
  const sha256 = typeof asset.sha256 === "string" ? parseChecksum(asset.sha256) : undefined;
  if (sha256 === undefined) throw fail(".sha256");
  const isSize = typeof size === "number" && Number.isInteger(size) && size > 0;
  if (!isSize || size > MAX_PROGRAM_BYTES) throw fail(".size");
  return { target, url: new URL(url, address).href, sha256, size };
}

/**
 * The file of an index for this machine.
 *
 * @throws {AppError} `UPDATE_NOT_FOUND` when it has none, or is of another version than `wanted`.
 */
export function releaseFor(
  index: ReleaseIndex,
  target: string,
  wanted: string | undefined,
): Release {
  if (wanted !== undefined && index.version !== plainVersion(wanted)) {
    throw new AppError(
      "UPDATE_NOT_FOUND",
      `Cannot find version "${wanted}": the release index has ${index.version}`,
      {
        hint: "Put {version} into update.url where the index of each version is, " +
          "or name the file: openclaw update --from <file or address>",
      },
    );
  }
  const asset = index.assets.find((one) => one.target === target);
  if (asset === undefined) {
    const known = index.assets.map((one) => one.target).join(", ") || "none";
    throw new AppError(
      "UPDATE_NOT_FOUND",
      `Cannot find a file for "${target}" in release ${index.version}: it has ${known}`,
      { hint: "openclaw update --from <file or address>" },
    );
  }
  const { url, sha256, size } = asset;
  return { from: url, kind: "url", sha256, size, version: index.version };
}

function invalid(address: string, what: string): AppError {
  return new AppError(
    "UPDATE_INDEX_INVALID",
    `Cannot use the release index "${address}": ${what} is not what was expected`,
    { hint: "The format is in docs/update.md; check update.url with: openclaw update status" },
  );
}
