/**
 * Images and files as bytes with a type: decoded or fetched, within their limits.
 *
 * @module
 */
import { AppError, fromBase64, sniffMediaType } from "../../base/mod.ts";
import { isDataUrl, parseDataUrl } from "../data_url.ts";
import type { HttpError } from "../errors.ts";
import type { HttpFileLimits } from "../response_types.ts";
import type { HttpDeps } from "../types.ts";
import { invalidMedia } from "./invalid_media.ts";

/** Where a file is: its address, or the file itself. */
export interface FileOrigin {
  url?: string;
  base64?: string;
  /** As the client claims. */
  mimeType?: string;
  charset?: string;
  name?: string;
}

/** A file. */
export interface LoadedFile {
  bytes: Uint8Array<ArrayBuffer>;
  mimeType: string;
  /** Of a text, as it was claimed. */
  charset?: string;
  name?: string;
}

/** What to load from whom. */
export type FileFetcher = Pick<HttpDeps, "fetchFile">;

/** Refuses a file that is named by an id. */
export function fileIdRefusal(): HttpError {
  return invalidMedia("Files are not kept here: send the data, not `file_id`");
}

/** Data addresses hold the content, others name it; the data of a file may also come bare. */
export function parseOrigin(text: string, isData: boolean): FileOrigin {
  if (!isDataUrl(text)) return isData ? { base64: text } : { url: text };
  const parsed = parseDataUrl(text);
  if (parsed === undefined) throw invalidMedia("The data of images and files must be base64");
  const { mimeType, ...rest } = parsed;
  return { ...rest, ...(mimeType === "" ? {} : { mimeType }) };
}

/**
 * Loads a file.
 *
 * @param signal Ends a fetch under way.
 * @throws {HttpError} `INVALID_REQUEST`, the reason as hint, for anything that cannot be taken.
 */
export async function loadFile(
  origin: FileOrigin,
  limits: HttpFileLimits,
  deps: FileFetcher,
  signal: AbortSignal,
): Promise<LoadedFile> {
  const { bytes, claimed, charset, name } = origin.url === undefined
    ? decode(origin, limits)
    : await fetchOne(origin.url, origin.name, limits, deps, signal);
  if (bytes.length === 0) throw invalidMedia("An image or a file is empty");
  const mimeType = typeOf(bytes, claimed, name);
  if (!limits.allowedMimes.includes(mimeType)) {
    throw invalidMedia(`Type "${mimeType}" is not among ${limits.allowedMimes.join(", ")}`);
  }
  return {
    bytes,
    mimeType,
    ...(charset === undefined ? {} : { charset }),
    ...(name === undefined ? {} : { name }),
  };
}

interface Claimed {
  bytes: Uint8Array<ArrayBuffer>;
  claimed?: string;
  charset?: string;
  name?: string;
}

function decode(origin: FileOrigin, { maxBytes }: HttpFileLimits): Claimed {
  const { base64 = "", mimeType = "", charset, name } = origin;
  if (base64.length / 4 * 3 - 2 > maxBytes) throw tooLarge(maxBytes);
  const bytes = fromBase64(base64);
  if (bytes === undefined) throw invalidMedia("The data is not complete base64");
  if (bytes.length > maxBytes) throw tooLarge(maxBytes);
  const [claimed = "", ...parameters] = mimeType.split(";").map((part) => part.trim());
  const told = charset ??
    parameters.map((part) => /^charset="?([^"]+)/i.exec(part)?.[1]).find(Boolean);
  return {
    bytes,
    ...(claimed === "" ? {} : { claimed: claimed.toLowerCase() }),
    ...(told === undefined ? {} : { charset: told }),
    ...(name === undefined ? {} : { name }),
  };
}

async function fetchOne(
  url: string,
  givenName: string | undefined,
  limits: HttpFileLimits,
  deps: FileFetcher,
  signal: AbortSignal,
): Promise<Claimed> {
  if (!limits.allowUrl) throw invalidMedia("Addresses are not fetched: send the data as base64");
  const { urlAllowlist, maxBytes, maxRedirects, timeoutMs } = limits;
  try {
    const file = await deps.fetchFile(url, {
      maxBytes,
      maxRedirects,
      timeoutMs,
      signal,
      accept: limits.allowedMimes.join(", "),
      ...(urlAllowlist === undefined
        ? {}
        : { isAllowedHost: (name) => urlAllowlist.some((allowed) => fits(name, allowed)) }),
    });
    const name = givenName ?? URL.parse(file.url)?.pathname.split("/").at(-1);
    return {
      bytes: file.bytes,
      ...(file.mimeType === undefined ? {} : { claimed: file.mimeType }),
      ...(file.charset === undefined ? {} : { charset: file.charset }),
      ...(name ? { name } : {}),
    };
  } catch (error) {
    if (error instanceof AppError && error.code === "FETCH_FAILED") {
      throw invalidMedia(error.message);
    }
    throw error;
  }
}

/** Whether a host name is the allowed one, or below it where that begins with `*.`. */
function fits(name: string, allowed: string): boolean {
  const wanted = allowed.trim().toLowerCase();
  return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : name === wanted;
}

const PDF = "application/pdf";

/** The mark in the bytes is what they are; only what has none is taken at its word. */
function typeOf(bytes: Uint8Array, claimed: string | undefined, name: string | undefined): string {
  const marked = sniffMediaType(bytes);
  if (marked !== undefined) return marked;
  const told = claimed === undefined || claimed === "application/octet-stream"
    ? typeOfName(name) ?? "text/plain"
    : claimed;
  const isMarkMissing = told.startsWith("image/") || (told === PDF && !hasPdfMark(bytes));
  if (isMarkMissing) throw invalidMedia(`The data is not of type "${told}"`);
  return told;
}

/** Some programs write a few lines in front of the mark. */
function hasPdfMark(bytes: Uint8Array): boolean {
  return new TextDecoder("latin1").decode(bytes.subarray(0, 1024)).includes("%PDF-");
}

const TYPES_BY_ENDING: Readonly<Record<string, string>> = {
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  json: "application/json",
  md: "text/markdown",
  pdf: PDF,
  txt: "text/plain",
};

function typeOfName(name: string | undefined): string | undefined {
  const ending = name?.split(".").at(-1)?.toLowerCase() ?? "";
  return Object.hasOwn(TYPES_BY_ENDING, ending) ? TYPES_BY_ENDING[ending] : undefined;
}

function tooLarge(maxBytes: number): HttpError {
  return invalidMedia(`An image or a file is larger than ${maxBytes} bytes`);
}
