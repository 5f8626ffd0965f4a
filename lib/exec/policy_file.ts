/**
 * The file of the policy: `exec-approvals.json` in the state folder.
 *
 * Where there is none, the one in `~/.openclaw` is read; writes always go to the state folder. A file
 * that cannot be understood denies everything until somebody repairs it.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, isObject, parseJsonOrUndefined, sha256Hex } from "../base/mod.ts";
import { ensureDir, readTextFileIfExists, withFileLock, writeFileAtomic } from "../platform/mod.ts";
import type { ExecApprovalsFile } from "../protocol/mod.ts";

const FILE_NAME = "exec-approvals.json";
const LOCK_NAME = "exec-approvals.lock";
const MAX_ATTEMPTS = 3;

/** Where the policy may be. */
export interface ExecPolicyPlace {
  readonly stateDir: string;
  readonly home: string;
}

/** The policy as it is on disk. */
export interface ExecPolicySnapshot {
  /** The file that a write replaces. */
  readonly path: string;
  /** The file that was read; absent when there is none. */
  readonly readFrom?: string;
  readonly exists: boolean;
  /** SHA-256 of the text; of the empty text when there is no file. */
  readonly hash: string;
  /** What holds; denies everything when the file has a `problem`. */
  readonly file: ExecApprovalsFile;
  /** Why the file cannot be used. */
  readonly problem?: string;
}

/**
 * Reads the policy.
 *
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function readExecPolicy(
  { stateDir, home }: ExecPolicyPlace,
): Promise<ExecPolicySnapshot> {
  const path = join(stateDir, FILE_NAME);
  for (const readFrom of new Set([path, join(home, ".openclaw", FILE_NAME)])) {
    const text = await readTextFileIfExists(readFrom);
    if (text === undefined) continue;
    const hash = await sha256Hex(text);
    return { path, readFrom, exists: true, hash, ...await parseText(text) };
  }
  return { path, exists: false, hash: await sha256Hex(""), file: { version: 1 } };
}

/**
 * The policy, when it can be used.
 *
 * @throws {AppError} `EXEC_POLICY_INVALID`, `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function loadExecPolicy(place: ExecPolicyPlace): Promise<ExecPolicySnapshot> {
  const snapshot = await readExecPolicy(place);
  if (snapshot.problem !== undefined) throw unusable(snapshot);
  return snapshot;
}

/**
 * Replaces the whole policy.
 *
 * @param baseHash Hash of the policy that the writer has seen; needed once there is one.
 * @throws {AppError} `EXEC_POLICY_CHANGED`, or the code of a failed file operation
 */
export async function writeExecPolicy(
  place: ExecPolicyPlace,
  file: ExecApprovalsFile,
  baseHash: string | undefined,
): Promise<ExecPolicySnapshot> {
  await ensureDir(place.stateDir);
  return await withFileLock(join(place.stateDir, LOCK_NAME), async () => {
    const current = await readExecPolicy(place);
    if (current.exists && baseHash !== current.hash) throw staleBase(baseHash);
    const text = `${JSON.stringify(withSocketToken(file, current.file), null, 2)}\n`;
    await writeFileAtomic(current.path, text, { mode: 0o600 });
    return await readExecPolicy(place);
  });
}

/**
 * Changes the policy as it is now, after whatever others wrote.
 *
 * @param change Makes the new policy; the same object when nothing is to change.
 * @throws {AppError} `EXEC_POLICY_INVALID`, what `change` throws, or the code of a failed file
 * operation
 */
export async function changeExecPolicy(
  place: ExecPolicyPlace,
  change: (file: ExecApprovalsFile) => ExecApprovalsFile,
): Promise<ExecPolicySnapshot> {
  for (let attempt = 1;; attempt++) {
    const current = await loadExecPolicy(place);
    const file = change(current.file);
    if (file === current.file) return current;
    try {
      return await writeExecPolicy(place, file, current.hash);
    } catch (error) {
      const isLate = error instanceof AppError && error.code === "EXEC_POLICY_CHANGED";
      if (!isLate || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

async function parseText(
  text: string,
): Promise<{ file: ExecApprovalsFile; problem?: string }> {
  const denied: ExecApprovalsFile = { version: 1, defaults: { security: "deny" } };
  const value = parseJsonOrUndefined(text);
  if (value === undefined) return { file: denied, problem: "the file is not JSON" };
  const { parseExecApprovals } = await import("../protocol/methods/mod.ts");
  const parsed = parseExecApprovals(value);
  return parsed.ok ? { file: parsed.file } : { file: denied, problem: parsed.problem };
}

/** Clients never see the token of the socket, so what they send back has to get it again. */
function withSocketToken(file: ExecApprovalsFile, current: ExecApprovalsFile): ExecApprovalsFile {
  const { socket } = current;
  if (!isObject(socket) || socket.token === undefined) return file;
  return { ...file, socket: { token: socket.token, ...file.socket } };
}

function staleBase(baseHash: string | undefined): AppError {
  const message = baseHash === undefined
    ? "exec approvals base hash required; re-run exec.approvals.get and retry"
    : "exec approvals changed since last load; re-run exec.approvals.get and retry";
  return new AppError("EXEC_POLICY_CHANGED", message, {
    hint: "openclaw approvals get",
    retryable: true,
  });
}

function unusable({ readFrom, hash, problem }: ExecPolicySnapshot): AppError {
  return new AppError("EXEC_POLICY_INVALID", `Cannot use "${readFrom}": ${problem}`, {
    hint: "Repair the file, or replace it with: openclaw approvals set --file <path>",
    details: { path: readFrom, hash },
  });
}
