/**
 * `agents.files.list`, `agents.files.get` and `agents.files.set`.
 *
 * @module
 */
import { findAgent } from "../../../agents/mod.ts";
import { AppError, formatBytes } from "../../../base/mod.ts";
import { normalizeAgentId } from "../../../config/mod.ts";
import { ensureDir, readTextFileIfExists, writeFileAtomic } from "../../../platform/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";
import {
  assertOffered,
  safeFile,
  WORKSPACE_FILES,
  type WorkspaceFilePlace,
} from "./workspace_file.ts";

/** A larger file is not read into any prompt. */
const MAX_FILE_BYTES = 2 * 1024 * 1024;
/** There only until a new agent has introduced itself. */
const FIRST_RUN_FILE = "BOOTSTRAP.md";

/** The files of a workspace and which of them are there. */
export async function listFiles(
  state: GatewayState,
  { agentId }: MethodParams<"agents.files.list">,
) {
  const { id, workspace } = agentOf(state, agentId);
  const rows = await Promise.all(WORKSPACE_FILES.map(async (name) => {
    try {
      return fileRow(name, await safeFile(workspace, name));
    } catch (error) {
      // A link counts as missing, as it does for turns; asking for it says why.
      if (!(error instanceof AppError) || error.code !== "INVALID_REQUEST") throw error;
      return fileRow(name, { path: `${workspace}/${name}` });
    }
  }));
  const files = rows.filter(({ name, missing }) => name !== FIRST_RUN_FILE || !missing);
  return { agentId: id, workspace, files };
}

/** One file; a missing one is an answer, not a failure. */
export async function getFile(
  state: GatewayState,
  { agentId, name }: MethodParams<"agents.files.get">,
) {
  const { id, workspace } = agentOf(state, agentId);
  assertOffered(name);
  const place = await safeFile(workspace, name);
  if (place.info) assertSize(name, place.info.size);
  const content = place.info && await readTextFileIfExists(place.path);
  const file = fileRow(name, content === undefined ? { path: place.path } : place);
  return {
    agentId: id,
    workspace,
    file: content === undefined ? file : { ...file, content },
  };
}

/** Replaces one file. */
export async function setFile(
  state: GatewayState,
  { agentId, name, content }: MethodParams<"agents.files.set">,
) {
  const { id, workspace } = agentOf(state, agentId);
  assertOffered(name);
  assertSize(name, new TextEncoder().encode(content).length);
  await ensureDir(workspace);
  const { path } = await safeFile(workspace, name);
  await writeFileAtomic(path, content);
  const file = fileRow(name, await safeFile(workspace, name));
  return { ok: true, agentId: id, workspace, file: { ...file, content } };
}

function agentOf(state: GatewayState, agentId: string) {
  return findAgent(state.agents(), normalizeAgentId(agentId));
}

function assertSize(name: string, bytes: number): void {
  if (bytes <= MAX_FILE_BYTES) return;
  const message = `Cannot use file "${name}": it has ${formatBytes(bytes)}, the limit is ${
    formatBytes(MAX_FILE_BYTES)
  }`;
  throw new AppError("INVALID_REQUEST", message, { hint: "Keep long notes in files of their own" });
}

function fileRow(name: string, { path, info }: WorkspaceFilePlace) {
  if (!info) return { name, path, missing: true };
  return {
    name,
    path,
    missing: false,
    size: info.size,
    ...(info.mtime ? { updatedAtMs: info.mtime.getTime() } : {}),
  };
}
