/**
 * Commands that people write into a conversation, such as `/new`.
 *
 * A command is answered by the gateway itself; what is no command goes to the model.
 *
 * @module
 */
import { findAgent, modelsForRun, primaryModel } from "../agents/mod.ts";
import { errorMessage, VERSION } from "../base/mod.ts";
import { formatModelRef } from "../models/mod.ts";
import type { Client } from "./client.ts";
import { endRuns } from "./run_aborts.ts";
import { resolveRunTarget, type RunTarget } from "./run_target.ts";
import type { GatewayState } from "./state.ts";
import { readThinking } from "./thinking.ts";

/** One command, as `commands.list` shows it. */
export interface ChatCommand {
  name: string;
  /** What is written, first the usual form. */
  textAliases: readonly string[];
  description: string;
  category: "session" | "options" | "status" | "management";
  acceptsArgs: boolean;
}

/** Every command of this build. */
export const CHAT_COMMANDS: readonly ChatCommand[] = [
  command("new", "Begin a new session; text behind it is the first message", "session", true),
  command("reset", "Empty the session; text behind it is the first message", "session", true),
  command("stop", "End what is being answered", "session", false),
  command("compact", "Summarise the older part; text behind it is what to keep", "session", true),
  command("model", "Show or choose the model of this session", "options", true),
  command("think", "Show or choose how long the model thinks", "options", true, "/thinking", "/t"),
  command("status", "Show the state of this session", "status", false),
  command("whoami", "Show who you are to the gateway", "status", false, "/id"),
  command("help", "Show what can be written", "status", false, "/commands"),
];

function command(
  name: string,
  description: string,
  category: ChatCommand["category"],
  acceptsArgs: boolean,
  ...aliases: string[]
): ChatCommand {
  return { name, textAliases: [`/${name}`, ...aliases], description, category, acceptsArgs };
}

/** A message that is a command. */
export interface ParsedCommand {
  name: string;
  /** What follows it, without the white space around. */
  args: string;
}

/** The command that a message is, or `undefined` when it is for the model. */
export function parseChatCommand(message: string): ParsedCommand | undefined {
  const match = /^(\/[a-z]+)(?:[\s:]+([\s\S]*))?$/i.exec(message.trim());
  if (!match) return undefined;
  const word = match[1]!.toLowerCase();
  const found = CHAT_COMMANDS.find(({ textAliases }) => textAliases.includes(word));
  const args = match[2]?.trim() ?? "";
  return found && (found.acceptsArgs || args === "") ? { name: found.name, args } : undefined;
}

/** What a command did. */
export type CommandResult =
  | { kind: "reply"; text: string }
  /** The reply comes later; it does not fail. */
  | { kind: "later"; text: Promise<string> }
  /** The command did its part; this message goes on to the model. */
  | { kind: "message"; text: string };

/**
 * Carries out a command other than `/stop`.
 *
 * @throws {AppError} What the change was refused with.
 */
export async function runChatCommand(
  state: GatewayState,
  { name, args }: ParsedCommand,
  target: RunTarget,
  client: Client,
): Promise<CommandResult> {
  switch (name) {
    case "new":
    case "reset":
      return await restart(state, name, args, target);
    case "compact":
      return { kind: "later", text: compact(state, args, target) };
    case "model":
      return { kind: "reply", text: await model(state, args, target) };
    case "think":
      return { kind: "reply", text: await think(state, args, target) };
    case "status":
      return { kind: "reply", text: statusText(state, target) };
    case "whoami":
      return { kind: "reply", text: whoami(client) };
    default:
      return { kind: "reply", text: help() };
  }
}

async function restart(
  state: GatewayState,
  reason: "new" | "reset",
  args: string,
  { sessionKey, agentId }: RunTarget,
): Promise<CommandResult> {
  await endRuns(state, sessionKey, "stop");
  await state.store.resetSession(sessionKey, reason, { agentId });
  state.sessionEvents.changed(sessionKey, reason);
  if (args !== "") return { kind: "message", text: args };
  return {
    kind: "reply",
    text: reason === "new" ? "✅ New session started." : "✅ Session reset.",
  };
}

async function compact(
  state: GatewayState,
  focus: string,
  { sessionKey }: RunTarget,
): Promise<string> {
  try {
    const { compactNow } = await import("./compaction/compact_now.ts");
    const outcome = await compactNow(state, sessionKey, focus);
    if (!outcome.compacted) return `⚙️ Compaction skipped: ${outcome.reason}`;
    const { tokensBefore, tokensAfter } = outcome.checkpoint;
    return `⚙️ Compacted: about ${tokensBefore} → ${tokensAfter} tokens.`;
  } catch (error) {
    state.log.warn(`compaction of ${sessionKey} failed: ${errorMessage(error)}`);
    return `⚠️ Compaction failed: ${errorMessage(error)}`;
  }
}

async function model(state: GatewayState, args: string, target: RunTarget): Promise<string> {
  const snapshot = state.agents();
  const agent = findAgent(snapshot, target.agentId);
  if (args === "" || args === "status") {
    return `Model: ${target.model ?? formatModelRef(primaryModel(snapshot, agent))}`;
  }
  if (args === "list") {
    const { allowlist } = snapshot.selectionOf(agent);
    const entries = snapshot.catalog.list(allowlist ? { allowlist } : {});
    return ["Models:", ...entries.map((entry) => `- ${formatModelRef(entry)}`)].join("\n");
  }
  const [{ info }] = modelsForRun(snapshot, agent, args);
  await setOption(state, target, { modelOverride: formatModelRef(info) });
  return `Model set to ${formatModelRef(info)} for this session.`;
}

async function think(state: GatewayState, args: string, target: RunTarget): Promise<string> {
  const level = readThinking(args);
  if (level === undefined) return `Thinking level: ${target.thinking ?? "default"}`;
  await setOption(state, target, { thinkingLevel: level });
  return `Thinking level set to ${level}.`;
}

/** Keeps a choice with the session, which begins with it if need be. */
async function setOption(
  { store, sessionEvents }: GatewayState,
  { sessionKey, agentId }: RunTarget,
  extra: Record<string, unknown>,
): Promise<void> {
  await store.patchSession(sessionKey, { extra }, { agentId });
  sessionEvents.changed(sessionKey, "patch");
}

/** The state of a session in a few lines. */
export function statusText(state: GatewayState, { sessionKey, agentId }: RunTarget): string {
  const session = state.store.getSession(sessionKey);
  const snapshot = state.agents();
  const { model } = resolveRunTarget(state, { sessionKey });
  const name = model ?? formatModelRef(primaryModel(snapshot, findAgent(snapshot, agentId)));
  const tokens = session
    ? `${session.inputTokens} in, ${session.outputTokens} out`
    : "nothing said yet";
  return [`OpenClaw ${VERSION}`, `Session: ${sessionKey}`, `Model: ${name}`, `Tokens: ${tokens}`]
    .join("\n");
}

function whoami({ identity }: Client): string {
  const who = identity.displayName ?? identity.clientId;
  return `You are ${who} (${identity.clientMode}), scopes: ${identity.scopes.join(", ") || "none"}`;
}

function help(): string {
  const lines = CHAT_COMMANDS.map(({ textAliases, description }) =>
    `${textAliases.join(", ")} – ${description}`
  );
  return ["Commands:", ...lines].join("\n");
}
