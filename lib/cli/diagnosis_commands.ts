/**
 * The part of the command table that looks at a gateway: status, health, log, channels, stability.
 *
 * @module
 */
import { JSON_OPTION, targetOptions, timeoutOption } from "./command_options.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

const OUTPUT_OPTION: OptionSpec = {
  name: "output",
  type: "text",
  placeholder: "path",
  description: "Where the archive is written",
  default: "logs/support of the state folder",
};

/** `status`, `health`, `logs`, `channels`, `gateway stability` and `gateway diagnostics`. */
export const DIAGNOSIS_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["status"],
    summary: "Show gateway, agents and sessions at a glance",
    options: [
      { name: "all", type: "flag", description: "Everything, for a bug report; no secrets" },
      {
        name: "deep",
        type: "flag",
        description: "Ask the gateway for its health too; exit with 1 when it is down",
      },
      { name: "usage", type: "flag", description: "Also what the models have cost this month" },
      { name: "verbose", type: "flag", description: "Show where the answers come from" },
      timeoutOption(10_000),
      JSON_OPTION,
    ],
    load: () => import("./commands/status.ts"),
  },
  {
    path: ["health"],
    summary: "Show the health of the running gateway",
    options: [
      { name: "verbose", type: "flag", description: "Show the address and the time it took" },
      timeoutOption(10_000),
      JSON_OPTION,
    ],
    load: () => import("./commands/health.ts"),
  },
  {
    path: ["logs"],
    summary: "Show the log of the gateway",
    options: [
      { name: "follow", type: "flag", description: "Keep showing new lines until Ctrl-C" },
      {
        name: "limit",
        type: "integer",
        placeholder: "n",
        description: "Most lines to show at once",
        default: "200",
      },
      {
        name: "max-bytes",
        type: "integer",
        placeholder: "n",
        description: "Most bytes to read at once",
        default: "250000",
      },
      {
        name: "interval",
        type: "integer",
        placeholder: "ms",
        description: "Time between two looks with --follow",
        default: "1000",
      },
      {
        name: "level",
        type: "text",
        placeholder: "level",
        description: "Only lines at least this bad",
        choices: ["trace", "debug", "info", "warn", "error", "fatal"],
      },
      {
        name: "subsystem",
        type: "list",
        placeholder: "name",
        description: "Only lines of this part of the gateway and what is below it",
      },
      { name: "plain", type: "flag", description: "Write no colour" },
      { name: "local-time", type: "flag", description: "Show times in the local time zone" },
      ...targetOptions(30_000),
    ],
    load: () => import("./commands/logs.ts"),
  },
  { path: ["channels"], summary: "Show the chat channels" },
  {
    path: ["channels", "status"],
    summary: "Show what the gateway's channels do, or what is configured while it is down",
    options: [
      { name: "channel", type: "text", placeholder: "id", description: "Only this channel" },
      { name: "probe", type: "flag", description: "Let the gateway try each account" },
      ...targetOptions(10_000),
    ],
    load: () => import("./commands/channels_status.ts"),
  },
  {
    path: ["channels", "list"],
    summary: "Show the channels that the config names",
    options: [JSON_OPTION],
    load: () => import("./commands/channels_list.ts"),
  },
  {
    path: ["gateway", "stability"],
    summary: "Show the last events of the gateway, or of one that ended badly",
    details: "Names and codes only; nothing that was said or configured is among them.",
    options: [
      {
        name: "limit",
        type: "integer",
        placeholder: "n",
        description: "Most events to show",
        default: "25",
      },
      { name: "type", type: "text", placeholder: "type", description: "Only events of this type" },
      {
        name: "since-seq",
        type: "integer",
        placeholder: "n",
        description: "Only events after this one",
      },
      {
        name: "bundle",
        type: "text",
        placeholder: "latest|path",
        bareValue: "latest",
        description: "What a gateway left that failed to start, hung at its end or crashed",
      },
      { name: "export", type: "flag", description: "Write a diagnostics export" },
      OUTPUT_OPTION,
      ...targetOptions(10_000),
    ],
    load: () => import("./commands/gateway_stability.ts"),
  },
  { path: ["gateway", "diagnostics"], summary: "Collect what a bug report needs" },
  {
    path: ["gateway", "diagnostics", "export"],
    summary: "Write one archive for a bug report: no messages, no secrets",
    options: [
      OUTPUT_OPTION,
      {
        name: "log-lines",
        type: "integer",
        placeholder: "n",
        description: "Most lines of the log",
        default: "5000",
      },
      {
        name: "log-bytes",
        type: "integer",
        placeholder: "n",
        description: "Most bytes of the log to look at",
        default: "1000000",
      },
      {
        name: "no-stability-bundle",
        type: "flag",
        description: "Leave out what an earlier gateway left",
      },
      ...targetOptions(10_000),
    ],
    examples: [
      {
        command: "openclaw gateway diagnostics export --output diagnostics.zip",
        description: "A file to attach to a bug report",
      },
    ],
    load: () => import("./commands/gateway_diagnostics_export.ts"),
  },
];
