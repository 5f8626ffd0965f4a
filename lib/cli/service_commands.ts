/**
 * The part of the command table that is about the gateway as a service of the system.
 *
 * @module
 */
import { JSON_OPTION, PORT_OPTION } from "./command_options.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

/** Whose service is meant. */
export const SYSTEM_OPTION: OptionSpec = {
  name: "system",
  type: "flag",
  description: "The service of the system instead of your own; Linux, as root",
};

const INSTALL_OPTIONS: readonly OptionSpec[] = [
  PORT_OPTION,
  {
    name: "token-file",
    type: "text",
    placeholder: "path",
    description: "Take the gateway token for the config from this file",
  },
  {
    name: "wrapper",
    type: "text",
    placeholder: "path",
    description: "Start this executable, which starts the gateway; kept by later installations",
    env: "OPENCLAW_WRAPPER",
  },
  { name: "force", type: "flag", description: "Replace an installed service" },
  SYSTEM_OPTION,
  { name: "dry-run", type: "flag", description: "Show files and commands, touch nothing" },
  {
    name: "runtime",
    type: "text",
    placeholder: "name",
    description: "Accepted for old scripts; the program needs no runtime",
    hidden: true,
  },
  JSON_OPTION,
];

/** `install`, `uninstall`, `start`, `stop` and `restart`, below `gateway` and below `daemon`. */
export const SERVICE_COMMANDS: readonly CommandSpec[] = [
  { path: ["daemon"], summary: "The service verbs of gateway, under their old name" },
  ...["gateway", "daemon"].flatMap(serviceVerbs),
];

function serviceVerbs(group: string): CommandSpec[] {
  return [
    {
      path: [group, "install"],
      summary: "Install the gateway as a service that starts at login and comes back",
      details:
        "Creates config and token where they are missing, registers the service with launchd, " +
        "systemd or the Task Scheduler, starts it and waits until it serves.",
      options: INSTALL_OPTIONS,
      examples: [
        { command: `openclaw ${group} install`, description: "Install and start it" },
        {
          command: `openclaw ${group} install --dry-run`,
          description: "See what would be written and run",
        },
      ],
      load: () => import("./commands/gateway_install.ts"),
    },
    {
      path: [group, "uninstall"],
      summary: "Stop the service and remove everything its installation wrote",
      details: "Config and state stay.",
      options: [SYSTEM_OPTION, JSON_OPTION],
      load: () => import("./commands/gateway_uninstall.ts"),
    },
    {
      path: [group, "start"],
      summary: "Start the installed service and wait until it serves",
      details:
        "Writes a definition anew that is of another version or port, or starts what is gone.",
      options: [SYSTEM_OPTION, JSON_OPTION],
      load: () => import("./commands/gateway_start.ts"),
    },
    {
      path: [group, "stop"],
      summary: "Stop the service; it stays installed and starts at the next login",
      options: [
        { name: "disable", type: "flag", description: "Keep it off until it is started again" },
        SYSTEM_OPTION,
        JSON_OPTION,
      ],
      load: () => import("./commands/gateway_stop.ts"),
    },
    {
      path: [group, "restart"],
      summary: "Restart the service when its work is done, and wait until it serves",
      options: [
        { name: "force", type: "flag", description: "Cut off work under way" },
        {
          name: "wait",
          type: "text",
          placeholder: "duration",
          description: "Wait this long for work under way, such as 90s; 0 without end",
          default: "gateway.reload.deferralTimeoutMs",
        },
        { name: "safe", type: "flag", description: "Ask the running gateway to restart by itself" },
        { name: "skip-deferral", type: "flag", description: "With --safe: at once" },
        SYSTEM_OPTION,
        JSON_OPTION,
      ],
      load: () => import("./commands/gateway_restart.ts"),
    },
  ];
}
