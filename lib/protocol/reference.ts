/**
 * The protocol reference page, made from the schemas and tables of this room.
 *
 * @module
 */
import * as z from "zod/mini";
import { AUTH_FAILURES, DEVICE_PROOF_FAILURES } from "./connect.ts";
import { EVENT_RULES, type EventRule } from "./events.ts";
import { limitRows } from "./limit_rows.ts";
import { AGENT_PARAMS } from "./methods/agents.ts";
import { APPROVAL_PARAMS } from "./methods/approvals.ts";
import { CHANNEL_PARAMS } from "./methods/channels.ts";
import { CHAT_PARAMS } from "./methods/chat.ts";
import { CONFIG_PARAMS } from "./methods/config.ts";
import { CRON_PARAMS } from "./methods/cron.ts";
import { DEVICE_PARAMS } from "./methods/devices.ts";
import { type MethodName, METHODS, offeredMethods, UNAVAILABLE_METHODS } from "./methods/mod.ts";
import { SESSION_PARAMS } from "./methods/sessions.ts";
import { METHOD_SUMMARIES } from "./methods/summaries.ts";
import { SYSTEM_PARAMS } from "./methods/system.ts";
import { TOOL_PARAMS } from "./methods/tools.ts";
import { VOICE_PARAMS } from "./methods/voice.ts";
import { type JsonSchema, renderParams } from "./schema_text.ts";
import { type MethodAccess, OPERATOR_SCOPES } from "./scopes.ts";

const FAMILIES: readonly (readonly [title: string, params: object])[] = [
  ["The gateway", SYSTEM_PARAMS],
  ["Models, agents and runs", AGENT_PARAMS],
  ["Conversations", CHAT_PARAMS],
  ["Sessions", SESSION_PARAMS],
  ["Channels", CHANNEL_PARAMS],
  ["Configuration, secrets, wizard", CONFIG_PARAMS],
  ["Scheduled jobs", CRON_PARAMS],
  ["Devices and nodes", DEVICE_PARAMS],
  ["Approvals", APPROVAL_PARAMS],
  ["Tools, skills, plugins, push", TOOL_PARAMS],
  ["Voice", VOICE_PARAMS],
];

/**
 * `docs/protocol-methods.md`, in Markdown.
 *
 * @param offered Names of the methods that this build answers.
 */
export function renderProtocolReference(offered: Iterable<string> = offeredMethods()): string {
  const isOffered = new Set(offered);
  const sections = [
    "<!-- deno-fmt-ignore-file -->",
    "# Protocol reference",
    "<!-- Made by scripts/gen_docs.ts from lib/protocol; edits here are overwritten. -->",
    "Methods, events and refusals of the WebSocket protocol. How they are used is in\n" +
    "[protocol.md](protocol.md).",
    "## Methods",
    methodsIntroduction(isOffered),
    ...FAMILIES.flatMap(([title, params]) => [
      `### ${title}`,
      methodTable(Object.keys(params) as MethodName[], isOffered),
    ]),
    "### Not available",
    "Refused with `UNAVAILABLE` and this reason; not in `hello-ok.features.methods`.",
    unavailableTable(),
    "## Events",
    "In the order of `hello-ok.features.events`; the last one is sent without being announced. Events\n" +
    "named `plugin.…` need `operator.write`; an event that is neither is never sent.",
    eventTable(),
    "## Limits",
    "Bounds of parameters are with the methods.",
    table(["What", "Limit"], limitRows()),
    "## Refused credentials",
    "`error.details` of a refused `connect`; the socket is then closed with 1008 and the message.\n" +
    "The code is `AUTH_REQUIRED` when there is no reason and `AUTH_UNAUTHORIZED` for any other one.",
    authTable(),
    "## Refused device proofs",
    table(["details.reason", "details.code"], Object.entries(DEVICE_PROOF_FAILURES).map(codeRow)),
  ];
  return sections.join("\n\n") + "\n";
}

function methodsIntroduction(isOffered: ReadonlySet<string>): string {
  return [
    `The protocol knows ${Object.keys(METHODS).length} methods; this build answers the ` +
    `${isOffered.size} marked with ✓`,
    "and `connect`. The others are listed with their reasons under *Not available*.",
    "",
    "*Needs* is the least scope without its prefix; the scopes are",
    `${OPERATOR_SCOPES.map(code).join(", ")}.`,
    "`operator.admin` covers all scopes and `operator.write` covers `operator.read`. `node` stands",
    "for the role node, – for every client.",
    "",
    "*Parameters*: `?` marks an optional one, `1..200` are bounds of a number, of the characters of a",
    "string or of the items of a list, so `string 1..` must not be empty. `…` lets further properties",
    "through; without it an unknown property is refused.",
  ].join("\n");
}

function methodTable(names: readonly MethodName[], isOffered: ReadonlySet<string>): string {
  return table(
    ["Method", "", "Needs", "Parameters", "Summary"],
    names.map((name) => [
      code(name),
      isOffered.has(name) || name === "connect" ? "✓" : "",
      name === "connect" ? "–" : needs(METHODS[name].access),
      paramsCell(name),
      METHOD_SUMMARIES[name],
    ]),
  );
}

function paramsCell(name: MethodName): string {
  const schema: z.core.$ZodType = METHODS[name].params();
  // The schema of a schema is wider than what this room builds; rendering refuses the rest.
  const json = z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  return renderParams(json).map(code).join("<br>");
}

function needs(access: MethodAccess): string {
  if (access.kind === "open") return "–";
  return code(access.kind === "node" ? "node" : access.scope.replace("operator.", ""));
}

function unavailableTable(): string {
  const byReason = Map.groupBy(Object.entries(UNAVAILABLE_METHODS), ([, reason]) => reason);
  const rows = [...byReason].map(([reason, methods]) => [
    reason,
    methods.map(([name]) => code(name)).join(" "),
  ]);
  return table(["Reason", "Methods"], rows);
}

function eventTable(): string {
  const rows = Object.entries(EVENT_RULES).map(([name, rule]) => [
    code(name),
    rule.guard === "preAuth" ? "before hello" : GUARDS[rule.guard],
    rule.mode,
    rule.mode === "broadcast" ? "yes" : "no",
    rule.drop === "delta" ? "deltas only" : rule.drop ? "yes" : "no",
  ]);
  return table(["Event", "Who may see it", "Sent", "Numbered", "A slow reader may miss it"], rows);
}

const GUARDS: Readonly<Record<Exclude<EventRule["guard"], "preAuth">, string>> = {
  any: "everybody",
  read: "`operator.read`",
  readOrNode: "`operator.read` and nodes",
  write: "`operator.write`",
  approvals: "`operator.approvals`",
  pairing: "`operator.pairing`",
  node: "the node it is for",
};

function authTable(): string {
  const rows = Object.entries(AUTH_FAILURES).map(([reason, [failure, step]]) =>
    [failure, reason, step].map(code)
  );
  return table(["details.code", "details.authReason", "details.recommendedNextStep"], rows);
}

function codeRow(cells: readonly string[]): string[] {
  return cells.map(code);
}

function code(text: string): string {
  return "`" + text + "`";
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(titles), `|${"---|".repeat(titles.length)}`, ...rows.map(line)].join("\n");
}
