/**
 * The service of this profile, as the commands find it.
 *
 * @module
 */
import { layerEnv } from "../../base/mod.ts";
import type { ServiceDefinition, ServiceManager, ServiceNames } from "../../service/mod.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** The manager of this system, told about one profile. */
export interface ProfileService {
  readonly manager: ServiceManager;
  readonly names: ServiceNames;
  readonly state: ConfigState;
  /** Port that the flags, the environment and the config give now. */
  readonly port: number;
}

/**
 * Finds the service of the profile in force.
 *
 * @throws {AppError} `NOT_SUPPORTED` on systems without a known manager, `SERVICE_NAME_INVALID`.
 */
export async function findService(
  context: CommandContext,
  state?: ConfigState,
): Promise<ProfileService> {
  const { serviceNames } = await import("../../service/mod.ts");
  return await findNamed(context, (profile) => serviceNames(profile, context.env), state);
}

/** Finds the service of a node host, which another installation may have made. */
export async function findNodeService(
  context: CommandContext,
  state: ConfigState,
): Promise<ProfileService> {
  const { NODE_NAMES, NODE_SCRIPT } = await import("../../service/mod.ts");
  const own = { OPENCLAW_TASK_SCRIPT: "", OPENCLAW_TASK_SCRIPT_NAME: NODE_SCRIPT };
  const env = layerEnv(own, context.env);
  return await findNamed({ ...context, env }, () => NODE_NAMES, state);
}

async function findNamed(
  context: CommandContext,
  namesOf: (profile: string | undefined) => ServiceNames,
  state: ConfigState | undefined,
): Promise<ProfileService> {
  const [platform, config, service, found] = await Promise.all([
    import("../../platform/mod.ts"),
    import("../../config/mod.ts"),
    import("../../service/mod.ts"),
    state ?? readConfigState(context, "ignore"),
  ]);
  const { paths, snapshot } = found;
  const { env } = context;
  const names = namesOf(paths.profile);
  const flag = context.options.number("port");
  const { port } = config.resolveGatewayPort({ flag, env: snapshot.env, config: snapshot.config });
  const uid = platform.userId();
  const userName = uid === undefined ? undefined : platform.userName(uid);
  const manager = await service.createServiceManager({
    os: context.host.os,
    env,
    runCommand: context.host.runCommand,
    names,
    home: paths.home,
    stateDir: paths.stateDir,
    port,
    uid,
    ...(userName === undefined ? {} : { userName }),
    isContainer: platform.isContainer(env),
    kernelRelease: platform.kernelRelease(),
    ...(context.options.flag("system") ? { scope: "system" as const } : {}),
  });
  return { manager, names, state: found, port };
}

/** The port that a definition was written for; `undefined` when it names none. */
export function installedPort({ command, environment }: ServiceDefinition): number | undefined {
  const at = command.indexOf("--port");
  const text = at < 0 ? environment.OPENCLAW_GATEWAY_PORT : command[at + 1];
  return Number(text) || undefined;
}
