/**
 * Installs the service of a profile: what the gateway needs to start, its definition, its first
 * start.
 *
 * @module
 */
import { AppError, VERSION } from "../../base/mod.ts";
import type {
  InstallPlan,
  ServiceDefinition,
  ServiceManager,
  ServiceReport,
  ServiceSpec,
} from "../../service/mod.ts";
import { prepareConfig, type Setting } from "../commands/setup.ts";
import { readConfigState } from "../remote/config_state.ts";
import { DEFAULT_GATEWAY_PORT } from "../../config/mod.ts";
import type { CommandContext } from "../table.ts";
import type { ServiceAnswer } from "./answer.ts";
import { driftOf } from "./drift.ts";
import { namesInFiles } from "./environment.ts";
import { waitForHealth } from "./health_wait.ts";
import { findService, type ProfileService } from "./installed.ts";
import { serviceProgram } from "./program.ts";
import { serviceSecrets } from "./secrets.ts";
import { refuseNewerConfig } from "./refusals.ts";

/**
 * Installs the service and waits until it serves.
 *
 * One that is there already is left alone without `--force`, unless its definition cannot do what was
 * asked for: another port, another version, a program that is gone.
 */
export async function installService(
  context: CommandContext,
  seen: (manager: ServiceManager) => void,
): Promise<ServiceAnswer> {
  const { options, say } = context;
  refuseManagedHost(context);
  const service = await findService(context);
  const { manager } = service;
  seen(manager);
  await refuseNewerConfig(context, service, "install the gateway service");
  const previous = await manager.readDefinition();
  if (previous !== undefined && !options.flag("force") && await manager.isLoaded()) {
    const drift = await definitionDrift(context, previous, service.port);
    if (drift.length === 0) {
      return {
        result: "already-installed",
        lines: [
          `Gateway service already ${manager.loadedText}.`,
          `Reinstall with: ${say("gateway install --force")}`,
        ],
      };
    }
    context.out.note(`Reinstalling: ${drift.join("; ")}`);
  }
  if (!options.flag("system")) await refuseSystemService(service);
  const notes = await prepareConfig(context, [
    ...await givenToken(context),
    ...givenPort(context, service),
  ]);
  const spec = await specOf(context, { ...service, state: await readConfigState(context, "stop") });
  const report = await manager.install(spec.spec);
  const { clock } = context;
  await waitForHealth({ manager, port: service.port, clock, verb: "install" });
  return {
    result: "installed",
    lines: [...notes, ...report.lines, `Gateway serves on port ${service.port}.`],
    warnings: [...spec.warnings, ...report.warnings],
  };
}

/** What is wrong with an installed definition, as this machine is now. */
export async function definitionDrift(
  { env, host }: CommandContext,
  definition: ServiceDefinition,
  port: number,
): Promise<string[]> {
  const platform = await import("../../platform/mod.ts");
  const isTemporary = (path: string) => platform.temporaryFolderOf(path, env) !== undefined;
  // A program that is in such a folder itself could only write the same again.
  const canMend = !isTemporary(platform.stableExecutablePath(env, host.executable));
  return driftOf(definition, {
    port,
    exists: platform.fileExistsSync,
    isTemporary: (path) => canMend && isTemporary(path),
  });
}

/** Writes the definition of an installed service anew and starts it, with config and token as they are. */
export async function reinstallService(
  context: CommandContext,
  service: ProfileService,
): Promise<ServiceReport> {
  const { spec, warnings } = await specOf(context, service);
  const report = await service.manager.install(spec);
  return { lines: report.lines, warnings: [...warnings, ...report.warnings] };
}

/** The token of `--token-file`, for the config; never for the service's own definition. */
async function givenToken({ options }: CommandContext): Promise<Setting[]> {
  const path = options.text("token-file");
  if (path === undefined) return [];
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  const token = (await readTextFileIfExists(path))?.trim();
  if (token && !/\s/.test(token)) return [["gateway.auth.token", token]];
  const why = token === undefined ? "there is no such file" : "it holds no single word";
  throw new AppError("TOKEN_FILE_INVALID", `Cannot read a token from "${path}": ${why}`, {
    hint: "openclaw gateway install --token-file <path>",
  });
}

/** A port that was asked for becomes the configured one, so that every other command finds it. */
function givenPort({ options }: CommandContext, { state, port }: ProfileService): Setting[] {
  if (options.number("port") === undefined) return [];
  const configured = state.snapshot.config.gateway?.port ?? DEFAULT_GATEWAY_PORT;
  return configured === port ? [] : [["gateway.port", port]];
}

/** What an installation would write and run; touches nothing. */
export async function planService(
  context: CommandContext,
  seen: (manager: ServiceManager) => void,
): Promise<InstallPlan> {
  const service = await findService(context);
  seen(service.manager);
  const { spec } = await specOf(context, service);
  return service.manager.planInstall(spec);
}

async function specOf(
  context: CommandContext,
  { manager, names, state, port }: ProfileService,
): Promise<{ spec: ServiceSpec; warnings: string[] }> {
  const [{ buildServiceSpec }, previous] = await Promise.all([
    import("../../service/mod.ts"),
    manager.readDefinition(),
  ]);
  const { paths } = state;
  const program = await serviceProgram(context, previous?.environment.OPENCLAW_WRAPPER);
  const managedKeys = await namesInFiles(state);
  const { secrets, missing } = await serviceSecrets(context, state, managedKeys);
  const configPath = context.env.get("OPENCLAW_CONFIG_PATH")?.trim() ? paths.configPath : undefined;
  const spec = buildServiceSpec({
    os: context.host.os,
    names,
    version: VERSION,
    program: program.command,
    ...(program.wrapper === undefined ? {} : { wrapper: program.wrapper }),
    port,
    home: paths.home,
    stateDir: paths.stateDir,
    ...(configPath === undefined ? {} : { configPath }),
    env: context.env,
    secrets,
    managedKeys,
    ...(previous === undefined ? {} : { previous }),
  });
  const known = { ...spec.environment, ...spec.privateEnvironment };
  const warnings = missing.filter((name) => !Object.hasOwn(known, name)).map((name) =>
    `the config takes a secret from ${name}, which is not set here; the service will not have it`
  );
  return { spec, warnings };
}

/** One gateway per profile and port: a service of the system is not doubled by one of the user. */
async function refuseSystemService({ manager, names, port }: ProfileService): Promise<void> {
  if (manager.kind === "schtasks") return;
  const service = await import("../../service/mod.ts");
  const found = manager.kind === "systemd"
    ? (await service.findGatewayUnits(service.SYSTEM_UNIT_FOLDERS))
      .map((unit) => ({ ...unit, isSame: unit.name === names.systemdUnit, look: unitLook(unit) }))
    : (await service.findGatewayJobs(service.SYSTEM_JOB_FOLDERS))
      .map((job) => ({ ...job, isSame: job.label === names.launchdLabel, look: jobLook(job) }));
  const same = found.find((each) => each.isSame || each.port === port);
  if (same === undefined) return;
  throw new AppError(
    "SERVICE_EXTERNAL",
    `Cannot install a user service: the system already has ${same.path} for this gateway`,
    {
      hint: `${same.look}\n` +
        "Or choose another profile and port: openclaw --profile ops gateway install --port 18800",
    },
  );
}

function unitLook({ name }: { name: string }): string {
  return `sudo systemctl status ${name}`;
}

function jobLook({ label }: { label: string }): string {
  return `sudo launchctl print system/${label}`;
}

function refuseManagedHost({ env }: CommandContext): void {
  if (env.get("OPENCLAW_NIX_MODE") !== "1") return;
  throw new AppError("SERVICE_EXTERNAL", "Nix mode detected; service install is disabled", {
    hint: "Describe the service in your Nix configuration",
    details: { exitCode: 1 },
  });
}
