/**
 * The part of the command table that is about updates of the program.
 *
 * @module
 */
import { JSON_OPTION } from "./command_options.ts";
import { SYSTEM_OPTION } from "./service_commands.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

const YES_OPTION: OptionSpec = { name: "yes", type: "flag", description: "Ask nothing" };
const RESTART_OPTION: OptionSpec = {
  name: "no-restart",
  type: "flag",
  description: "Replace the program only; the gateway keeps running the old one",
};

/** `update`, `update status` and `update rollback`. */
export const UPDATE_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["update"],
    summary: "Replace this program by another version, and go back when that does not serve",
    details: "Takes the release from --from, else from the release index of update.url. Without " +
      "either nothing is asked over the network. The new program is verified and tried on a port " +
      "of its own first; the old one is kept beside it.",
    options: [
      { name: "check", type: "flag", description: "Only say whether there is something newer" },
      {
        name: "to",
        type: "text",
        placeholder: "version",
        description: "Install exactly this version",
      },
      {
        name: "from",
        type: "text",
        placeholder: "file|url",
        description: "Install this executable, or take this release index (.json)",
      },
      {
        name: "sha256",
        type: "text",
        placeholder: "hex",
        description: "Checksum of --from; else it is read from <from>.sha256",
      },
      RESTART_OPTION,
      {
        name: "timeout",
        type: "integer",
        placeholder: "seconds",
        description: "Time for fetching the release",
        default: "1200",
      },
      YES_OPTION,
      SYSTEM_OPTION,
      {
        name: "asked",
        type: "text",
        placeholder: "path",
        description: "What a client of the gateway asked for",
        hidden: true,
      },
      JSON_OPTION,
    ],
    examples: [
      { command: "openclaw update --check", description: "See whether there is something newer" },
      {
        command: "openclaw update --from ./openclaw-linux-x64",
        description: "Install a file; ./openclaw-linux-x64.sha256 has its checksum",
      },
    ],
    load: () => import("./commands/update.ts"),
  },
  {
    path: ["update", "status"],
    summary: "Show the versions in place, the last update and where releases come from",
    details: "Asks nothing over the network.",
    options: [JSON_OPTION],
    load: () => import("./commands/update_status.ts"),
  },
  {
    path: ["update", "rollback"],
    summary: "Put the version before the last update back in place",
    options: [RESTART_OPTION, YES_OPTION, SYSTEM_OPTION, JSON_OPTION],
    load: () => import("./commands/update_rollback.ts"),
  },
];
