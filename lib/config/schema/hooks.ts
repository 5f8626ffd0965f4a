/**
 * The `hooks` section: what may wake agents from outside.
 *
 * @module
 */
import * as z from "zod/mini";
import {
  choice,
  decimal,
  flag,
  group,
  listOf,
  loose,
  open,
  requiredText,
  secret,
  text,
  texts,
  whole,
} from "./field.ts";

/** Builds the schema of `hooks`. */
export function hooksSchema() {
  return z.object({
    enabled: flag("Serve the webhooks"),
    token: text("Token of the webhooks; differs from the gateway token", { secret: true }),
    path: text("Path of the webhooks"),
    maxBodyBytes: whole("Largest request body", { min: 1, unit: "bytes" }),
    defaultSessionKey: text("Session of webhooks that name none"),
    allowRequestSessionKey: flag("Let the caller choose the session", {
      danger: "Whoever has the token can speak in any session that the prefixes allow",
    }),
    allowedSessionKeyPrefixes: texts("Starts of session keys a caller may choose"),
    allowedAgentIds: texts("Agents a caller may choose, * for all"),
    presets: texts("Built-in mappings"),
    transformsDir: text("Folder of transformation scripts"),
    mappings: listOf(mappingSchema(), "From requests to agent turns, the first that fits"),
    gmail: loose({
      account: text("Address that is watched"),
      label: text("Label of the mails that count"),
      topic: text("Topic that tells of new mails"),
      subscription: text("Subscription to that topic"),
      pushToken: secret("Token of those messages"),
      hookUrl: text("Where they are sent on to"),
      includeBody: flag("Send the text of mails too"),
      maxBytes: whole("Longest text", { min: 1, unit: "bytes" }),
      renewEveryMinutes: whole("Interval of renewing the watch", { min: 1, unit: "minutes" }),
      model: text("Model of the turns"),
      thinking: text("How much it thinks"),
      allowUnsafeExternalContent: flag("Hand mails to the agent as they are", UNSAFE),
    }, "Gmail watcher"),
    internal: open("Hooks on the gateway's own events"),
  });
}

const UNSAFE = { danger: "Whoever writes the content can give the agent orders" };

function mappingSchema() {
  return z.object({
    id: text("Its name in the log"),
    match: group({
      path: text("Path below that of the webhooks"),
      source: text("Value of source in the payload"),
    }, "Requests it is for; all when absent"),
    action: choice(["agent", "wake"], "Run a turn, or tell the main session"),
    wakeMode: choice(["now", "next-heartbeat"], "When the main session hears of it"),
    name: text("What the webhook is called; a template"),
    agentId: text("Agent that answers"),
    sessionKey: text("Session of the turn; a template"),
    messageTemplate: text("Message of the turn; a template"),
    textTemplate: text("Event for the main session; a template"),
    deliver: flag("Send the answer to a channel"),
    allowUnsafeExternalContent: flag("Hand the message to the agent as it is", UNSAFE),
    channel: text("Channel the answer is sent to"),
    to: text("Receiver in that channel; a template"),
    model: text("Model of the turn; a template"),
    thinking: text("How much it thinks; a template"),
    timeoutSeconds: decimal("Longest turn", { unit: "seconds" }),
    transform: group({
      module: requiredText("File below the folder of transformation scripts"),
      export: text("Name of the function; default or transform when absent"),
    }, "Function that makes the action from the request"),
  });
}
