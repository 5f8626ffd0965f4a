/**
 * The three places a policy of exec can be in, read and written the same way: this machine's state
 * folder, a gateway, a node behind a gateway.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import type { ExecApprovalsFile, ExecApprovalsResult, NodeListResult } from "../../protocol/mod.ts";
import { ask, type Call } from "../remote/ask.ts";
import { readConfigState } from "../remote/config_state.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 60_000;
const MAX_ATTEMPTS = 3;

/** Settings of `tools.exec`, as far as they were found out. */
export interface ExecSettings {
  readonly security?: unknown;
  readonly ask?: unknown;
}

/** A place that has a policy. */
export interface PolicyPlace {
  /** `local`, `gateway`, or the id of a node. */
  readonly target: string;
  /** Settings that the policy is combined with; absent where they are not known. */
  settings?(): Promise<ExecSettings>;
  /** @throws {AppError} `EXEC_POLICY_INVALID` for a policy that cannot be used. */
  read(): Promise<ExecApprovalsResult>;
  /** @throws {AppError} `EXEC_POLICY_CHANGED` when the policy is not the one of `baseHash`. */
  write(file: ExecApprovalsFile, baseHash: string): Promise<ExecApprovalsResult>;
}

/** Opens the place that `--gateway` and `--node` name and hands it to `act`. */
export async function atPlace<T>(
  context: CommandContext,
  act: (place: PolicyPlace) => Promise<T>,
): Promise<T> {
  const { options } = context;
  const node = options.text("node");
  if (node === undefined && !options.flag("gateway")) return await act(await localPlace(context));
  if (node !== undefined && options.flag("gateway")) {
    throw new AppError("USAGE", "--gateway and --node name two places", {
      hint: context.say("approvals get --gateway"),
    });
  }
  const methods = node === undefined
    ? ["exec.approvals.get", "config.get"]
    : ["exec.approvals.node.get", "node.list"];
  return await withGateway(
    context,
    methods,
    async (call) =>
      await act(node === undefined ? gatewayPlace(call) : await nodePlace(call, node)),
  );
}

/**
 * Changes the policy of a place as it is now; tries again when somebody else wrote meanwhile.
 *
 * @param change Makes the new policy; the same object when nothing is to change.
 * @returns Whether something was changed, and the policy now.
 */
export async function changeAt(
  place: PolicyPlace,
  change: (file: ExecApprovalsFile) => ExecApprovalsFile,
): Promise<{ isChanged: boolean; policy: ExecApprovalsResult }> {
  for (let attempt = 1;; attempt++) {
    const policy = await place.read();
    const file = change(policy.file);
    if (file === policy.file) return { isChanged: false, policy };
    try {
      return { isChanged: true, policy: await place.write(file, policy.hash) };
    } catch (error) {
      if (!isRefusedWith(error, "EXEC_POLICY_CHANGED") || attempt === MAX_ATTEMPTS) throw error;
    }
  }
}

/** Whether a failure has this code, here or at the gateway. */
export function isRefusedWith(error: unknown, code: string): error is AppError {
  return error instanceof AppError && (error.code === code || error.details?.code === code);
}

/** Connects to the gateway of the command, acts, and closes again. */
export async function withGateway<T>(
  context: CommandContext,
  methods: readonly string[],
  act: (call: Call) => Promise<T>,
): Promise<T> {
  const timeoutMs = context.options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  const target = await resolveTarget(context, await readConfigState(context, "address"));
  return await ask(context, target, { timeoutMs, methods }, act);
}

async function localPlace(context: CommandContext): Promise<PolicyPlace> {
  const { loadExecPolicy, writeExecPolicy } = await import("../../exec/mod.ts");
  const { paths, snapshot } = await readConfigState(context, "address");
  return {
    target: "local",
    settings: () => Promise.resolve(snapshot.config.tools?.exec ?? {}),
    read: async () => withoutToken(await loadExecPolicy(paths)),
    write: async (file, baseHash) => withoutToken(await writeExecPolicy(paths, file, baseHash)),
  };
}

function gatewayPlace(call: Call): PolicyPlace {
  return {
    target: "gateway",
    settings: async () => {
      const { config } = await call<{ config: Record<string, unknown> }>("config.get");
      const tools = isObject(config.tools) ? config.tools : {};
      return isObject(tools.exec) ? tools.exec : {};
    },
    read: () => call("exec.approvals.get"),
    write: (file, baseHash) => call("exec.approvals.set", { file, baseHash }),
  };
}

async function nodePlace(call: Call, wanted: string): Promise<PolicyPlace> {
  const { findNode } = await import("../nodes/find.ts");
  const { nodeId } = findNode((await call<NodeListResult>("node.list")).nodes, wanted);
  return {
    target: nodeId,
    read: () => call("exec.approvals.node.get", { nodeId }),
    write: (file, baseHash) => call("exec.approvals.node.set", { nodeId, file, baseHash }),
  };
}

function withoutToken(
  { path, exists, hash, file }: ExecApprovalsResult,
): ExecApprovalsResult {
  const { socket, ...rest } = file;
  const shown = socket?.path === undefined ? {} : { socket: { path: socket.path } };
  return { path, exists, hash, file: { ...rest, ...shown } };
}
