/**
 * The commands that read and change the config file, as data.
 *
 * @module
 */
import { JSON_OPTION } from "./command_options.ts";
import { PROVIDER_OPTIONS } from "./config/provider_options.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

const PATH_ARGUMENT = { name: "path", description: "Path such as gateway.port" };
const VERSION_ARGUMENT = {
  name: "version",
  description: "First digits of its hash, as config history shows them",
};

const DRY_RUN: OptionSpec = {
  name: "dry-run",
  type: "flag",
  description: "Check everything and write nothing",
};

/** Options of commands by which much of the file may go. */
const LOSS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "replace-section",
    type: "list",
    placeholder: "name",
    description: "Section that may go or shrink; may be repeated",
  },
  { name: "force", type: "flag", description: "Write even when much of the file would go" },
];

const PAYLOAD_OPTIONS: readonly OptionSpec[] = [
  { name: "file", type: "text", placeholder: "path", description: "JSON5 file to read" },
  { name: "stdin", type: "flag", description: "Read JSON5 from standard input" },
];

const SET_OPTIONS: readonly OptionSpec[] = [
  { name: "strict-json", type: "flag", description: "Refuse a value that is not JSON5" },
  { name: "merge", type: "flag", description: "Lay an object over the one that is there" },
  { name: "replace", type: "flag", description: "Replace the whole value, which is the default" },
  {
    name: "ref-source",
    type: "text",
    placeholder: "kind",
    description: "Set a reference to a secret instead of a value",
    choices: ["env", "file", "exec"],
  },
  {
    name: "ref-provider",
    type: "text",
    placeholder: "name",
    description: "Provider of the reference",
    default: "default",
  },
  {
    name: "ref-id",
    type: "text",
    placeholder: "id",
    description: "Variable, pointer or id of the secret",
  },
  ...PROVIDER_OPTIONS,
  {
    name: "batch-json",
    type: "text",
    placeholder: "json",
    description: "List of {path, value|ref|provider} to set in one write",
  },
  {
    name: "batch-file",
    type: "text",
    placeholder: "path",
    description: "The same list in a file",
  },
  DRY_RUN,
  ...LOSS_OPTIONS,
  JSON_OPTION,
];

const VALUE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["config", "get"],
    summary: "Show one value; secrets are hidden",
    args: [{ ...PATH_ARGUMENT, required: true }],
    options: [JSON_OPTION],
    load: () => import("./commands/config_get.ts"),
  },
  {
    path: ["config", "set"],
    summary: "Set one value; comments, order and unknown keys stay",
    details:
      "Says whether the change is live, restarts a channel or waits for a restart of the gateway.",
    args: [
      PATH_ARGUMENT,
      { name: "value", description: "JSON5 value; what is not JSON5 is taken as text" },
    ],
    options: SET_OPTIONS,
    examples: [
      { command: "openclaw config set gateway.port 18790", description: "Change the port" },
      {
        command: "openclaw config set 'agents.defaults.model' openai/gpt-5.5",
        description: "Choose the model",
      },
      {
        command:
          "openclaw config set channels.telegram.botToken --ref-source env --ref-id TELEGRAM_BOT_TOKEN",
        description: "Point to a secret instead of writing it",
      },
    ],
    load: () => import("./commands/config_set.ts"),
  },
  {
    path: ["config", "unset"],
    summary: "Remove one value",
    args: [{ ...PATH_ARGUMENT, required: true }],
    options: [DRY_RUN, JSON_OPTION],
    load: () => import("./commands/config_unset.ts"),
  },
];

const FILE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["config", "patch"],
    summary: "Lay a part of a configuration over the file: null deletes, lists replace",
    options: [...PAYLOAD_OPTIONS, DRY_RUN, ...LOSS_OPTIONS, JSON_OPTION],
    examples: [
      {
        command: `echo '{ ui: { seamColor: null } }' | openclaw config patch --stdin`,
        description: "Remove one key and keep the rest",
      },
    ],
    load: () => import("./commands/config_patch.ts"),
  },
  {
    path: ["config", "apply"],
    summary: "Replace the whole file",
    details:
      "Plain JSON keeps the comments of the file; a text with comments is itself the new file.",
    options: [
      ...PAYLOAD_OPTIONS,
      {
        name: "base-hash",
        type: "text",
        placeholder: "hash",
        description: "Refuse when the file is another one than that",
      },
      DRY_RUN,
      ...LOSS_OPTIONS,
      JSON_OPTION,
    ],
    load: () => import("./commands/config_apply.ts"),
  },
  {
    path: ["config", "edit"],
    summary: "Edit the file in VISUAL or EDITOR; it is checked before it counts",
    options: [...LOSS_OPTIONS, JSON_OPTION],
    load: () => import("./commands/config_edit.ts"),
  },
  {
    path: ["config", "file"],
    summary: "Show the path of the config file",
    options: [JSON_OPTION],
    load: () => import("./commands/config_file.ts"),
  },
  {
    path: ["config", "validate"],
    summary: "Check the config file and list every problem",
    options: [JSON_OPTION],
    load: () => import("./commands/config_validate.ts"),
  },
  {
    path: ["config", "schema"],
    summary: "Show the JSON Schema of the config file, or the keys below one path",
    args: [PATH_ARGUMENT],
    options: [JSON_OPTION],
    examples: [
      {
        command: "openclaw config schema gateway.auth",
        description: "What can be set there, and when it takes effect",
      },
    ],
    load: () => import("./commands/config_schema.ts"),
  },
];

const HISTORY_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["config", "history"],
    summary: "Show who changed the config file, when and what",
    options: [
      {
        name: "limit",
        type: "integer",
        placeholder: "n",
        description: "Most versions to show",
        default: "20",
      },
      JSON_OPTION,
    ],
    load: () => import("./commands/config_history.ts"),
  },
  {
    path: ["config", "diff"],
    summary: "Show what differs between two versions; secrets are hidden",
    args: [
      { ...VERSION_ARGUMENT, name: "from" },
      { ...VERSION_ARGUMENT, name: "to", description: "The same; the file as it is when absent" },
    ],
    options: [JSON_OPTION],
    load: () => import("./commands/config_diff.ts"),
  },
  {
    path: ["config", "restore"],
    summary: "Put an earlier version of the config file back",
    args: [{ ...VERSION_ARGUMENT, required: true }],
    options: [DRY_RUN, JSON_OPTION],
    load: () => import("./commands/config_restore.ts"),
  },
];

/** The group `config`. */
export const CONFIG_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["config"],
    summary: "Read and change the config file",
    details: "Without a command it asks the questions of: openclaw configure",
    load: () => import("./commands/configure.ts"),
  },
  {
    path: ["configure"],
    aliases: ["onboard"],
    summary: "Set up model, workspace and access by answering questions at the terminal",
    details: "Shows what was chosen before anything is written.",
    load: () => import("./commands/configure.ts"),
  },
  ...VALUE_COMMANDS,
  ...FILE_COMMANDS,
  ...HISTORY_COMMANDS,
];
