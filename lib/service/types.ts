/**
 * What the three service managers have in common: what is installed, what a manager can do, and what
 * it tells about a service.
 *
 * @module
 */

/** The service managers, one a system. */
export type ServiceManagerKind = "launchd" | "systemd" | "schtasks";

/** What a service definition is written from; pure data, the same for all managers. */
export interface ServiceSpec {
  readonly names: ServiceNames;
  /** For people, one line, such as `OpenClaw Gateway (v2026.5.12)`. */
  readonly description: string;
  /** Absolute path of the program, then its arguments. */
  readonly command: readonly [string, ...string[]];
  /** Absolute; the manager's own choice when absent. */
  readonly workingDirectory?: string;
  /** Variables that may be read by anybody who may read the definition. No secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Variables that are kept apart in a file with mode 0600. */
  readonly privateEnvironment: Readonly<Record<string, string>>;
  /** The state folder of the profile, absolute. */
  readonly stateDir: string;
}

/** How one gateway is called by each manager. */
export interface ServiceNames {
  /** Absent for the default profile. */
  readonly profile: string | undefined;
  /** Label of the launchd job, such as `ai.openclaw.gateway`. */
  readonly launchdLabel: string;
  /** Unit with its suffix, such as `openclaw-gateway.service`. */
  readonly systemdUnit: string;
  /** Name of the scheduled task, such as `OpenClaw Gateway`. */
  readonly windowsTask: string;
}

/** Where a variable of an installed service stands. */
export type EnvironmentSource = "inline" | "file" | "inline-and-file";

/** The definition of an installed service, as it is on disk. */
export interface ServiceDefinition {
  readonly command: readonly string[];
  readonly workingDirectory?: string;
  /** Inline values and those of the private file; the manager's order of precedence decides. */
  readonly environment: Readonly<Record<string, string>>;
  readonly environmentSources: Readonly<Record<string, EnvironmentSource>>;
  /** The file that defines the service. */
  readonly sourcePath: string;
  /** The text of that file. */
  readonly text: string;
}

/**
 * What a service is doing.
 *
 * `crash_looping` is told from `stopped`: the manager has given up, or starts it again and again.
 */
export type ServiceState =
  | "not_installed"
  | "stopped"
  | "starting"
  | "running"
  | "crash_looping"
  | "failed"
  | "unknown";

/** What the manager tells about the process of a service. */
export interface ServiceRuntime {
  readonly state: ServiceState;
  readonly pid?: number;
  /** The manager's own words for the state, such as `active` or `waiting`. */
  readonly managerState?: string;
  readonly subState?: string;
  /** Exit status of the last end; 128 and the signal's number after a signal. */
  readonly lastExitStatus?: number;
  /** Name of the signal that ended it last, such as `SIGKILL`. */
  readonly lastExitSignal?: string;
  readonly lastExitReason?: string;
  /** Starts after a failure since the manager last began to count. */
  readonly restarts?: number;
  readonly lastRunResult?: string;
  readonly lastRunTime?: string;
  /** One line for people. */
  readonly detail?: string;
  /** There is a definition on disk that the manager does not know. */
  readonly isMissingSupervision?: boolean;
  /** The manager still knows a job whose definition is gone. */
  readonly isCached?: boolean;
}

/** A file that an installation writes. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  /** What may be shown of the text; all of it unless given, since most files hold no secrets. */
  readonly shownText?: string;
  /** How the text is written, with its byte order mark; UTF-8 without one unless given. */
  readonly encoding?: "utf-16le";
  /** Permission bits; nothing on Windows. */
  readonly mode: number;
}

/** A command that a verb runs, for `--dry-run` and reports. */
export type ServiceCommandLine = readonly [string, ...string[]];

/** What an installation would do, without having done it. */
export interface InstallPlan {
  readonly files: readonly ServiceFile[];
  readonly commands: readonly ServiceCommandLine[];
}

/** What a verb has done. */
export interface ServiceReport {
  /** Lines for people, such as `Installed systemd service: <path>`. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** What a stop with `disable` adds to its report. */
export const STAYS_OFF = "It stays off until it is started again.";

/** How a service is stopped. */
export interface StopOptions {
  /** Keeps it off over logins and restarts of the system until it is started again. */
  readonly disable?: boolean;
}

/** Registers one gateway with the service manager of a system, and drives it there. */
export interface ServiceManager {
  readonly kind: ServiceManagerKind;
  /** For people: `LaunchAgent`, `systemd user` or `Scheduled Task`. */
  readonly label: string;
  readonly loadedText: string;
  readonly notLoadedText: string;
  /** Path of the definition, whether it exists or not. */
  readonly definitionPath: string;
  /**
   * Whether the manager knows the service and will start it by itself.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_CHECK_FAILED`
   */
  isLoaded(): Promise<boolean>;
  /** The definition on disk; `undefined` when there is none. */
  readDefinition(): Promise<ServiceDefinition | undefined>;
  /** What the service is doing; never throws, says `unknown` with a detail instead. */
  readRuntime(): Promise<ServiceRuntime>;
  /** The files and commands of {@linkcode ServiceManager.install}; touches nothing. */
  planInstall(spec: ServiceSpec): InstallPlan;
  /**
   * Writes the definition, registers it and starts the service; replaces an earlier definition and
   * keeps a copy of it.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_INSTALL_FAILED`
   */
  install(spec: ServiceSpec): Promise<ServiceReport>;
  /**
   * Stops the service, takes its registration back and removes what an installation wrote, secrets
   * included.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_UNINSTALL_FAILED`
   */
  uninstall(): Promise<ServiceReport>;
  /**
   * Starts the service; one that runs is left alone.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_START_FAILED`
   */
  start(): Promise<ServiceReport>;
  /**
   * Ends the process; the service stays installed.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_STOP_FAILED`
   */
  stop(options?: StopOptions): Promise<ServiceReport>;
  /**
   * Ends the process and starts it again; also after a crash loop. Never leaves it unregistered.
   *
   * @throws {AppError} `SERVICE_MANAGER_UNAVAILABLE`, `SERVICE_RESTART_FAILED`
   */
  restart(): Promise<ServiceReport>;
  /** Commands a person can run instead, most useful first. */
  startHints(): readonly string[];
  /** Where to read what the service printed, such as a `journalctl` command. */
  logHint(): string;
}
