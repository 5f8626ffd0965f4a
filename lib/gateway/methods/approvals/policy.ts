/**
 * The policy of exec over the wire, and what is always allowed from now on.
 *
 * @module
 */
import type { ApprovalRecord } from "../../../approvals/mod.ts";
import { errorMessage, isObject, randomId } from "../../../base/mod.ts";
import {
  addEntries,
  changeExecPolicy,
  entriesFor,
  evaluateExec,
  type ExecPolicySnapshot,
  findOnDisk,
  loadExecPolicy,
  readExecPolicy,
  resolveExecPolicy,
  writeExecPolicy,
} from "../../../exec/mod.ts";
import { osName } from "../../../platform/mod.ts";
import type { ExecApprovalsFile, ExecApprovalsResult } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";

/** `exec.approvals.get`. */
export async function getPolicy({ paths }: GatewayState): Promise<ExecApprovalsResult> {
  return shown(await loadExecPolicy(paths));
}

/** `exec.approvals.set`; also the way to replace a file that cannot be read. */
export async function setPolicy(
  { paths }: GatewayState,
  { file, baseHash }: MethodParams<"exec.approvals.set">,
): Promise<ExecApprovalsResult> {
  return shown(await writeExecPolicy(paths, withIds(file), baseHash));
}

/**
 * Puts the programs of a command that was always allowed on the allowlist of its agent. A node keeps a
 * list of its own, so its commands are not for this one.
 */
export async function rememberAllowed(
  state: GatewayState,
  { request, decision }: ApprovalRecord,
): Promise<void> {
  if (decision !== "allow-always" || request.host === "node") return;
  const agentId = textOf(request.agentId) ?? state.agents().defaultId;
  const commandText = String(request.command);
  const { stateDir, home } = state.paths;
  try {
    const { file } = await readExecPolicy(state.paths);
    const evaluation = evaluateExec(
      { command: commandText },
      // What is listed already needs no second entry, whatever the policy is.
      { ...resolveExecPolicy(file, agentId), security: "allowlist" },
      {
        find: findOnDisk({
          cwd: textOf(request.cwd) ?? stateDir,
          path: state.config().env.get("PATH") ?? "",
        }),
        home,
        isForeignShell: osName() === "windows",
      },
    );
    const now = state.clock.now();
    const entries = entriesFor(evaluation, { commandText, now, newId: randomId });
    if (entries.length === 0) return;
    await changeExecPolicy(state.paths, (current) => addEntries(current, agentId, entries));
    state.log.info(`exec: always allowed for ${agentId}: ${entries.map(patternOf).join(", ")}`);
  } catch (error) {
    // The decision stands; the next such command is asked about again.
    state.log.warn(`exec: cannot remember what was always allowed: ${errorMessage(error)}`);
  }
}

/** Entries get an id, by which clients can remove them. */
function withIds(file: ExecApprovalsFile): ExecApprovalsFile {
  if (file.agents === undefined) return file;
  const agents = Object.fromEntries(
    Object.entries(file.agents).map(([agentId, agent]) => [
      agentId,
      agent.allowlist === undefined ? agent : {
        ...agent,
        allowlist: agent.allowlist.map((entry) => entry.id ? entry : { ...entry, id: randomId() }),
      },
    ]),
  );
  return { ...file, agents };
}

/** The policy without what readers do not need. */
function shown({ path, exists, hash, file }: ExecPolicySnapshot): ExecApprovalsResult {
  const { socket, ...rest } = file;
  const path_ = isObject(socket) ? socket.path : undefined;
  return {
    path,
    exists,
    hash,
    file: {
      ...rest,
      ...(path_ === undefined ? {} : { socket: { path: path_ } }),
      defaults: rest.defaults ?? {},
      agents: rest.agents ?? {},
    },
  };
}

function patternOf({ pattern }: { pattern: string }): string {
  return pattern;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
