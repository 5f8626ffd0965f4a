/**
 * `openclaw node run`: decides which gateway this machine serves and hands over to the node host.
 *
 * @module
 */
import { type Logger, RedactionSet, VERSION } from "../../base/mod.ts";
import type { NodeFile, NodeHostOptions } from "../../nodehost/mod.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import { explainFailure } from "../remote/connection.ts";
import { routeTo } from "../remote/route.ts";
import { nodeTarget } from "../remote/node_target.ts";
import type { Target } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

/** Serves until Ctrl-C or a request to end, and answers 0 then. */
export async function run(context: CommandContext): Promise<number> {
  const stop = new AbortController();
  const stopListening = context.host.onInterrupt(() => stop.abort());
  try {
    const state = await readConfigState(context, "address");
    const { loadNodeFile, runNodeHost, saveNodeFile } = await import("../../nodehost/mod.ts");
    const { stateDir } = state.paths;
    const known = await loadNodeFile(stateDir);
    const { target, gateway } = await nodeTarget(context, state, known.gateway);
    const file = withFlags(context, gateway === undefined ? known : { ...known, gateway });
    if (isOther(file, known)) await forgetToken(stateDir);
    await saveNodeFile(stateDir, file);
    const options = await hostOptions(context, state, { target, file, signal: stop.signal });
    await runNodeHost(options).catch((error) => {
      throw explainFailure(error, target, context);
    });
    return 0;
  } finally {
    stopListening();
  }
}

/** What is remembered, changed by the flags. */
function withFlags({ options }: CommandContext, known: NodeFile): NodeFile {
  const nodeId = options.text("node-id")?.trim();
  const displayName = options.text("display-name")?.trim();
  return { ...known, ...(nodeId ? { nodeId } : {}), ...(displayName ? { displayName } : {}) };
}

/** Whether the token of the last gateway is not for this one, or not for this installation. */
function isOther(file: NodeFile, known: NodeFile): boolean {
  const [now, before] = [file.gateway, known.gateway];
  return file.nodeId !== known.nodeId || now?.host !== before?.host || now?.port !== before?.port;
}

async function forgetToken(stateDir: string): Promise<void> {
  const { dropStoredToken, loadIdentity } = await import("../../devices/client.ts");
  const identity = await loadIdentity(stateDir);
  if (identity !== undefined) await dropStoredToken(stateDir, identity.deviceId, "node");
}

async function hostOptions(
  context: CommandContext,
  { paths, snapshot }: ConfigState,
  { target, file, signal }: { target: Target; file: NodeFile; signal: AbortSignal },
): Promise<NodeHostOptions> {
  const platform = await import("../../platform/mod.ts");
  const { url, token, password } = target;
  const route = routeTo(context, target);
  return {
    url,
    ...(route === undefined ? {} : { route }),
    ...(token === undefined ? {} : { token }),
    ...(password === undefined ? {} : { password }),
    displayName: file.displayName ?? platform.hostName(),
    instanceId: file.nodeId,
    stateDir: paths.stateDir,
    home: platform.homeDir(context.env),
    folder: platform.currentFolder(),
    env: platform.environmentRecord(),
    os: platform.osName(),
    deviceFamily: platform.deviceFamily(),
    clock: context.clock,
    log: await consoleLogger(context, snapshot, [token, password]),
    signal,
  };
}

/** Writes to the console alone: the log file of this machine belongs to its gateway. */
async function consoleLogger(
  { clock, env, root, host }: CommandContext,
  { config }: ConfigState["snapshot"],
  secrets: readonly (string | undefined)[],
): Promise<Logger> {
  const [{ createLogging, hostName }, { resolveLogging }] = await Promise.all([
    import("../../platform/mod.ts"),
    import("../../config/mod.ts"),
  ]);
  const hidden = new RedactionSet();
  for (const secret of secrets) hidden.add(secret);
  const { consoleLevel, consoleStyle } = resolveLogging({
    config,
    env,
    levelFlag: root.logLevel,
    isTty: host.isTty,
  });
  const logging = createLogging({
    clock,
    env,
    level: "silent",
    consoleLevel,
    consoleStyle,
    redact: (text) => hidden.redact(text),
    stdoutIsTty: host.isTty,
    hostname: hostName(),
    version: VERSION,
    output: { writeOut: (text) => host.writeOut(text), writeErr: (text) => host.writeError(text) },
  });
  return logging.logger("node");
}
