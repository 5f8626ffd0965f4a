/**
 * The entries of `doctor` and `security audit` in the command table.
 *
 * @module
 */
import { JSON_OPTION } from "./command_options.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";

const REPAIR_OPTIONS: readonly OptionSpec[] = [
  { name: "yes", type: "flag", description: "Apply the whole plan without asking" },
  {
    name: "non-interactive",
    type: "flag",
    description: "Ask nothing and do only what is safe; the default where nobody can be asked",
  },
];

/** Finding out what is wrong, and repairing it. */
export const DOCTOR_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["doctor"],
    summary: "Find out what is wrong, and repair it on demand",
    details:
      "Reads only, unless --fix is given. --fix shows its plan, keeps a copy of every file it changes " +
      "below doctor/ in the state folder, and can be taken back with --undo. Exits with 0 whatever " +
      "it finds; with --check, and when a repair fails, with 1.",
    options: [
      {
        name: "fix",
        aliases: ["repair"],
        type: "flag",
        description: "Repair what can be repaired",
      },
      ...REPAIR_OPTIONS,
      {
        name: "force",
        type: "flag",
        description: "With --fix: also what is merely unusual. With --undo: over later changes",
      },
      { name: "deep", type: "flag", description: "Look at what takes time as well" },
      { name: "check", type: "flag", description: "Exit with 1 when there is an error" },
      {
        name: "generate-gateway-token",
        type: "flag",
        description: "With --fix: make a gateway token where there is none, without asking",
      },
      {
        name: "no-workspace-suggestions",
        type: "flag",
        description: "Leave out what is about workspaces",
      },
      { name: "list", type: "flag", description: "List earlier repairs" },
      {
        name: "undo",
        type: "text",
        placeholder: "id",
        description: "Take a repair back: every file as it was",
      },
      JSON_OPTION,
    ],
    examples: [
      { command: "openclaw doctor", description: "Look, change nothing" },
      { command: "openclaw doctor --fix", description: "Show a plan, ask, repair" },
      {
        command: "openclaw doctor --undo 20261122-150300-1f2e",
        description: "Take that repair back",
      },
    ],
    load: () => import("./commands/doctor.ts"),
  },
  { path: ["security"], summary: "Find out what makes an attack easier" },
  {
    path: ["security", "audit"],
    summary: "Look at config, files and service for what makes an attack easier",
    details:
      "Reads only, unless --fix is given: then file modes are tightened and safe defaults put back, " +
      "with copies that openclaw doctor --undo takes back.",
    options: [
      { name: "deep", type: "flag", description: "Also ask the running gateway" },
      { name: "fix", type: "flag", description: "Tighten file modes and safe defaults" },
      ...REPAIR_OPTIONS,
      { name: "check", type: "flag", description: "Exit with 1 when a finding is critical" },
      JSON_OPTION,
    ],
    load: () => import("./commands/security_audit.ts"),
  },
];
