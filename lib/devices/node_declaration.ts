/**
 * What a node declares about itself, and what of it counts.
 *
 * @module
 */
import { allowedNodeCommands, type NodeCommandPolicy } from "./node_commands.ts";
import { cleanFacts } from "./node_rows.ts";
import type { NodeFacts, NodeRecord, NodeRequest, NodeRequestRow } from "./node_types.ts";
import { cleanText } from "./pairing_rules.ts";

/** Commands of one node that are taken note of. */
const MAX_COMMANDS = 500;

/** What a node declares when it connects or asks to be paired. */
export interface NodeDeclaration extends NodeFacts {
  nodeId: string;
  commands?: readonly string[] | undefined;
}

/** What a connected node may be asked for. */
export interface NodeAdmission {
  commands: string[];
  /** Declared commands that may not be asked for, with the reason. */
  refused: { command: string; reason: "not-allowed" | "not-approved" }[];
  /** What waits for a decision because of this connect. */
  request?: NodeRequestRow;
}

/** Which of the declared commands may be asked for, on what is approved and allowed now. */
export function judge(
  declaration: NodeDeclaration,
  policy: NodeCommandPolicy,
  known: NodeRecord | undefined,
): Omit<NodeAdmission, "request"> {
  const allowed = allowedNodeCommands(declaration, policy);
  const commands: string[] = [];
  const refused: NodeAdmission["refused"] = [];
  for (const command of cleanCommands(declaration.commands)) {
    const isApproved = known === undefined || known.commands.includes(command);
    if (!allowed.has(command)) refused.push({ command, reason: "not-allowed" });
    else if (!isApproved) refused.push({ command, reason: "not-approved" });
    else commands.push(command);
  }
  return { commands, refused };
}

/** Whether commands are asked for that the request before did not have. */
export function hasGrown(before: NodeRequest | undefined, commands: readonly string[]): boolean {
  return before === undefined || commands.some((command) => !before.commands.includes(command));
}

/** A declaration within bounds: texts that a list can show, each command once. */
export function cleanDeclaration(declaration: NodeDeclaration): NodeDeclaration {
  return {
    ...cleanFacts(declaration),
    nodeId: declaration.nodeId,
    commands: cleanCommands(declaration.commands),
  };
}

/** Each command once, sorted, as many as are taken note of. */
export function cleanCommands(commands: readonly string[] | undefined): string[] {
  const names = (commands ?? []).map(cleanText).filter((name) => name !== undefined);
  return [...new Set(names)].sort().slice(0, MAX_COMMANDS);
}
