/**
 * `node.event`: what a node reports. Speech and requests begin a run, what happened there is told to
 * the agent at its next turn.
 *
 * @module
 */
import { isObject, type JsonObject, parseJsonOrUndefined, randomId } from "../../base/mod.ts";
import type { NodeEventResult } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { readAttachments } from "../attachments.ts";
import type { Client } from "../client.ts";
import type { Call } from "../rpc.ts";
import { originOf, resolveRunTarget } from "../run_target.ts";
import type { GatewayState } from "../state.ts";
import { readThinking } from "../thinking.ts";

/** A report, as those see it who act on it. */
interface Report {
  readonly state: GatewayState;
  readonly client: Client;
  readonly nodeId: string;
  readonly event: string;
  readonly payload: JsonObject;
}

const HANDLERS: Readonly<
  Record<string, (report: Report) => NodeEventResult | Promise<NodeEventResult>>
> = {
  "voice.transcript": (report) => startRun(report, { text: "text", key: "eventId" }),
  "agent.request": (report) => startRun(report, { text: "message", key: "key" }),
  "notifications.changed": (report) => tell(report, notificationText(report)),
  "exec.started": (report) => tell(report, execText(report, "started")),
  "exec.finished": (report) => tellEnd(report, "finished"),
  "exec.denied": (report) => tellEnd(report, "denied"),
  "chat.subscribe": (report) => follow(report, true),
  "chat.unsubscribe": (report) => follow(report, false),
  "push.apns.register": ({ event }) => unhandled(event, "push is not configured"),
  "node.presence.alive": noteAlive,
};

/** Output of a program that an agent is told at once. */
const MAX_OUTPUT_CHARS = 1500;
/** A key that a node gives its requests; it becomes part of an id. */
const MAX_KEY_CHARS = 200;
const DONE: NodeEventResult = { ok: true };

/** Takes a report in; what is not known is acknowledged and left alone. */
export async function takeNodeEvent(
  state: GatewayState,
  { params, client }: Call<MethodParams<"node.event">>,
): Promise<NodeEventResult> {
  const { event, payload, payloadJSON } = params;
  const handle = Object.hasOwn(HANDLERS, event) ? HANDLERS[event] : undefined;
  const nodeId = client.identity.deviceId;
  if (!handle || nodeId === undefined) return DONE;
  const said = typeof payloadJSON === "string" ? parseJsonOrUndefined(payloadJSON) : payload;
  return await handle({ state, client, nodeId, event, payload: isObject(said) ? said : {} });
}

/** Begins a run, once for each key that the node gives. */
async function startRun(
  { state, client, nodeId, event, payload }: Report,
  names: { text: string; key: string },
): Promise<NodeEventResult> {
  const message = textOf(payload, names.text);
  const images = readAttachments(Array.isArray(payload.attachments) ? payload.attachments : []);
  if ((message === "" && images.length === 0) || message.includes("\0")) {
    return unhandled(event, `${names.text} is missing`);
  }
  const key = textOf(payload, names.key) || randomId();
  if (key.length > MAX_KEY_CHARS) return unhandled(event, `${names.key} is too long`);
  const runId = `node:${nodeId}:${key}`;
  const { runs, store } = state;
  if (runs.find(runId) || store.getRun(runId)) return DONE;
  const thinking = readThinking(textOf(payload, "thinking"));
  const { timeoutSeconds } = payload;
  await runs.start({
    runId,
    ...targetOf(state, payload),
    message,
    images,
    origin: originOf("agent", client),
    ...(thinking === undefined ? {} : { thinking }),
    ...(typeof timeoutSeconds === "number" && timeoutSeconds > 0
      ? { timeoutMs: timeoutSeconds * 1000 }
      : {}),
  });
  return DONE;
}

/** Tells the agent something at its next turn; it is on disk when this answers. */
async function tell(
  { state, event, payload }: Report,
  text: string | undefined,
): Promise<NodeEventResult> {
  if (text === undefined) return unhandled(event, "payload is incomplete");
  await state.store.addSystemEvent(targetOf(state, payload).sessionKey, text);
  return DONE;
}

/** The end of a program, unless whoever began it hears of it otherwise. */
function tellEnd(
  report: Report,
  what: "finished" | "denied",
): NodeEventResult | Promise<NodeEventResult> {
  return report.payload.suppressNotifyOnExit === true ? DONE : tell(report, execText(report, what));
}

function execText(
  { nodeId, payload }: Report,
  what: "started" | "finished" | "denied",
): string | undefined {
  const command = lineOf(payload, "command");
  const about = `node=${nodeId} id=${lineOf(payload, "runId")}`;
  const behind = command === "" ? "" : `: ${command}`;
  if (what === "started") return `Exec started (${about})${behind}`;
  if (what === "denied") return `Exec denied (${about}, ${lineOf(payload, "reason")})${behind}`;
  const { exitCode, timedOut } = payload;
  const end = timedOut === true
    ? "timeout"
    : `code ${typeof exitCode === "number" ? exitCode : "?"}`;
  const output = quoted(textOf(payload, "output").slice(-MAX_OUTPUT_CHARS));
  return `Exec finished (${about}, ${end})${output === "" ? "" : `\n${output}`}`;
}

function notificationText({ nodeId, payload }: Report): string | undefined {
  const change = lineOf(payload, "change");
  const key = lineOf(payload, "key");
  if (change === "" || key === "") return undefined;
  const source = lineOf(payload, "packageName");
  const shown = [lineOf(payload, "title"), lineOf(payload, "text")].filter((text) => text !== "");
  const about = `node=${nodeId} key=${key}${source === "" ? "" : ` package=${source}`}`;
  return `Notification ${change} (${about})${shown.length > 0 ? `: ${shown.join(" - ")}` : ""}`;
}

function follow({ state, client, event, payload }: Report, isOn: boolean): NodeEventResult {
  if (textOf(payload, "sessionKey") === "") return unhandled(event, "sessionKey is missing");
  const { sessionKey } = targetOf(state, payload);
  const { chats } = state.nodes;
  if (isOn) chats.add(client, sessionKey);
  else chats.remove(client, sessionKey);
  return DONE;
}

/** Notes that a node lives although nobody asked it for anything. */
async function noteAlive(
  { state, nodeId, event, payload }: Report,
): Promise<NodeEventResult> {
  const trigger = textOf(payload, "trigger").slice(0, 64) || "alive";
  const reason = await state.devices.pairing.touch(nodeId, trigger);
  return { ok: true, event, handled: reason !== "unpaired", reason };
}

function targetOf(state: GatewayState, payload: JsonObject) {
  const sessionKey = textOf(payload, "sessionKey");
  return resolveRunTarget(state, sessionKey === "" ? {} : { sessionKey });
}

function textOf(payload: JsonObject, name: string): string {
  const value = payload[name];
  return typeof value === "string" ? value.trim() : "";
}

/** A text in one line: what others wrote must not look like a line of the gateway's own. */
function lineOf(payload: JsonObject, name: string): string {
  return textOf(payload, name).replace(/[\s\p{Cc}\p{Zl}\p{Zp}]+/gu, " ");
}

/** Output with a mark before lines that begin like those of the gateway. */
function quoted(output: string): string {
  return output.replace(/(^|[\r\n\u0085\u2028\u2029])(?=[^\p{L}\r\n]*system\b)/giu, "$1> ");
}

function unhandled(event: string, reason: string): NodeEventResult {
  return { ok: true, event, handled: false, reason };
}
