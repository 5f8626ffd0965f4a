/**
 * The part of the command table that is about sessions.
 *
 * @module
 */
import { JSON_OPTION, targetOptions } from "./command_options.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

const AGENT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "agent",
    type: "text",
    placeholder: "id",
    description: "Sessions of this agent",
    default: "the default agent",
  },
  { name: "all-agents", type: "flag", description: "Sessions of all agents" },
];

const LIST_OPTIONS: readonly OptionSpec[] = [
  ...AGENT_OPTIONS,
  {
    name: "active",
    type: "integer",
    placeholder: "minutes",
    description: "Only sessions that changed within so many minutes",
  },
  {
    name: "limit",
    type: "text",
    placeholder: "n",
    description: 'Most sessions to show, or "all"',
    default: "100",
  },
  JSON_OPTION,
];

/** `sessions …`. */
export const SESSION_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["sessions"],
    summary: "List sessions, tidy them up, write them out",
    details: "Without a command it does the same as: openclaw sessions list",
    options: LIST_OPTIONS,
    load: () => import("./commands/sessions_list.ts"),
  },
  {
    path: ["sessions", "list"],
    summary: "List sessions, newest first",
    details: "Reads the state of this machine; the gateway need not run.",
    options: LIST_OPTIONS,
    load: () => import("./commands/sessions_list.ts"),
  },
  {
    path: ["sessions", "cleanup"],
    summary: "Remove sessions that are old or too many, as session.maintenance says",
    details:
      "Main sessions, groups and threads always stay. Transcripts of removed sessions can be " +
      "exported until they are as old as pruneAfter themselves.",
    options: [
      ...AGENT_OPTIONS,
      { name: "dry-run", type: "flag", description: "Show what would go and change nothing" },
      {
        name: "enforce",
        type: "flag",
        description: 'Do it even when session.maintenance.mode is "warn"',
      },
      {
        name: "active-key",
        type: "text",
        placeholder: "key",
        description: "Session that stays whatever its age",
      },
      {
        name: "fix-dm-scope",
        type: "flag",
        description: 'Also remove sessions of single direct chats when session.dmScope is "main"',
      },
      { name: "fix-missing", type: "flag", description: "Accepted; nothing to do", hidden: true },
      ...targetOptions(30_000),
    ],
    examples: [
      { command: "openclaw sessions cleanup --dry-run", description: "See what would go" },
    ],
    load: () => import("./commands/sessions_cleanup.ts"),
  },
  {
    path: ["sessions", "export"],
    summary: "Write a conversation as JSON lines, in OpenClaw's transcript format",
    details:
      "With --all, every conversation, earlier ones included, is written into a folder as a state " +
      "folder of OpenClaw has them; openclaw migrate reads it back.",
    args: [{ name: "key", description: "Session key such as main; not with --all" }],
    options: [
      { name: "all", type: "flag", description: "Write everything; --out then names a folder" },
      {
        name: "session-id",
        type: "text",
        placeholder: "uuid",
        description: "An earlier transcript of the key, from before a reset",
        default: "the current one",
      },
      {
        name: "out",
        type: "text",
        placeholder: "path",
        description: "File or, with --all, folder to write, which must not exist",
        default: "standard output",
      },
    ],
    examples: [
      { command: "openclaw sessions export main > main.jsonl", description: "The main session" },
      { command: "openclaw sessions export --all --out backup", description: "All conversations" },
    ],
    load: () => import("./commands/sessions_export.ts"),
  },
];
