/**
 * The gateway as a job of launchd: which files define it, what they say, and what a definition on disk
 * starts.
 *
 * @see Apple, launchd.plist(5)
 * @module
 */
import { join } from "@std/path";
import type { EnvironmentSource, ServiceDefinition, ServiceSpec } from "../types.ts";
import { parseJobEnvironment, WRAPPER_SUFFIX } from "./environment_file.ts";
import { buildPlist, type PlistDict, type PlistValue } from "./plist.ts";
import { parsePlist } from "./plist_reader.ts";

/** Seconds between SIGTERM and SIGKILL; a gateway takes 25 at most to end its work. */
export const EXIT_TIMEOUT_SECONDS = 30;
/** Seconds between two starts by themselves. */
const THROTTLE_SECONDS = 10;
/** 077: what the gateway writes is its user's alone. */
const UMASK = 0o077;

/** Where the files of a job are. */
export interface JobPaths {
  readonly plist: string;
  readonly folder: string;
  readonly wrapper: string;
  readonly environment: string;
  /** The definition that an installation has replaced; not where launchd would find it. */
  readonly backup: string;
  readonly log: string;
}

/** The files of a job. @param logName Name of the log, without its ending. */
export function jobPaths(
  { home, stateDir, label, logName }: {
    home: string;
    stateDir: string;
    label: string;
    logName: string;
  },
): JobPaths {
  const folder = join(stateDir, "service-env");
  return {
    plist: join(home, "Library", "LaunchAgents", `${label}.plist`),
    folder,
    wrapper: join(folder, `${label}${WRAPPER_SUFFIX}`),
    environment: join(folder, `${label}.env`),
    backup: join(folder, `${label}.plist.bak`),
    log: join(stateDir, "logs", `${logName}.log`),
  };
}

/**
 * The property list of a job.
 *
 * A gateway that ends with success has ended on purpose, because it was asked to, because another one
 * serves already or because its configuration refuses the start; it is not started again then.
 */
export function buildJob(spec: ServiceSpec, paths: JobPaths): string {
  return buildPlist({
    Label: spec.names.launchdLabel,
    Comment: spec.description,
    RunAtLoad: true,
    KeepAlive: { SuccessfulExit: false },
    ExitTimeOut: EXIT_TIMEOUT_SECONDS,
    ProcessType: "Interactive",
    ThrottleInterval: THROTTLE_SECONDS,
    Umask: UMASK,
    ProgramArguments: [paths.wrapper, paths.environment, ...spec.command],
    ...(spec.workingDirectory === undefined ? {} : { WorkingDirectory: spec.workingDirectory }),
    StandardOutPath: paths.log,
    // The reason of a refused start is told here, before there is any other log.
    StandardErrorPath: paths.log,
  });
}

/**
 * What a property list starts, and with which variables.
 *
 * @param readFile Text of an environment file, `undefined` when it cannot be read.
 * @throws {AppError} `SERVICE_CHECK_FAILED` when it is no property list in XML.
 */
export function parseJob(
  text: string,
  sourcePath: string,
  readFile: (path: string) => string | undefined,
): ServiceDefinition {
  const job = parsePlist(text);
  const words = jobCommand(job);
  const isWrapped = words[0]?.endsWith(WRAPPER_SUFFIX) === true && words.length > 2;
  const inline = stringsOf(job.EnvironmentVariables);
  const fromFile = isWrapped ? parseJobEnvironment(readFile(words[1]!) ?? "") : {};
  const sources: Record<string, EnvironmentSource> = {};
  for (const key of Object.keys({ ...inline, ...fromFile })) {
    sources[key] = !(key in fromFile) ? "inline" : key in inline ? "inline-and-file" : "file";
  }
  const { WorkingDirectory: workingDirectory } = job;
  return {
    command: isWrapped ? words.slice(2) : words,
    ...(typeof workingDirectory === "string" ? { workingDirectory } : {}),
    environment: { ...inline, ...fromFile },
    environmentSources: sources,
    sourcePath,
    text,
  };
}

/** The command of a job, the script before it included. */
export function jobCommand(job: PlistDict): string[] {
  const { ProgramArguments: words, Program: program } = job;
  if (Array.isArray(words)) return words.filter((word) => typeof word === "string");
  return typeof program === "string" ? [program] : [];
}

function stringsOf(value: PlistValue | undefined): Record<string, string> {
  if (typeof value !== "object" || Array.isArray(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] =>
      typeof entry[1] === "string"
    ),
  );
}
