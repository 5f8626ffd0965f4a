/**
 * Local files that an agent shows: which of them are served, and tickets that open one for a while.
 *
 * @module
 */
import { fromFileUrl, isAbsolute, join, relative } from "@std/path";
import { toBase64Url } from "../../base/mod.ts";
import type { HttpMedia, HttpMediaRefusal } from "../../http/mod.ts";
import type { GatewayState } from "../state.ts";
import { mediaTypeOf } from "./media_types.ts";

/** How long a ticket opens its file. */
const TICKET_TTL_MS = 5 * 60 * 1000;

type LocalMedia = Pick<HttpMedia, "inspect" | "open" | "issueTicket" | "isTicketValid">;

const REASONS: Readonly<Record<HttpMediaRefusal["code"], string>> = {
  "outside-allowed-folders": "Outside allowed folders",
  "file-not-found": "File not found",
  "not-a-file": "Not a file",
  "invalid-file": "Invalid file",
  "blocked-local-file": "Blocked local file",
};

function refused(code: HttpMediaRefusal["code"]): HttpMediaRefusal {
  return { ok: false, code, reason: REASONS[code] };
}

/** Serves files of the agents' workspaces and of the folder of media; tickets end with the process. */
export async function localMedia(state: GatewayState): Promise<LocalMedia> {
  const key = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);
  const find = (source: string) => findFile(rootsOf(state), source);
  return {
    inspect: async (source) => {
      const found = await find(source);
      return found.ok ? { ok: true } : found;
    },
    open: async (source) => {
      const found = await find(source);
      return found.ok ? await openFile(found) : found;
    },
    issueTicket: async (source) => {
      const expiresAt = state.clock.now() + TICKET_TTL_MS;
      const mac = await crypto.subtle.sign("HMAC", key, signed(source, String(expiresAt)));
      return { ticket: `v1.${expiresAt}.${toBase64Url(new Uint8Array(mac))}`, expiresAt };
    },
    isTicketValid: async (ticket, source) => {
      const [, expiresAt, mac] = /^v1\.(\d{1,15})\.([A-Za-z0-9_-]{43})$/.exec(ticket) ?? [];
      if (expiresAt === undefined || mac === undefined) return false;
      if (Number(expiresAt) <= state.clock.now()) return false;
      const bytes = Uint8Array.fromBase64(mac, { alphabet: "base64url" });
      return await crypto.subtle.verify("HMAC", key, bytes, signed(source, expiresAt));
    },
  };
}

function signed(source: string, expiresAt: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`assistant-media\n${expiresAt}\n${source}`);
}

function rootsOf({ agents, paths }: GatewayState): string[] {
  return [...agents().agents.map(({ workspace }) => workspace), join(paths.stateDir, "media")];
}

interface FoundFile {
  ok: true;
  /** Without links. */
  path: string;
  info: Deno.FileInfo;
}

/** The file that a source means, when it is a plain one within a root, links followed. */
async function findFile(
  roots: readonly string[],
  source: string,
): Promise<FoundFile | HttpMediaRefusal> {
  const path = pathOf(source);
  if (path === undefined) return refused("invalid-file");
  if (!isAbsolute(path)) return refused("outside-allowed-folders");
  // Whether there is such a file is nobody's business outside of the roots.
  if (!roots.some((root) => isWithin(root, join(path)))) return refused("outside-allowed-folders");
  try {
    const real = await Deno.realPath(path);
    const root = await rootOf(roots, real);
    if (root === undefined) return refused("outside-allowed-folders");
    const parts = relative(root, real).split(/[\\/]/);
    if (parts.some((part) => part.startsWith("."))) return refused("blocked-local-file");
    const info = await Deno.lstat(real);
    return info.isFile ? { ok: true, path: real, info } : refused("not-a-file");
  } catch (error) {
    return refused(isMissing(error) ? "file-not-found" : "invalid-file");
  }
}

/** The path that a source writes, as such or as a `file:` address. */
function pathOf(source: string): string | undefined {
  if (source === "" || source.includes("\0")) return undefined;
  if (!/^file:/i.test(source)) return source;
  try {
    const url = new URL(source);
    return url.host === "" || url.host === "localhost"
      ? fromFileUrl(`file://${url.pathname}`)
      : undefined;
  } catch {
    // Of another host, or malformed: neither is a file here.
    return undefined;
  }
}

/** The root that a path without links is in. */
async function rootOf(roots: readonly string[], real: string): Promise<string | undefined> {
  for (const root of roots) {
    const realRoot = await Deno.realPath(root).catch(() => undefined);
    if (realRoot !== undefined && isWithin(realRoot, real)) return realRoot;
  }
  return undefined;
}

function isWithin(root: string, path: string): boolean {
  const rest = relative(root, path);
  return rest === "" || (!rest.startsWith("..") && !isAbsolute(rest));
}

function isMissing(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}

/** Opens what was looked at, and nothing that was put in its place since. */
async function openFile({ path, info }: FoundFile): ReturnType<LocalMedia["open"]> {
  let file: Deno.FsFile;
  try {
    file = await Deno.open(path, { read: true });
  } catch (error) {
    return refused(isMissing(error) ? "file-not-found" : "invalid-file");
  }
  const opened = await file.stat();
  if (!opened.isFile || opened.ino !== info.ino || opened.dev !== info.dev) {
    file.close();
    return refused("invalid-file");
  }
  return { ok: true, body: file.readable, size: opened.size, mimeType: mediaTypeOf(path) };
}
