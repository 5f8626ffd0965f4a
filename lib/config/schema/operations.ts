/**
 * The smaller sections about running the gateway: `logging`, `env`, `ui`, `meta`, `wizard`,
 * `update`, `commands`, `cron`, `secrets`.
 *
 * @module
 */
import * as z from "zod/mini";
import { LOG_LEVELS } from "../../base/mod.ts";
import {
  amount,
  anything,
  choice,
  describe,
  flag,
  group,
  listOf,
  loose,
  mapOf,
  open,
  secret,
  text,
  texts,
  whole,
} from "./field.ts";

/** Builds the schema of `logging`. */
export function loggingSchema() {
  return z.object({
    level: choice(LOG_LEVELS, "Least severity in the log file"),
    file: text("Log file; a dated one in the temporary folder when absent"),
    maxFileBytes: whole("Size at which the log file is rotated", { min: 1, unit: "bytes" }),
    consoleLevel: choice(LOG_LEVELS, "Least severity on the console"),
    consoleStyle: choice(["pretty", "compact", "json"], "Form of console lines"),
    redactSensitive: choice(["tools", "off"], "Removal of credentials from tool output", {
      danger: "off writes tool output as it is",
    }),
    redactPatterns: texts("Expressions whose matches are removed"),
  });
}

/** Builds the schema of `env`; every other string key is a variable as well. */
export function envSchema() {
  return z.object({
    vars: mapOf(z.string(), "Variables that are set unless the process has them"),
    shellEnv: group({
      enabled: flag("Take missing variables from the login shell"),
      timeoutMs: whole("Time the shell has to answer", { min: 1, unit: "ms" }),
    }, "Variables of the login shell"),
  });
}

/** Builds the schema of `ui`. */
export function uiSchema() {
  return z.object({
    seamColor: describe(
      z.optional(z.string().check(z.regex(/^#?[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?$/))),
      "Accent colour, hexadecimal",
    ),
    assistant: group({
      name: text("Name of the assistant"),
      avatar: text("Picture of the assistant"),
    }, "How the assistant is shown"),
    prefs: open("Preferences of the browser interface"),
  });
}

/** Builds the schema of `meta`. */
export function metaSchema() {
  return z.object({
    lastTouchedVersion: text("Version that wrote this file last"),
    lastTouchedAt: text("When a program wrote this file last"),
  });
}

/** Builds the schema of `wizard`. */
export function wizardSchema() {
  return z.object({
    lastRunAt: text("When the wizard ran last"),
    lastRunVersion: text("Version of the wizard"),
    lastRunCommit: text("Commit of the wizard"),
    lastRunCommand: text("Command that started the wizard"),
    lastRunMode: choice(["local", "remote"], "What the wizard set up"),
  });
}

/** Builds the schema of `update`. */
export function updateSchema() {
  return z.object({
    channel: choice(["stable", "beta", "dev"], "Which releases are offered"),
    url: text("Address of the release index; {version} and {channel} in it are filled in"),
    checkOnStart: flag("Look for a release at start"),
    auto: loose({ enabled: flag("Install releases") }, "Updates without asking"),
  });
}

/** Builds the schema of `commands`. */
export function commandsSchema() {
  const native = () => z.optional(z.union([z.boolean(), z.literal("auto")]));
  return z.object({
    native: describe(native(), "Register commands with the channels"),
    nativeSkills: describe(native(), "Register skills with the channels"),
    text: flag("Accept commands as messages"),
    restart: flag("Allow the restart command"),
    config: flag("Allow the config command"),
    mcp: flag("Allow the mcp command"),
    plugins: flag("Allow the plugins command"),
    debug: flag("Allow the debug command"),
    bash: flag("Allow shell commands from chats", { danger: "Chats can run programs" }),
    bashForegroundMs: whole("Time before a shell command goes on in the background", {
      unit: "ms",
    }),
    ownerAllowFrom: texts("Senders that may use owner commands, channel:id"),
    ownerDisplay: choice(["raw", "hash"], "How owners are shown to the model"),
    ownerDisplaySecret: secret("Key of the hash that hides owners"),
    allowFrom: mapOf(
      z.array(z.union([z.string(), z.number()])),
      "Senders that may use commands, by channel",
    ),
    useAccessGroups: flag("Apply the channels' access lists to commands"),
  });
}

/** Builds the schema of `cron`. */
export function cronSchema() {
  return z.object({
    enabled: flag("Run scheduled jobs"),
    store: text("Job file of the original"),
    maxConcurrentRuns: whole("Most jobs at the same time", { min: 1 }),
    retry: group({
      maxAttempts: whole("Most retries of a job"),
      backoffMs: listOf(z.number().check(z.gte(0)), "Pauses before the retries", { unit: "ms" }),
      retryOn: texts("Failures that are retried"),
    }, "Retries of failed jobs"),
    webhook: text("Address that is told of finished jobs"),
    webhookToken: secret("Token sent to that address"),
    sessionRetention: amount("How long sessions of jobs are kept"),
    runLog: group({
      maxBytes: amount("Largest log of one job"),
      keepLines: whole("Newest lines that are kept", { min: 1 }),
    }, "Log of finished jobs"),
    failureAlert: anything("Message after repeated failures"),
    failureDestination: anything("Where failures are reported"),
  });
}

/** Builds the schema of `secrets`. */
export function secretsSchema() {
  const provider = z.object({
    source: describe(z.enum(["env", "file", "exec"]), "Kind of place"),
    allowlist: texts("Variables that may be read"),
    path: text("File with the secrets"),
    mode: choice(["json", "singleValue"], "Form of the file"),
    timeoutMs: whole("Time it has to answer", { min: 1, unit: "ms" }),
    maxBytes: whole("Largest file", { min: 1, unit: "bytes" }),
    allowInsecurePath: flag("Skip the checks on owner and permissions", {
      danger: "Others may read or replace the secrets",
    }),
    command: text("Absolute path of the program"),
    args: texts("Its arguments"),
    noOutputTimeoutMs: whole("Silence after which it is ended", { min: 1, unit: "ms" }),
    maxOutputBytes: whole("Longest output", { min: 1, unit: "bytes" }),
    jsonOnly: flag("Accept only the JSON protocol"),
    env: mapOf(z.string(), "Variables for the program"),
    passEnv: texts("Variables that are passed on"),
    trustedDirs: texts("Folders the program may be in"),
    allowSymlinkCommand: flag("Allow the program to be a symbolic link"),
  });
  return z.object({
    defaults: group({
      env: text("Provider of env references"),
      file: text("Provider of file references"),
      exec: text("Provider of exec references"),
    }, "Providers of references that name none"),
    providers: mapOf(provider, "Places that keep secrets, by name"),
    resolution: group({
      maxProviderConcurrency: whole("Most providers asked at once", { min: 1 }),
      maxRefsPerProvider: whole("Most references of one provider", { min: 1 }),
      maxBatchBytes: whole("Largest question to a provider", { min: 1, unit: "bytes" }),
    }, "Limits of resolution"),
  });
}
