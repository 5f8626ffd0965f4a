/**
 * What a service is made of: its command, and the variables it starts with.
 *
 * What the gateway reads by itself at its start, the `.env` of the state folder and `env` of the
 * configuration, is not repeated in a definition, and neither is the gateway's own credential.
 *
 * @module
 */
import { dirname } from "@std/path";
import type { Env } from "../base/mod.ts";
import type { OsName } from "../platform/mod.ts";
import { serviceDescription } from "./names.ts";
import { servicePath } from "./path.ts";
import type { ServiceDefinition, ServiceNames, ServiceSpec } from "./types.ts";

/** Says that a process was started from a definition of ours. */
export const SERVICE_MARKER = "openclaw";

/** What {@linkcode buildServiceSpec} is told. */
export interface SpecFacts {
  readonly os: OsName;
  readonly names: ServiceNames;
  /** Of the program that is installed. */
  readonly version: string;
  /**
   * Absolute path of the program, then the arguments that come before `gateway`; a wrapper stands
   * alone.
   */
  readonly program: readonly [string, ...string[]];
  /** Set when `program` is a wrapper, so that later installations keep it. */
  readonly wrapper?: string;
  readonly port: number;
  readonly home: string;
  readonly stateDir: string;
  /** Only when it is not the usual one of the state folder. */
  readonly configPath?: string;
  /** The environment of whoever installs. */
  readonly env: Env;
  /** Secrets that the configuration expects in variables, by name. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Names that the gateway reads by itself from files; left out of the definition. */
  readonly managedKeys: readonly string[];
  /** What is installed now; variables that people have added are kept. */
  readonly previous?: ServiceDefinition;
}

/** Puts a service together. */
export function buildServiceSpec(facts: SpecFacts): ServiceSpec {
  const { os, names, port, stateDir } = facts;
  const environment = { ...keptFromBefore(facts), ...ownVariables(facts) };
  const privateEnvironment = { ...keptSecrets(facts), ...facts.secrets };
  for (const key of Object.keys(privateEnvironment)) delete environment[key];
  return {
    names,
    description: serviceDescription(names.profile, facts.version),
    command: [...facts.program, "gateway", "--port", String(port)],
    ...(os === "darwin" ? { workingDirectory: stateDir } : {}),
    environment,
    privateEnvironment,
    stateDir,
  };
}

/** The variables of ours, in the order in which they are written. */
function ownVariables(facts: SpecFacts): Record<string, string> {
  const { os, names, env, program, home, stateDir } = facts;
  const variables: Record<string, string | undefined> = {
    HOME: os === "windows" ? undefined : home,
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_CONFIG_PATH: facts.configPath,
    OPENCLAW_PROXY_URL: env.get("OPENCLAW_PROXY_URL"),
    PATH: os === "windows" ? undefined : servicePath(os, dirname(program[0]), home),
    OPENCLAW_PROFILE: names.profile,
    OPENCLAW_WRAPPER: facts.wrapper,
    OPENCLAW_GATEWAY_PORT: String(facts.port),
    OPENCLAW_LAUNCHD_LABEL: os === "darwin" ? names.launchdLabel : undefined,
    OPENCLAW_SYSTEMD_UNIT: names.systemdUnit,
    OPENCLAW_WINDOWS_TASK_NAME: names.windowsTask,
    OPENCLAW_SERVICE_MARKER: SERVICE_MARKER,
    OPENCLAW_SERVICE_KIND: "gateway",
    OPENCLAW_SERVICE_VERSION: facts.version,
  };
  const present: Record<string, string> = {};
  for (const [key, value] of Object.entries(variables)) {
    if (value !== undefined && value !== "") present[key] = value;
  }
  return present;
}

/** Variables of the installed definition that are neither ours nor of the machine, inline ones. */
function keptFromBefore({ previous, managedKeys }: SpecFacts): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(previous?.environment ?? {})) {
    if (previous?.environmentSources[key] === "file") continue;
    if (isKept(key) && !managedKeys.includes(key)) kept[key] = value;
  }
  return kept;
}

/** The same of its private file. */
function keptSecrets({ previous, managedKeys }: SpecFacts): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(previous?.environment ?? {})) {
    if (previous?.environmentSources[key] === "inline") continue;
    if (isKept(key) && !managedKeys.includes(key)) kept[key] = value;
  }
  return kept;
}

function isKept(key: string): boolean {
  return !/^OPENCLAW_|^(?:LD|DYLD)_|^NODE_/.test(key) && !NOT_KEPT.has(key.toUpperCase());
}

/** Belong to the machine and the session of whoever installs, or make programs load other code. */
const NOT_KEPT: ReadonlySet<string> = new Set([
  "HOME",
  "PATH",
  "TMPDIR",
  "BASH_ENV",
  "ENV",
  "SHELLOPTS",
  "IFS",
  "PYTHONPATH",
  "PYTHONSTARTUP",
  "PERL5OPT",
  "RUBYOPT",
  "GIT_SSH_COMMAND",
]);
