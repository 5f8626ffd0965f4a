/**
 * The part of the command table that is about secrets.
 *
 * @module
 */
import { JSON_OPTION, targetOptions } from "./command_options.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

const ALLOW_EXEC: OptionSpec = {
  name: "allow-exec",
  type: "flag",
  description: "Run the programs of exec providers",
};

/** `openclaw secrets …` */
export const SECRETS_COMMANDS: readonly CommandSpec[] = [
  { path: ["secrets"], summary: "Keep credentials out of files: references, audit, plans" },
  {
    path: ["secrets", "reload"],
    summary: "Let the running gateway look up all secrets again",
    details: "When one cannot be found, the last good ones stay in force.",
    options: targetOptions(30_000),
    load: () => import("./secrets/reload.ts"),
  },
  {
    path: ["secrets", "audit"],
    summary: "Look for credentials in files, and for references that lead nowhere",
    details: "Changes nothing, and shows no credential.",
    options: [
      {
        name: "check",
        type: "flag",
        description: "Exit with 1 when anything is found, 2 when a reference leads nowhere",
      },
      {
        name: "severity-min",
        type: "text",
        placeholder: "level",
        description: "Mildest finding that counts for --check",
        choices: ["info", "warn", "warning", "error"],
        default: "info",
      },
      ALLOW_EXEC,
      JSON_OPTION,
    ],
    load: () => import("./secrets/audit.ts"),
  },
  {
    path: ["secrets", "configure"],
    summary: "Make a plan that moves credentials out of files",
    details:
      "Asks for each credential where it is kept from now on; --map answers without questions.",
    options: [
      {
        name: "map",
        type: "list",
        placeholder: "path=source:provider:id",
        description: "Where the credential of a field is kept; may be repeated",
      },
      {
        name: "plan-out",
        type: "text",
        placeholder: "path",
        description: "Write the plan to this file",
      },
      { name: "apply", type: "flag", description: "Apply the plan when it has been checked" },
      { name: "yes", type: "flag", description: "Ask for no confirmation" },
      { name: "providers-only", type: "flag", description: "Ask about providers only" },
      { name: "skip-provider-setup", type: "flag", description: "Ask about credentials only" },
      {
        name: "agent",
        type: "text",
        placeholder: "id",
        description: "Look at the profiles of this agent only",
      },
      ALLOW_EXEC,
      JSON_OPTION,
    ],
    examples: [
      {
        command:
          "openclaw secrets configure --map models.providers.openai.apiKey=env:default:OPENAI_API_KEY --plan-out plan.json",
        description: "Plan to take a key from the environment",
      },
    ],
    load: () => import("./secrets/configure.ts"),
  },
  {
    path: ["secrets", "apply"],
    summary: "Apply a plan that moves credentials out of files",
    details: "Keeps no copy of what it removes: run it with --dry-run first.",
    options: [
      {
        name: "from",
        type: "text",
        placeholder: "path",
        description: "File of the plan (required)",
      },
      { name: "dry-run", type: "flag", description: "Check everything and write nothing" },
      ALLOW_EXEC,
      JSON_OPTION,
    ],
    load: () => import("./secrets/apply.ts"),
  },
];
