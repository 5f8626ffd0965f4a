/**
 * The part of the command table that is about nodes: their approval, and what they are asked for.
 *
 * @module
 */
import { targetOptions } from "./command_options.ts";
import type { ArgumentSpec, CommandSpec, OptionSpec } from "./table.ts";

const TIMEOUT_MS = 10_000;
const INVOKE_TIMEOUT_MS = 30_000;

const REQUEST_ARGUMENT: ArgumentSpec = {
  name: "request",
  description: "Request or node id, or its beginning",
  required: true,
};

const NODE_ARGUMENT: ArgumentSpec = {
  name: "node",
  description: "Node id or its beginning, name or address",
};

const NODE_OPTION: OptionSpec = {
  name: "node",
  type: "text",
  placeholder: "node",
  description: "The node, as an option",
};

const NODE_TIMEOUT_OPTION: OptionSpec = {
  name: "invoke-timeout",
  type: "integer",
  placeholder: "ms",
  description: "Time that the node has to answer in milliseconds",
  default: "15000",
};

const FILTERS: readonly OptionSpec[] = [
  { name: "connected", type: "flag", description: "Only nodes that are connected" },
  {
    name: "last-connected",
    type: "text",
    placeholder: "duration",
    description: "Only nodes that were seen within this time, such as 24h",
  },
];

/** `nodes …`. */
export const NODES_COMMANDS: readonly CommandSpec[] = [
  { path: ["nodes"], summary: "Approve nodes and ask them for something" },
  {
    path: ["nodes", "status"],
    summary: "Show known nodes, which are connected, and what they can do",
    options: [...FILTERS, ...targetOptions(TIMEOUT_MS)],
    load: () => import("./commands/nodes_status.ts"),
  },
  {
    path: ["nodes", "list"],
    summary: "Show nodes that wait for approval, and known ones",
    options: [...FILTERS, ...targetOptions(TIMEOUT_MS)],
    load: () => import("./commands/nodes_list.ts"),
  },
  {
    path: ["nodes", "pending"],
    summary: "Show nodes that wait for the approval of their commands",
    options: targetOptions(TIMEOUT_MS),
    load: () => import("./commands/nodes_pending.ts"),
  },
  {
    path: ["nodes", "approve"],
    summary: "Approve the commands that a node offers",
    args: [REQUEST_ARGUMENT],
    options: targetOptions(TIMEOUT_MS),
    examples: [
      { command: "openclaw nodes pending", description: "See what each node offers" },
      { command: "openclaw nodes approve 1f0c6d2e", description: "Approve one of them" },
    ],
    load: () => import("./commands/nodes_approve.ts"),
  },
  {
    path: ["nodes", "reject"],
    summary: "Turn a node down; it may ask again",
    args: [REQUEST_ARGUMENT],
    options: targetOptions(TIMEOUT_MS),
    load: () => import("./commands/nodes_reject.ts"),
  },
  {
    path: ["nodes", "rename"],
    summary: "Give a node a name",
    args: [NODE_ARGUMENT],
    options: [
      NODE_OPTION,
      { name: "name", type: "text", placeholder: "name", description: "The name (required)" },
      ...targetOptions(TIMEOUT_MS),
    ],
    load: () => import("./commands/nodes_rename.ts"),
  },
  {
    path: ["nodes", "remove"],
    summary: "Forget a node, its approval and what waits for it",
    args: [NODE_ARGUMENT],
    options: [NODE_OPTION, ...targetOptions(TIMEOUT_MS)],
    load: () => import("./commands/nodes_remove.ts"),
  },
  {
    path: ["nodes", "describe"],
    summary: "Show one node and the commands it can be asked for",
    args: [NODE_ARGUMENT],
    options: [NODE_OPTION, ...targetOptions(TIMEOUT_MS)],
    load: () => import("./commands/nodes_describe.ts"),
  },
  {
    path: ["nodes", "invoke"],
    summary: "Ask a node for something and show its answer",
    args: [NODE_ARGUMENT],
    options: [
      NODE_OPTION,
      {
        name: "command",
        type: "text",
        placeholder: "command",
        description: "What to ask for, such as system.which (required)",
      },
      {
        name: "params",
        type: "text",
        placeholder: "json",
        description: "Parameters as a JSON object",
        default: "{}",
      },
      NODE_TIMEOUT_OPTION,
      {
        name: "idempotency-key",
        type: "text",
        placeholder: "key",
        description: "Repeats under the same key are done once",
        default: "a new one",
      },
      ...targetOptions(INVOKE_TIMEOUT_MS),
    ],
    examples: [
      {
        command:
          `openclaw nodes invoke --node box --command system.which --params '{"bins":["git"]}'`,
        description: "Where a program is on a node",
      },
    ],
    load: () => import("./commands/nodes_invoke.ts"),
  },
  {
    path: ["nodes", "notify"],
    summary: "Show a notification on a node",
    args: [NODE_ARGUMENT],
    options: [
      NODE_OPTION,
      { name: "title", type: "text", placeholder: "text", description: "First line" },
      { name: "body", type: "text", placeholder: "text", description: "Text below it" },
      { name: "sound", type: "text", placeholder: "name", description: "Sound to play" },
      {
        name: "priority",
        type: "text",
        placeholder: "level",
        description: "How much it may disturb",
        choices: ["passive", "active", "timeSensitive"],
      },
      {
        name: "delivery",
        type: "text",
        placeholder: "way",
        description: "How it is shown",
        choices: ["system", "overlay", "auto"],
        default: "system",
      },
      NODE_TIMEOUT_OPTION,
      ...targetOptions(INVOKE_TIMEOUT_MS),
    ],
    load: () => import("./commands/nodes_notify.ts"),
  },
];
