/**
 * Compares an installed definition with what this program would install now.
 *
 * Pure; the codes are those that existing tools look for.
 *
 * @module
 */
import { AppError, isObject } from "../base/mod.ts";
import type { OsName } from "../platform/mod.ts";
import type { PlistDict } from "./launchd/plist.ts";
import { parsePlist } from "./launchd/plist_reader.ts";
import { requiredFolders } from "./path.ts";
import { isOwnScript } from "./schtasks/gateway_cmd.ts";
import { parseUnitLines } from "./systemd/unit.ts";
import type { ServiceDefinition, ServiceManagerKind } from "./types.ts";

/** How sure it is that a definition should be replaced. */
export type AuditLevel = "recommended" | "aggressive";

/** One difference. */
export interface AuditIssue {
  /** Stable, such as `gateway-port-mismatch`. */
  readonly code: string;
  readonly message: string;
  /** The values, such as `18852 -> 18851`; never a secret. */
  readonly detail?: string;
  readonly level: AuditLevel;
}

/** What the definition is compared with. */
export interface AuditFacts {
  readonly kind: ServiceManagerKind;
  readonly os: OsName;
  /** Port of the configuration. */
  readonly port: number;
  /** Version of this program. */
  readonly version: string;
  /** Path that a definition would name now. */
  readonly program: string;
  /** Names that the gateway reads by itself from files. */
  readonly managedKeys: readonly string[];
  /** Whether a file is there. */
  readonly exists: (path: string) => boolean;
}

const PROXY_KEYS: ReadonlySet<string> = new Set([
  ...["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"],
  ...["http_proxy", "https_proxy", "all_proxy", "no_proxy"],
]);
/** Folders that come and go with a version manager; what a service finds there changes under it. */
const SHIFTING_FOLDERS = /\/\.?(?:nvm|fnm|volta|asdf|pnpm|bun|npm|yarn|rbenv|pyenv)(?:\/|$)/;

/** Every difference, the most telling first. */
export function auditDefinition(definition: ServiceDefinition, facts: AuditFacts): AuditIssue[] {
  // Of one that cannot be read everything else would be said to be missing.
  if (facts.kind === "launchd" && readPlist(definition.text) === undefined) {
    return [UNREADABLE_PLIST];
  }
  return [
    ...auditCommand(definition, facts),
    ...auditVersion(definition, facts),
    ...auditEnvironment(definition, facts),
    ...auditPath(definition, facts),
    ...(facts.kind === "systemd" ? auditUnit(definition) : []),
    ...(facts.kind === "launchd" ? auditPlist(definition) : []),
    ...(facts.kind === "schtasks" ? auditScript(definition) : []),
  ];
}

function auditCommand({ command, environment }: ServiceDefinition, facts: AuditFacts) {
  const issues: AuditIssue[] = [];
  if (!command.includes("gateway")) {
    issues.push({
      code: "gateway-command-missing",
      message: "Service command does not include the gateway subcommand.",
      level: "aggressive",
    });
  }
  const [program = ""] = command;
  const isWrapper = environment.OPENCLAW_WRAPPER === program;
  if (!facts.exists(program)) {
    issues.push(recommended("gateway-entrypoint-mismatch", "Service starts a file that is gone.", {
      from: program,
      to: facts.program,
    }));
  } else if (program !== facts.program && !isWrapper) {
    const message = "Service starts another program than this one.";
    issues.push(
      recommended("gateway-entrypoint-mismatch", message, { from: program, to: facts.program }),
    );
  }
  const at = command.indexOf("--port");
  const port = at < 0 ? environment.OPENCLAW_GATEWAY_PORT : command[at + 1];
  if (port !== undefined && port !== String(facts.port)) {
    const message = "Gateway service port does not match current gateway config.";
    issues.push(
      recommended("gateway-port-mismatch", message, { from: port, to: String(facts.port) }),
    );
  }
  return issues;
}

function auditVersion({ environment }: ServiceDefinition, { version }: AuditFacts): AuditIssue[] {
  const installed = environment.OPENCLAW_SERVICE_VERSION;
  if (installed === undefined || installed === version) return [];
  const message = "Service was installed by another version.";
  return [recommended("gateway-version-mismatch", message, { from: installed, to: version })];
}

function auditEnvironment(
  { environment, environmentSources }: ServiceDefinition,
  { managedKeys }: AuditFacts,
): AuditIssue[] {
  // Values of a private file are where they belong.
  const inline = Object.keys(environment).filter((key) => environmentSources[key] !== "file");
  const issues: AuditIssue[] = [];
  if (inline.includes("OPENCLAW_GATEWAY_TOKEN")) {
    const message =
      "Gateway service embeds OPENCLAW_GATEWAY_TOKEN and should be reinstalled without it.";
    issues.push({ code: "gateway-token-embedded", message, level: "recommended" });
  }
  const managed = inline.filter((key) => managedKeys.includes(key));
  if (managed.length > 0) {
    issues.push(named("gateway-managed-env-embedded", "managed values", managed));
  }
  const proxies = inline.filter((key) => PROXY_KEYS.has(key));
  if (proxies.length > 0) issues.push(named("gateway-proxy-env-embedded", "proxy values", proxies));
  return issues;
}

function named(code: string, what: string, keys: readonly string[]): AuditIssue {
  return {
    code,
    message: `Gateway service embeds ${what} that it should read at its start.`,
    detail: `inline keys: ${[...keys].sort().join(", ")}`,
    level: "recommended",
  };
}

function auditPath({ environment }: ServiceDefinition, { os }: AuditFacts): AuditIssue[] {
  if (os === "windows") return [];
  const path = environment.PATH;
  if (path === undefined) {
    const message = "Gateway service PATH is not set.";
    return [{ code: "gateway-path-missing", message, level: "recommended" }];
  }
  const folders = path.split(":");
  const missing = requiredFolders(os).filter((folder) => !folders.includes(folder));
  const shifting = folders.filter((folder) => SHIFTING_FOLDERS.test(folder));
  const issues: AuditIssue[] = [];
  if (missing.length > 0) {
    issues.push({
      code: "gateway-path-missing-dirs",
      message: "Gateway service PATH lacks folders that it needs.",
      detail: missing.join(", "),
      level: "recommended",
    });
  }
  if (shifting.length > 0) {
    issues.push({
      code: "gateway-path-nonminimal",
      message: "Gateway service PATH includes version or package managers.",
      detail: shifting.join(", "),
      level: "recommended",
    });
  }
  return issues;
}

/** What a unit must say, with the code of its absence. */
const UNIT_RULES: readonly (readonly [key: string, value: RegExp, code: string, why: string])[] = [
  [
    "Unit.After",
    /\bnetwork-online\.target\b/,
    "systemd-after-network-online",
    "Missing systemd After=network-online.target",
  ],
  [
    "Unit.Wants",
    /\bnetwork-online\.target\b/,
    "systemd-wants-network-online",
    "Missing systemd Wants=network-online.target",
  ],
  ["Service.RestartSec", /^5s?$/, "systemd-restart-sec", "RestartSec is not 5"],
  [
    "Service.RestartPreventExitStatus",
    /\b78\b/,
    "systemd-restart-prevent",
    "Missing RestartPreventExitStatus=78: a refused config is tried again and again",
  ],
  [
    "Service.WatchdogSec",
    /^\d/,
    "systemd-watchdog",
    "Missing WatchdogSec: a gateway that hangs stays as it is",
  ],
];

function auditUnit({ text }: ServiceDefinition): AuditIssue[] {
  const { values } = parseUnitLines(text);
  return UNIT_RULES.filter(([key, pattern]) =>
    !(values.get(key) ?? []).some((value) => pattern.test(value))
  ).map(([, , code, message]) => ({ code, message, level: "recommended" }));
}

function auditPlist({ text }: ServiceDefinition): AuditIssue[] {
  const job = parsePlist(text);
  const issues: AuditIssue[] = [];
  if (job.RunAtLoad !== true) {
    const message = "LaunchAgent is missing RunAtLoad=true";
    issues.push({ code: "launchd-run-at-load", message, level: "recommended" });
  }
  // The original keeps it alive whatever happens, which comes back as well.
  const { KeepAlive: keepAlive } = job;
  if (keepAlive !== true && !(isObject(keepAlive) && keepAlive.SuccessfulExit === false)) {
    const message = "LaunchAgent is missing KeepAlive";
    issues.push({ code: "launchd-keep-alive", message, level: "recommended" });
  }
  return issues;
}

const UNREADABLE_PLIST: AuditIssue = {
  code: "launchd-plist-unreadable",
  message: "LaunchAgent is no property list in XML, so nobody can tell what it starts.",
  level: "recommended",
};

function readPlist(text: string): PlistDict | undefined {
  try {
    return parsePlist(text);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

function auditScript({ text }: ServiceDefinition): AuditIssue[] {
  if (isOwnScript(text)) return [];
  const message =
    "Scheduled task was installed by another program: it may show a window, end after 72 hours and " +
    "not come back after a failure";
  return [{ code: "schtasks-launcher", message, level: "recommended" }];
}

function recommended(
  code: string,
  message: string,
  { from, to }: { from: string; to: string },
): AuditIssue {
  return { code, message, detail: `${from} -> ${to}`, level: "recommended" };
}
