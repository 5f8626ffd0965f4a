/**
 * Unit files of the gateway, as text: the user's own, and the hardened one of the system.
 *
 * Pure; {@linkcode parseUnit} reads also what the original program has written.
 *
 * @module
 */
import type { ServiceDefinition, ServiceSpec } from "../types.ts";
import {
  environmentFileLine,
  environmentWord,
  execLine,
  globPath,
  parseEnvironmentFile,
  parseExecLine,
  plainPath,
  splitWords,
} from "./quoting.ts";

/** Seconds between the end of a gateway and its next start; the audit compares it. */
export const RESTART_SECONDS = 5;
/** A gateway whose event loop and store are silent for longer is killed and started again. */
const WATCHDOG_SECONDS = 60;
/** Starts within {@linkcode START_LIMIT_SECONDS} after which systemd gives up. */
const START_LIMIT_BURST = 5;
const START_LIMIT_SECONDS = 60;

/** Name of the file for private variables, in the state folder. */
export const ENVIRONMENT_FILE = "gateway.systemd.env";

/** The unit for a user's own service manager. */
export function buildUserUnit(spec: ServiceSpec, environmentFile: string | undefined): string {
  return unitText([
    ...unitSection(spec),
    ["Service", [...serviceLines(spec, environmentFile), ...environmentLines(spec)]],
    ["Install", ["WantedBy=default.target"]],
  ]);
}

/** The account that a gateway of the system runs as. */
export const SYSTEM_ACCOUNT = "openclaw";

/** Below it systemd makes folders for services, each owned by its account. */
const STATE_ROOT = "/var/lib/";

/** What the unit of the system needs besides. */
export interface SystemUnitFacts {
  /** Home of the account, a folder right below `/var/lib`; the only one that can be written to. */
  readonly home: string;
  readonly environmentFile: string | undefined;
}

/**
 * The unit for the system's service manager: a dedicated account, a folder of its own to write to,
 * and no way to more.
 */
export function buildSystemUnit(spec: ServiceSpec, facts: SystemUnitFacts): string {
  const { home, environmentFile } = facts;
  return unitText([
    ...unitSection(spec),
    ["Service", [
      ...serviceLines({ ...spec, workingDirectory: home }, environmentFile),
      ...environmentLines(spec),
      `User=${SYSTEM_ACCOUNT}`,
      `Group=${SYSTEM_ACCOUNT}`,
      `StateDirectory=${home.slice(STATE_ROOT.length)}`,
      "StateDirectoryMode=0700",
      // Its folder for temporary files is its own, so nobody would find a log there.
      `LogsDirectory=${home.slice(STATE_ROOT.length)}`,
      "LogsDirectoryMode=0700",
      "UMask=0077",
      ...HARDENING,
    ]],
    ["Install", ["WantedBy=multi-user.target"]],
  ]);
}

/** Everything a gateway can do without; it compiles code at run time, so memory stays executable. */
const HARDENING: readonly string[] = [
  "NoNewPrivileges=yes",
  "ProtectSystem=strict",
  "ProtectHome=yes",
  "PrivateTmp=yes",
  "PrivateDevices=yes",
  "ProtectProc=invisible",
  "ProtectClock=yes",
  "ProtectHostname=yes",
  "ProtectKernelLogs=yes",
  "ProtectKernelModules=yes",
  "ProtectKernelTunables=yes",
  "ProtectControlGroups=yes",
  "RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK",
  "RestrictNamespaces=yes",
  "RestrictRealtime=yes",
  "RestrictSUIDSGID=yes",
  "RemoveIPC=yes",
  "LockPersonality=yes",
  "CapabilityBoundingSet=",
  "AmbientCapabilities=",
  "SystemCallArchitectures=native",
  "SystemCallFilter=@system-service",
  "SystemCallFilter=~@privileged",
  "SystemCallErrorNumber=EPERM",
];

type Section = readonly [name: string, lines: readonly string[]];

function unitSection({ description }: ServiceSpec): Section[] {
  return [["Unit", [
    `Description=${description.replaceAll("%", "%%")}`,
    "After=network-online.target",
    "Wants=network-online.target",
    `StartLimitBurst=${START_LIMIT_BURST}`,
    `StartLimitIntervalSec=${START_LIMIT_SECONDS}`,
  ]]];
}

function serviceLines(spec: ServiceSpec, environmentFile: string | undefined): string[] {
  const lines = [
    "Type=notify",
    "NotifyAccess=main",
    `ExecStart=${execLine(spec.command)}`,
    "Restart=always",
    `RestartSec=${RESTART_SECONDS}`,
    "RestartPreventExitStatus=78",
    `WatchdogSec=${WATCHDOG_SECONDS}`,
    "TimeoutStopSec=30",
    "TimeoutStartSec=60",
    "SuccessExitStatus=0 143",
    "KillMode=mixed",
  ];
  if (spec.workingDirectory !== undefined) {
    lines.push(`WorkingDirectory=${plainPath(spec.workingDirectory)}`);
  }
  if (environmentFile !== undefined) {
    lines.push(`EnvironmentFile=-${globPath(environmentFile)}`);
  }
  return lines;
}

function environmentLines({ environment }: ServiceSpec): string[] {
  return Object.entries(environment).map(([key, value]) =>
    `Environment=${environmentWord(key, value)}`
  );
}

function unitText(sections: readonly Section[]): string {
  return sections.map(([name, lines]) => `[${name}]\n${lines.join("\n")}\n`).join("\n");
}

/** The text of the file with private variables; sorted, so that equal values give equal text. */
export function buildEnvironmentFile(values: Readonly<Record<string, string>>): string {
  const keys = Object.keys(values).sort();
  return keys.map((key) => `${environmentFileLine(key, values[key]!)}\n`).join("");
}

/** A unit as read: its lines by section and key, in order. */
export interface ParsedUnit {
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Reads a unit; a line that ends in a backslash goes on, an empty value forgets earlier ones. */
export function parseUnitLines(text: string): ParsedUnit {
  const values = new Map<string, string[]>();
  let section = "";
  for (const raw of text.replace(/\\\n/g, " ").split("\n")) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#") || line.startsWith(";")) continue;
    const header = /^\[(.+)\]$/.exec(line)?.[1];
    if (header !== undefined) {
      section = header;
      continue;
    }
    const at = line.indexOf("=");
    if (at < 0) continue;
    const key = `${section}.${line.slice(0, at).trim()}`;
    const value = line.slice(at + 1).trim();
    if (value === "") values.set(key, []);
    else values.set(key, [...values.get(key) ?? [], value]);
  }
  return { values };
}

/**
 * What a unit starts, and with which variables.
 *
 * @param readFile Text of an environment file, `undefined` when it cannot be read.
 */
export function parseUnit(
  text: string,
  sourcePath: string,
  readFile: (path: string) => string | undefined,
): ServiceDefinition {
  const { values } = parseUnitLines(text);
  const inline: Record<string, string> = {};
  for (const line of values.get("Service.Environment") ?? []) {
    for (const word of splitWords(line)) {
      const at = word.indexOf("=");
      if (at > 0) inline[word.slice(0, at)] = word.slice(at + 1);
    }
  }
  const fromFiles: Record<string, string> = {};
  for (const file of values.get("Service.EnvironmentFile") ?? []) {
    const path = file.replace(/^-/, "").replace(/^"(.*)"$/, "$1").replaceAll("%%", "%")
      .replace(/\\(.)/g, "$1");
    Object.assign(fromFiles, parseEnvironmentFile(readFile(path) ?? ""));
  }
  const sources: Record<string, "inline" | "file" | "inline-and-file"> = {};
  for (const key of Object.keys({ ...inline, ...fromFiles })) {
    sources[key] = !(key in fromFiles) ? "inline" : key in inline ? "inline-and-file" : "file";
  }
  const workingDirectory = values.get("Service.WorkingDirectory")?.at(-1)?.replaceAll("%%", "%");
  return {
    command: parseExecLine(values.get("Service.ExecStart")?.at(-1) ?? ""),
    ...(workingDirectory === undefined ? {} : { workingDirectory }),
    // A file wins over the unit, whatever their order.
    environment: { ...inline, ...fromFiles },
    environmentSources: sources,
    sourcePath,
    text,
  };
}
