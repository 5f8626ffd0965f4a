/**
 * The part of the command table that is about approvals and the policy behind them.
 *
 * @module
 */
import { targetOptions } from "./command_options.ts";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./table.ts";

const TIMEOUT_MS = 60_000;

const PLACE_OPTIONS: readonly OptionSpec[] = [
  { name: "gateway", type: "flag", description: "The policy of the gateway, asked over the wire" },
  {
    name: "node",
    type: "text",
    placeholder: "node",
    description: "The policy of a node, by its id, name or IP",
  },
  ...targetOptions(TIMEOUT_MS),
];

const AGENT_OPTION: OptionSpec = {
  name: "agent",
  type: "text",
  placeholder: "id",
  description: "Whose allowlist",
  default: "*, which is every agent",
};

const PATTERN_ARGUMENT: ArgumentSpec = {
  name: "pattern",
  description: "Path of the program, with * and ** if need be, or a bare name for PATH",
  required: true,
};

const PLACE_DETAILS = "Works on this machine's file unless --gateway or --node is given.";

/** `approvals …`. */
export const APPROVAL_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["approvals"],
    aliases: ["exec-approvals"],
    summary: "Say which commands may run, and decide about those that ask",
  },
  {
    path: ["approvals", "get"],
    summary: "Show the policy of exec and its allowlists",
    details: PLACE_DETAILS,
    options: PLACE_OPTIONS,
    load: () => import("./commands/approvals_get.ts"),
  },
  {
    path: ["approvals", "set"],
    summary: "Replace the policy of exec",
    details: PLACE_DETAILS,
    options: [
      { name: "file", type: "text", placeholder: "path", description: "JSON5 file to read" },
      { name: "stdin", type: "flag", description: "Read JSON5 from standard input" },
      ...PLACE_OPTIONS,
    ],
    examples: [
      { command: "openclaw approvals set --file policy.json", description: "From a file" },
    ],
    load: () => import("./commands/approvals_set.ts"),
  },
  { path: ["approvals", "allowlist"], summary: "Change which programs may run unasked" },
  {
    path: ["approvals", "allowlist", "list"],
    summary: "Show the programs that may run unasked",
    details: PLACE_DETAILS,
    options: [{ ...AGENT_OPTION, default: "all of them" }, ...PLACE_OPTIONS],
    load: () => import("./commands/approvals_allowlist_list.ts"),
  },
  {
    path: ["approvals", "allowlist", "add"],
    summary: "Let a program run unasked",
    details: PLACE_DETAILS,
    args: [PATTERN_ARGUMENT],
    options: [
      AGENT_OPTION,
      {
        name: "arg-pattern",
        type: "text",
        placeholder: "regexp",
        description: "Only with arguments that fit as a whole; programs that run others need it",
      },
      ...PLACE_OPTIONS,
    ],
    examples: [
      {
        command: "openclaw approvals allowlist add /usr/bin/uptime --agent main",
        description: "One program for one agent",
      },
      {
        command: "openclaw approvals allowlist add /usr/bin/git --arg-pattern 'status|log .*'",
        description: "Only some of its commands",
      },
    ],
    load: () => import("./commands/approvals_allowlist_add.ts"),
  },
  {
    path: ["approvals", "allowlist", "remove"],
    summary: "No longer let a program run unasked",
    details: PLACE_DETAILS,
    args: [{ ...PATTERN_ARGUMENT, description: "The pattern as it is listed, or the entry's id" }],
    options: [AGENT_OPTION, ...PLACE_OPTIONS],
    load: () => import("./commands/approvals_allowlist_remove.ts"),
  },
  {
    path: ["approvals", "pending"],
    summary: "Show the requests that wait for a decision",
    options: targetOptions(TIMEOUT_MS),
    load: () => import("./commands/approvals_pending.ts"),
  },
  {
    path: ["approvals", "resolve"],
    summary: "Decide about a request",
    args: [
      { name: "id", description: "Id of the request, or its beginning", required: true },
      {
        name: "decision",
        description: "What is decided",
        required: true,
        choices: ["allow-once", "allow-always", "deny"],
      },
    ],
    options: targetOptions(TIMEOUT_MS),
    examples: [
      { command: "openclaw approvals pending", description: "See what waits" },
      { command: "openclaw approvals resolve 70c4cae6 allow-once", description: "Let it run" },
    ],
    load: () => import("./commands/approvals_resolve.ts"),
  },
];
