/**
 * What a node host remembers between two starts: `<stateDir>/node.json`, in the original's format.
 *
 * @module
 */
import { join } from "@std/path";
import { isObject, parseJsonOrUndefined, randomId } from "../base/mod.ts";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../platform/mod.ts";

/** Which gateway the node belongs to, and under which name. */
export interface NodeFile {
  /** Tells this installation apart; sent as instance id. */
  nodeId: string;
  displayName?: string;
  gateway?: { host: string; port: number; tls?: boolean; tlsFingerprint?: string };
}

/** Where the file of a state folder is. */
function nodeFilePath(stateDir: string): string {
  return join(stateDir, "node.json");
}

/**
 * What was remembered. The file only saves flags: one that is missing or broken counts as empty, and
 * then the id is a new one.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function loadNodeFile(stateDir: string): Promise<NodeFile> {
  const text = await readTextFileIfExists(nodeFilePath(stateDir));
  const file = text === undefined ? undefined : parseJsonOrUndefined(text);
  if (!isObject(file)) return { nodeId: randomId() };
  const { nodeId, displayName } = file;
  const gateway = gatewayOf(file.gateway);
  return {
    nodeId: typeof nodeId === "string" && nodeId !== "" ? nodeId : randomId(),
    ...(typeof displayName === "string" && displayName !== "" ? { displayName } : {}),
    ...(gateway === undefined ? {} : { gateway }),
  };
}

/** Remembers. @throws {AppError} What writing a file can fail with. */
export async function saveNodeFile(stateDir: string, file: NodeFile): Promise<void> {
  const path = nodeFilePath(stateDir);
  const text = `${JSON.stringify({ version: 1, ...file }, null, 2)}\n`;
  if (await readTextFileIfExists(path) === text) return;
  await ensureDir(stateDir);
  await writeFileAtomic(path, text);
}

function gatewayOf(value: unknown): NodeFile["gateway"] {
  if (!isObject(value) || typeof value.host !== "string" || value.host === "") return undefined;
  const { host, port, tls, tlsFingerprint } = value;
  if (typeof port !== "number" || !Number.isInteger(port) || port < 1 || port > 65535) {
    return undefined;
  }
  return {
    host,
    port,
    ...(typeof tls === "boolean" ? { tls } : {}),
    ...(typeof tlsFingerprint === "string" && tlsFingerprint !== "" ? { tlsFingerprint } : {}),
  };
}
