/**
 * The part of the command table that is about moving in.
 *
 * @module
 */
import { JSON_OPTION } from "./command_options.ts";
import type { CommandSpec } from "./table.ts";

/** `migrate`. */
export const MIGRATE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["migrate"],
    summary: "Take over the config and the state of an earlier OpenClaw",
    details:
      "Takes config, conversations, paired devices, cron jobs, credentials and workspaces. The " +
      "files that are read stay as they are. It may be repeated: what has grown since is added, " +
      "and what is newer here stays unless --force names it. No gateway may run meanwhile.",
    options: [
      {
        name: "from",
        type: "text",
        placeholder: "path",
        description:
          "State folder, a home folder with .openclaw or .clawdbot in it, or a config file",
      },
      { name: "dry-run", type: "flag", description: "Show what would be done and change nothing" },
      { name: "yes", type: "flag", description: "Do not ask" },
      {
        name: "force",
        type: "list",
        placeholder: "name",
        description: "Replace this file or session, as the report names it; may be repeated",
      },
      JSON_OPTION,
    ],
    examples: [
      {
        command: "openclaw migrate --from /backup/home --dry-run",
        description: "See what is there",
      },
      { command: "openclaw migrate --from /backup/home --yes", description: "Take it over" },
    ],
    load: () => import("./commands/migrate.ts"),
  },
];
