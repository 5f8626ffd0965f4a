/**
 * What a check finds, and what it is handed to look at.
 *
 * @module
 */
import type { Clock, Env } from "../base/mod.ts";
import type { ConfigPaths, ConfigSnapshot } from "../config/mod.ts";
import type { OsName, RunCommand } from "../platform/mod.ts";
import type { AuditIssue, OtherService, ServiceState } from "../service/mod.ts";
import type { RepairStep } from "./repair/steps.ts";

/** How bad a finding is, mildest first. */
export const SEVERITIES = ["ok", "info", "warn", "error"] as const;

/** One of {@linkcode SEVERITIES}. */
export type Severity = typeof SEVERITIES[number];

/** One thing that a check has to say. */
export interface Finding {
  /** Stable: the check's id and a word, such as `doctor:gateway-auth.token-missing`. */
  readonly id: string;
  readonly severity: Severity;
  /** One line; never a secret. */
  readonly message: string;
  /** Further lines. */
  readonly detail?: readonly string[];
  /** The next command to run, or what to do by hand. */
  readonly fix?: string;
  /** What `doctor --fix` would do about it. */
  readonly repair?: readonly RepairStep[];
}

/** One check. */
export interface Check {
  /** Stable, such as `doctor:gateway-auth`. */
  readonly id: string;
  /** For people. */
  readonly title: string;
  /** Looks and tells; changes nothing. */
  run(facts: DoctorFacts): Finding[] | Promise<Finding[]>;
}

/** The service of the profile, as its manager tells. */
export interface ServiceLook {
  /** Such as `systemd user`. */
  readonly label: string;
  readonly isLoaded: boolean;
  readonly state: ServiceState;
  /** Path of the definition, whether it exists or not. */
  readonly definitionPath: string;
  readonly isInstalled: boolean;
  /** Whether the manager does not know a definition that is on disk. */
  readonly isUnsupervised: boolean;
  readonly detail?: string;
  readonly lastExitStatus?: number;
  /** The port that the definition names. */
  readonly port?: number;
  readonly issues: readonly AuditIssue[];
  /** Variables whose values stand in the definition itself. */
  readonly inlineVariables: readonly string[];
  readonly logHint: string;
  /** Why nothing can be told. */
  readonly error?: string;
  readonly hint?: string;
  /** Files that a reinstallation writes; absent where this program cannot be reinstalled. */
  readonly files?: readonly string[];
  /** Name of the unit of systemd, where that is the manager. */
  readonly unit?: string;
  /** Whether it is a service of the system, not of this user. */
  readonly isOfSystem: boolean;
}

/** What answered at the gateway's address. */
export interface GatewayLook {
  readonly url: string;
  /** Whether it is the one of this machine and this config. */
  readonly isLocal: boolean;
  readonly isConnected: boolean;
  readonly version?: string;
  readonly latencyMs?: number;
  readonly error?: string;
  readonly hint?: string;
  /** Whether a gateway is there and said no. */
  readonly isRefused: boolean;
  /** How the connection was closed. */
  readonly closeCode?: number;
  readonly closeReason?: string;
  /** Answers by method. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/** A device that waits for a decision. */
export interface WaitingDevice {
  readonly requestId: string;
  readonly name: string;
  readonly ts: number;
}

/** A device that was approved. */
export interface PairedDevice {
  readonly deviceId: string;
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly lastSeenAt: number;
}

/** A scheduled job, as far as checks look. */
export interface JobLook {
  readonly id: string;
  readonly name: string;
  readonly isEnabled: boolean;
  readonly agentId?: string;
  readonly model?: string;
  /** Failures in a row. */
  readonly failures: number;
}

/** The database, read without changing it. */
export interface DatabaseLook {
  readonly path: string;
  readonly exists: boolean;
  readonly sizeBytes: number;
  /** One line for each problem; only looked for in small databases unless checks are deep. */
  readonly damage: readonly string[];
  readonly isChecked: boolean;
  /** Why it cannot be read. */
  readonly error?: string;
  readonly hint?: string;
  /** Whether the next start brings it to a newer schema; the rest is not known then. */
  readonly isOlder: boolean;
  readonly sessionCount: number;
  readonly waiting: readonly WaitingDevice[];
  readonly paired: readonly PairedDevice[];
  readonly jobs: readonly JobLook[];
}

/** The policy of exec, as its file says. */
export interface ExecPolicyLook {
  readonly path: string;
  readonly exists: boolean;
  readonly problem?: string;
  /** What holds for an agent: the stricter of file and config. */
  policyOf(agentId: string): { readonly security: string; readonly ask: string };
}

/** What somebody asked for besides the checks. */
export interface DoctorWishes {
  /** Looks at what takes time. */
  readonly isDeep: boolean;
  /** Makes a gateway token where nobody can be asked. */
  readonly generateToken: boolean;
  /** Also what is only recommended. */
  readonly isForced: boolean;
}

/** Everything that checks look at; what costs time is asked for once, when a check wants it. */
export interface DoctorFacts {
  readonly env: Env;
  readonly clock: Clock;
  readonly os: OsName;
  /** Absent on Windows. */
  readonly uid: number | undefined;
  readonly userName: string | undefined;
  readonly paths: ConfigPaths;
  /** The config file as it is; may be invalid. */
  readonly snapshot: ConfigSnapshot;
  /** With the values that a gateway serves: those accepted last, where the file is invalid. */
  readonly served: ConfigSnapshot;
  /** Port of the config. */
  readonly port: number;
  readonly wishes: DoctorWishes;
  readonly runCommand: RunCommand;
  readonly isContainer: boolean;
  /** Whether a job may name the model. */
  isKnownModel(name: string): Promise<boolean>;
  /** Makes a new secret. */
  newToken(): string;
  /** The service; `undefined` on systems without a known manager. */
  service(): Promise<ServiceLook | undefined>;
  /** Services besides it that look like gateways. */
  otherServices(): Promise<readonly OtherService[]>;
  gateway(): Promise<GatewayLook>;
  database(): Promise<DatabaseLook>;
  execPolicy(): Promise<ExecPolicyLook>;
  /** Drives the service for a repair; answers with lines for people. */
  driveService(verb: "install" | "start" | "restart"): Promise<readonly string[]>;
}
