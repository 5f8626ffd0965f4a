/**
 * Everything that checks look at, gathered from the rooms that have it; what costs time is looked up
 * once, when a check asks.
 *
 * @module
 */
import { AppError, randomHex } from "../../base/mod.ts";
import type { ConfigSnapshot } from "../../config/mod.ts";
import type { DoctorFacts, DoctorWishes, ExecPolicyLook, GatewayLook } from "../../doctor/mod.ts";
import { asServed, type ConfigState, readConfigState } from "../remote/config_state.ts";
import { probeGateway } from "../remote/probe.ts";
import { resolveTarget } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";
import { lookAtDatabase } from "./database.ts";
import { driveService, lookAtService } from "./service.ts";

const PROBE_TIMEOUT_MS = 3000;
const DEEP_PROBE_TIMEOUT_MS = 10_000;
const TOKEN_BYTES = 24;
const DEFAULT_PORT = 18789;

/** Reads the config; all else waits until it is wanted. */
export async function gatherFacts(
  context: CommandContext,
  wishes: DoctorWishes,
): Promise<DoctorFacts> {
  const [state, platform] = await Promise.all([
    readConfigState(context, "ignore"),
    import("../../platform/mod.ts"),
  ]);
  const { paths, snapshot } = state;
  const served = await asServed(context, state);
  const { env, clock, host } = context;
  const uid = platform.userId();
  return {
    env,
    clock,
    os: host.os,
    uid,
    userName: uid === undefined ? undefined : platform.userName(uid),
    paths,
    snapshot,
    served: served.snapshot,
    port: await portOf(served.snapshot),
    wishes,
    runCommand: host.runCommand,
    isContainer: platform.isContainer(env),
    newToken: () => randomHex(TOKEN_BYTES),
    isKnownModel: modelCheck(served.snapshot),
    service: once(() => lookAtService(context, served)),
    otherServices: once(() => otherServices(context, served, wishes.isDeep)),
    gateway: once(() => lookAtGateway(context, served, wishes.isDeep)),
    database: once(() => lookAtDatabase(paths.stateDir, { clock, isDeep: wishes.isDeep })),
    execPolicy: once(() => lookAtExecPolicy(served)),
    driveService: (verb) => driveService(context, verb),
  };
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => answer ??= ask();
}

async function portOf({ env, config }: ConfigSnapshot): Promise<number> {
  const { resolveGatewayPort } = await import("../../config/mod.ts");
  try {
    return resolveGatewayPort({ env, config }).port;
  } catch (error) {
    // A check tells about a variable that is no port.
    if (error instanceof AppError) return DEFAULT_PORT;
    throw error;
  }
}

function modelCheck(snapshot: ConfigSnapshot): (name: string) => Promise<boolean> {
  return async (name) => {
    const [{ ModelCatalog }, { resolveModelSelection }] = await Promise.all([
      import("../../models/mod.ts"),
      import("../../config/mod.ts"),
    ]);
    const { aliases } = resolveModelSelection(snapshot.config);
    try {
      new ModelCatalog(snapshot.config.models ?? {}, snapshot.env).resolve(name, { aliases });
      return true;
    } catch (error) {
      if (error instanceof AppError) return false;
      throw error;
    }
  };
}

async function otherServices(
  { host, env }: CommandContext,
  { paths }: ConfigState,
  isDeep: boolean,
) {
  const { findOtherServices, serviceNames } = await import("../../service/mod.ts");
  const { os, runCommand } = host;
  const names = serviceNames(paths.profile, env);
  return await findOtherServices({ os, home: paths.home, names, runCommand, isDeep });
}

async function lookAtGateway(
  context: CommandContext,
  state: ConfigState,
  isDeep: boolean,
): Promise<GatewayLook> {
  const target = await resolveTarget(context, state, { lenient: true });
  const probe = await probeGateway(context, target, {
    timeoutMs: isDeep ? DEEP_PROBE_TIMEOUT_MS : PROBE_TIMEOUT_MS,
    methods: ["status", "health"],
    mode: "cli",
  });
  const { server, latencyMs, error, hint, close } = probe;
  return {
    url: target.url,
    isLocal: target.isLocal,
    isConnected: probe.isConnected,
    ...(server === null ? {} : { version: server.version }),
    ...(latencyMs === null ? {} : { latencyMs }),
    ...(error === null ? {} : { error }),
    ...(hint === null ? {} : { hint }),
    isRefused: probe.isRefused,
    ...(close === null ? {} : { closeCode: close.code, closeReason: close.reason }),
    answers: probe.answers,
  };
}

async function lookAtExecPolicy({ paths, snapshot }: ConfigState): Promise<ExecPolicyLook> {
  const { readExecPolicy, resolveExecPolicy } = await import("../../exec/mod.ts");
  const { path, readFrom, exists, problem, file } = await readExecPolicy(paths);
  const { security, ask } = snapshot.config.tools?.exec ?? {};
  return {
    path: readFrom ?? path,
    exists,
    ...(problem === undefined ? {} : { problem }),
    policyOf: (agentId) => resolveExecPolicy(file, agentId, [{ security, ask }]),
  };
}
