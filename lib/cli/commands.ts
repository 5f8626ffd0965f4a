/**
 * The command table: data only. The code of a command is loaded when it is run.
 *
 * @module
 */
import { APPROVAL_COMMANDS } from "./approval_commands.ts";
import { JSON_OPTION, PORT_OPTION, targetOptions, timeoutOption } from "./command_options.ts";
import { CONFIG_COMMANDS } from "./config_commands.ts";
import { SCHEDULE_COMMANDS } from "./cron_commands.ts";
import { DEVICE_COMMANDS } from "./device_commands.ts";
import { MIGRATE_COMMANDS } from "./migrate_commands.ts";
import { DOCTOR_COMMANDS } from "./doctor_commands.ts";
import { DIAGNOSIS_COMMANDS } from "./diagnosis_commands.ts";
import { NODES_COMMANDS } from "./nodes_commands.ts";
import { NODE_HOST_COMMANDS } from "./node_host_commands.ts";
import { SECRETS_COMMANDS } from "./secrets_commands.ts";
import { SERVICE_COMMANDS, SYSTEM_OPTION } from "./service_commands.ts";
import { SESSION_COMMANDS } from "./session_commands.ts";
import { SHELLS } from "./shells.ts";
import type { CommandSpec, OptionSpec } from "./table.ts";
import { UPDATE_COMMANDS } from "./update_commands.ts";

const RUN_OPTIONS: readonly OptionSpec[] = [
  {
    ...PORT_OPTION,
    description: "Port to listen on; beats the environment and gateway.port",
    default: "18789",
  },
  {
    name: "bind",
    type: "text",
    placeholder: "mode",
    description: "Where to listen: loopback, lan, tailnet, auto or custom",
    default: "gateway.bind or loopback",
  },
  {
    name: "auth",
    type: "text",
    placeholder: "mode",
    description: "How clients prove themselves",
    choices: ["none", "token", "password", "trusted-proxy"],
  },
  {
    name: "token",
    type: "text",
    placeholder: "token",
    description: "Token that clients must present",
    env: "OPENCLAW_GATEWAY_TOKEN",
  },
  {
    name: "password",
    type: "text",
    placeholder: "password",
    description: "Password that clients must present; other users can see it in the process list",
    env: "OPENCLAW_GATEWAY_PASSWORD",
  },
  {
    name: "password-file",
    type: "text",
    placeholder: "path",
    description: "File that holds the password",
  },
  {
    name: "tailscale",
    type: "text",
    placeholder: "mode",
    description: "Let Tailscale forward to the gateway: to the tailnet, or from the whole internet",
    choices: ["off", "serve", "funnel"],
  },
  {
    name: "tailscale-reset-on-exit",
    type: "flag",
    description: "Take that back when the gateway ends",
  },
  {
    name: "allow-unconfigured",
    type: "flag",
    description: "Start without gateway.mode=local in the config; writes nothing",
  },
  {
    name: "strict-config",
    type: "flag",
    description: "Refuse to start with an invalid config instead of serving the last accepted one",
  },
  {
    name: "force",
    type: "flag",
    description: "End whatever listens on the port first",
  },
  {
    name: "dev",
    type: "flag",
    description: "Create a development config when there is none: loopback, agent dev",
  },
  { name: "reset", type: "flag", description: "With --dev: begin from an empty development state" },
  { name: "verbose", type: "flag", description: "Write debug lines to the console" },
  {
    name: "ws-log",
    type: "text",
    placeholder: "style",
    description: "How frames are shown on the console",
    choices: ["auto", "full", "compact"],
    default: "auto",
  },
  { name: "compact", type: "flag", description: "Same as --ws-log compact" },
];

const GATEWAY_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["gateway"],
    summary: "Run the gateway in the foreground, or ask a running one",
    details: "Without a command it does the same as: openclaw gateway run",
    options: RUN_OPTIONS,
    examples: [
      {
        command: "openclaw gateway --port 18789",
        description: "Run the gateway until Ctrl-C",
      },
      {
        command: "openclaw gateway --allow-unconfigured",
        description: "Try it before anything is configured",
      },
    ],
    load: () => import("./commands/gateway_run.ts"),
  },
  {
    path: ["gateway", "run"],
    summary: "Run the gateway in the foreground",
    options: RUN_OPTIONS,
    load: () => import("./commands/gateway_run.ts"),
  },
  {
    path: ["gateway", "status"],
    summary: "Show config, port and reachability of the gateway",
    details: "Works with a missing or invalid config.",
    options: [
      { name: "no-probe", type: "flag", description: "Do not connect to the gateway" },
      {
        name: "require-rpc",
        type: "flag",
        description: "Exit with 1 unless a status call succeeds",
      },
      { name: "deep", type: "flag", description: "Check more: config schema, port owner" },
      SYSTEM_OPTION,
      ...targetOptions(10_000),
    ],
    load: () => import("./commands/gateway_status.ts"),
  },
  {
    path: ["gateway", "health"],
    summary: "Show the health of a running gateway",
    options: targetOptions(10_000),
    load: () => import("./commands/gateway_health.ts"),
  },
  {
    path: ["gateway", "call"],
    summary: "Call one method of the gateway and show its answer",
    args: [{ name: "method", description: "Method name such as health", required: true }],
    options: [
      {
        name: "params",
        type: "text",
        placeholder: "json",
        description: "Parameters as a JSON object",
        default: "{}",
      },
      {
        name: "expect-final",
        type: "flag",
        description: "Wait for the final answer of a method that answers twice",
      },
      ...targetOptions(10_000),
    ],
    examples: [
      { command: "openclaw gateway call status --json", description: "The status as JSON" },
      {
        command: `openclaw gateway call chat.history --params '{"sessionKey":"main","limit":5}'`,
        description: "The last five messages of the main session",
      },
    ],
    load: () => import("./commands/gateway_call.ts"),
  },
  {
    path: ["gateway", "probe"],
    summary: "Try every known gateway address and say what works",
    details:
      "Tries --url, the way through SSH, gateway.remote.url and this machine, shows certificates, " +
      "and looks for gateways that announce themselves in the network.",
    options: [
      {
        name: "ssh",
        type: "text",
        placeholder: "user@host",
        description: "Also try through SSH; gateway.remote.sshTarget unless given",
      },
      {
        name: "ssh-identity",
        type: "text",
        placeholder: "file",
        description: "Private key for that; those that ssh knows unless given",
      },
      {
        name: "ssh-auto",
        type: "flag",
        description: "Take the host from gateway.remote.url or from the network",
      },
      ...targetOptions(3000),
    ],
    examples: [
      {
        command: "openclaw gateway probe --ssh user@gateway.example",
        description: "Look at the gateway of another machine without opening a port there",
      },
    ],
    load: () => import("./commands/gateway_probe.ts"),
  },
  {
    path: ["gateway", "discover"],
    summary: "List gateways that announce themselves in the network",
    options: [timeoutOption(2000), JSON_OPTION],
    load: () => import("./commands/gateway_discover.ts"),
  },
];

const MODEL_COMMANDS: readonly CommandSpec[] = [
  { path: ["models"], summary: "Show the models that agents can use" },
  {
    path: ["models", "list"],
    summary: "List models, those that can be called now unless told otherwise",
    options: [
      { name: "all", type: "flag", description: "Also models that cannot be called yet, and why" },
      { name: "local", type: "flag", description: "Only models that run on this machine" },
      {
        name: "provider",
        type: "text",
        placeholder: "id",
        description: "Only models of this provider",
      },
      { name: "plain", type: "flag", description: "One name a line" },
      JSON_OPTION,
    ],
    examples: [
      {
        command: "openclaw models list --all --provider openai",
        description: "What one provider offers",
      },
    ],
    load: () => import("./commands/models_list.ts"),
  },
];

const TURN_COMMANDS: readonly CommandSpec[] = [
  {
    path: ["agent"],
    summary: "Give an agent one message and show its reply",
    options: [
      {
        name: "message",
        short: "m",
        type: "text",
        placeholder: "text",
        description: "What to say (required)",
      },
      {
        name: "agent",
        type: "text",
        placeholder: "id",
        description: "Which agent answers",
        default: "the default agent",
      },
      {
        name: "session-key",
        aliases: ["to"],
        type: "text",
        placeholder: "key",
        description: "Session to continue, such as main or agent:main:notes",
        default: "main",
      },
      {
        name: "session-id",
        type: "text",
        placeholder: "uuid",
        description: "Session to continue, by its id",
      },
      {
        name: "thinking",
        type: "text",
        placeholder: "level",
        description: "How much the model may think",
        choices: ["off", "minimal", "low", "medium", "high", "xhigh", "adaptive", "max"],
      },
      {
        name: "timeout",
        type: "integer",
        placeholder: "seconds",
        description: "Time for the whole turn in seconds",
        default: "600",
      },
      {
        name: "deliver",
        type: "flag",
        description: "Also send the reply to the session's channel",
      },
      {
        name: "local",
        type: "flag",
        description: "Run without a gateway (refused by this build)",
        hidden: true,
      },
      ...targetOptions(0).filter(({ name }) => name !== "timeout"),
    ],
    examples: [
      { command: 'openclaw agent --message "hello"', description: "Talk to the default agent" },
    ],
    load: () => import("./commands/agent.ts"),
  },
  {
    path: ["setup"],
    summary: "Create config, workspace and token for a gateway on this machine",
    details: "Keeps everything that is configured already; may be repeated.",
    options: [
      {
        name: "workspace",
        type: "text",
        placeholder: "dir",
        description: "Folder for the files of the default agent",
      },
      JSON_OPTION,
    ],
    load: () => import("./commands/setup.ts"),
  },
  {
    path: ["completion"],
    summary: "Write a completion script for a shell",
    args: [{ name: "shell", description: "Shell", required: true, choices: SHELLS }],
    examples: [
      {
        command: 'eval "$(openclaw completion bash)"',
        description: "Use it in this bash at once",
      },
    ],
    load: () => import("./commands/completion.ts"),
  },
  {
    path: ["help"],
    summary: "Show help for a command",
    args: [{ name: "command", description: "Words of the command", variadic: true }],
  },
];

/** All commands; the first entry is the program itself. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    path: [],
    summary: "An always-on gateway for AI agents, and the commands that run and watch it.",
    examples: [
      { command: "openclaw setup", description: "Create config, workspace and token" },
      { command: "openclaw gateway", description: "Run the gateway" },
      { command: 'openclaw agent --message "hello"', description: "Talk to an agent" },
    ],
  },
  ...GATEWAY_COMMANDS,
  ...SERVICE_COMMANDS,
  ...UPDATE_COMMANDS,
  ...MODEL_COMMANDS,
  ...DIAGNOSIS_COMMANDS,
  ...DOCTOR_COMMANDS,
  ...TURN_COMMANDS,
  ...SESSION_COMMANDS,
  ...MIGRATE_COMMANDS,
  ...DEVICE_COMMANDS,
  ...NODES_COMMANDS,
  ...APPROVAL_COMMANDS,
  ...NODE_HOST_COMMANDS,
  ...SCHEDULE_COMMANDS,
  ...CONFIG_COMMANDS,
  ...SECRETS_COMMANDS,
];
