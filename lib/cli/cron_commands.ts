/**
 * The part of the command table that is about scheduled jobs, events and heartbeats.
 *
 * @module
 */
import { targetOptions } from "./command_options.ts";
import type { ArgumentSpec, CommandSpec, OptionSpec, OptionType } from "./table.ts";

const TIMEOUT_MS = 30_000;

/** Where the gateway is. The last one is for scripts that were written for older programs. */
const TARGET: readonly OptionSpec[] = [
  ...targetOptions(TIMEOUT_MS),
  { name: "expect-final", type: "flag", description: "Has no effect", hidden: true },
];

const JOB: ArgumentSpec = { name: "id", description: "Job id", required: true };

function flag(name: string, description: string): OptionSpec {
  return { name, type: "flag", description };
}

function value(
  name: string,
  placeholder: string,
  description: string,
  type: OptionType = "text",
): OptionSpec {
  return { name, type, placeholder, description };
}

/** What a job is made of, for adding one and for changing one. */
const JOB_OPTIONS: readonly OptionSpec[] = [
  value("name", "name", "Name of the job"),
  value("description", "text", "What the job is for"),
  value("at", "when", "Run once: ISO time, or a span from now such as 20m or +2h"),
  value("every", "duration", "Run again and again, such as every 10m"),
  value("cron", "expr", "Run by a cron expression of five fields, or six with seconds"),
  value("tz", "iana", "Time zone of --cron, and of an --at time without an offset"),
  value("stagger", "duration", "Spread the starts of --cron over this time"),
  flag("exact", "Start --cron exactly on time"),
  value("session", "target", "main, isolated, current or session:<key>"),
  value("session-key", "key", "Session that the job belongs to"),
  value("agent", "id", "Agent that does it"),
  value("message", "text", "What an agent is told in a turn of its own"),
  value("system-event", "text", "What the main session is told"),
  value("model", "model", "Model of the turn, provider/model or an alias"),
  value("thinking", "level", "How much the model may think"),
  value("timeout-seconds", "n", "Longest turn in seconds, 0 for any", "integer"),
  value("tools", "list", "Tools the turn may use, by comma or blank"),
  value("wake", "mode", "When the main session is told: now or next-heartbeat"),
  flag("announce", "Send the answer to a chat"),
  { name: "deliver", type: "flag", description: "Same as --announce", hidden: true },
  flag("no-deliver", "Keep the answer in the run log"),
  value("webhook", "url", "Post the outcome to this address: https, or http on this machine"),
  value("channel", "channel", "Channel of the chat, or last"),
  value("to", "dest", "The chat"),
  value("account", "id", "Account of the channel"),
  value("thread-id", "id", "Thread within the chat"),
  flag("best-effort-deliver", "The job succeeds even when its answer cannot be delivered"),
  flag("light-context", "Leave the workspace files out of the prompt"),
  flag("delete-after-run", "Remove a one-shot job when it has succeeded"),
  flag("keep-after-run", "Keep a one-shot job when it has succeeded"),
];

const EDIT_OPTIONS: readonly OptionSpec[] = [
  flag("enable", "Let the job run"),
  flag("disable", "Keep the job from running"),
  flag("clear-agent", "Leave the job to the default agent"),
  flag("clear-session-key", "Take the session from the job"),
  flag("clear-tools", "Let the turn use all tools"),
  flag("no-light-context", "Put the workspace files into the prompt"),
  flag("no-best-effort-deliver", "The job fails when its answer cannot be delivered"),
  flag("failure-alert", "Tell when the job keeps failing"),
  flag("no-failure-alert", "Never tell when the job keeps failing"),
  value("failure-alert-after", "n", "Failures in a row before it is told", "integer"),
  value("failure-alert-cooldown", "duration", "Least time between two alerts"),
  value("failure-alert-mode", "mode", "announce or webhook"),
  value("failure-alert-channel", "channel", "Channel of the alert"),
  value("failure-alert-to", "dest", "Chat or address of the alert"),
  value("failure-alert-account-id", "id", "Account of the alert's channel"),
  flag("failure-alert-include-skipped", "Count skipped runs too"),
  flag("failure-alert-exclude-skipped", "Count failed runs only"),
];

const CRON_COMMANDS: readonly CommandSpec[] = [
  { path: ["cron"], summary: "Let agents do things at given times" },
  {
    path: ["cron", "status"],
    summary: "Show whether jobs run, and when the next one does",
    options: TARGET,
    load: () => import("./cron/status.ts"),
  },
  {
    path: ["cron", "list"],
    summary: "List jobs",
    options: [
      flag("all", "Disabled jobs too"),
      value("agent", "id", "Only jobs of this agent"),
      ...TARGET,
    ],
    load: () => import("./cron/list.ts"),
  },
  {
    path: ["cron", "get"],
    summary: "Show a job as JSON",
    args: [JOB],
    options: TARGET,
    load: () => import("./cron/get.ts"),
  },
  {
    path: ["cron", "show"],
    summary: "Show a job",
    args: [{ ...JOB, description: "Job id or exact name" }],
    options: TARGET,
    load: () => import("./cron/show.ts"),
  },
  {
    path: ["cron", "add"],
    aliases: ["create"],
    summary: "Add a job",
    details: "Needs one of --at, --every, --cron and one of --message, --system-event.",
    options: [...JOB_OPTIONS, flag("disabled", "Add it without letting it run"), ...TARGET],
    examples: [
      {
        command:
          'openclaw cron add --name brief --cron "0 7 * * *" --tz Europe/Berlin --message "Brief me"',
        description: "A turn every morning",
      },
      {
        command: 'openclaw cron add --name tea --at 20m --system-event "The tea is ready"',
        description: "Tell the main session once",
      },
    ],
    load: () => import("./cron/add.ts"),
  },
  {
    path: ["cron", "edit"],
    summary: "Change a job; what is not named stays",
    args: [JOB],
    options: [...JOB_OPTIONS, ...EDIT_OPTIONS, ...TARGET],
    load: () => import("./cron/edit.ts"),
  },
  {
    path: ["cron", "rm"],
    aliases: ["remove"],
    summary: "Remove a job; its run log stays",
    args: [JOB],
    options: TARGET,
    load: () => import("./cron/rm.ts"),
  },
  {
    path: ["cron", "enable"],
    summary: "Let a job run",
    args: [JOB],
    options: TARGET,
    load: () => import("./cron/enable.ts"),
  },
  {
    path: ["cron", "disable"],
    summary: "Keep a job from running",
    args: [JOB],
    options: TARGET,
    load: () => import("./cron/enable.ts"),
  },
  {
    path: ["cron", "runs"],
    summary: "Show finished runs as JSON, newest first",
    options: [
      value("id", "id", "Only runs of this job"),
      { ...value("limit", "n", "Most runs to show", "integer"), default: "50" },
      ...TARGET,
    ],
    load: () => import("./cron/runs.ts"),
  },
  {
    path: ["cron", "run"],
    summary: "Run a job now",
    args: [JOB],
    options: [flag("due", "Only if its time has come"), ...TARGET],
    load: () => import("./cron/run_now.ts"),
  },
];

const SYSTEM_COMMANDS: readonly CommandSpec[] = [
  { path: ["system"], summary: "Events, presence and heartbeats" },
  {
    path: ["system", "event"],
    summary: "Tell an agent something with its next turn, or at once",
    options: [
      value("text", "text", "What happened (required)"),
      {
        ...value("mode", "mode", "When the agent is told"),
        choices: ["now", "next-heartbeat"],
        default: "next-heartbeat",
      },
      value("session-key", "key", "Session that is told, the main one unless given"),
      ...TARGET,
    ],
    load: () => import("./cron/system_event.ts"),
  },
  {
    path: ["system", "presence"],
    summary: "Show who is connected, as JSON",
    options: TARGET,
    load: () => import("./cron/system_presence.ts"),
  },
  { path: ["system", "heartbeat"], summary: "Turns that come without a message" },
  {
    path: ["system", "heartbeat", "last"],
    summary: "Show the last heartbeat as JSON",
    options: TARGET,
    load: () => import("./cron/heartbeat_last.ts"),
  },
  {
    path: ["system", "heartbeat", "enable"],
    summary: "Turn the configured heartbeats on",
    options: TARGET,
    load: () => import("./cron/heartbeat_switch.ts"),
  },
  {
    path: ["system", "heartbeat", "disable"],
    summary: "Turn the configured heartbeats off",
    options: TARGET,
    load: () => import("./cron/heartbeat_switch.ts"),
  },
];

/** `cron …` and `system …`. */
export const SCHEDULE_COMMANDS: readonly CommandSpec[] = [...CRON_COMMANDS, ...SYSTEM_COMMANDS];
