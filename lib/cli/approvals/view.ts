/**
 * Policies of exec and open requests as people read them.
 *
 * @module
 */
import type { ExecAsk, ExecSecurity } from "../../exec/mod.ts";
import type {
  ExecApprovalsFile,
  ExecApprovalsResult,
  PendingApproval,
} from "../../protocol/mod.ts";
import { formatAge, plain, shorten } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";
import type { ExecSettings } from "./place.ts";

const ID_CHARS = 8;
const NONE = "-";

/** What holds for agents that the file says nothing about. */
export interface EffectivePolicy {
  readonly security: ExecSecurity;
  readonly ask: ExecAsk;
  readonly askFallback: ExecSecurity;
}

/** Combines a policy with the settings of the configuration. */
export async function effectivePolicy(
  file: ExecApprovalsFile,
  settings: ExecSettings,
): Promise<EffectivePolicy> {
  const { resolveExecPolicy } = await import("../../exec/mod.ts");
  const { security, ask, askFallback } = resolveExecPolicy(file, "*", [
    settings as { security?: ExecSecurity; ask?: ExecAsk },
  ]);
  return { security, ask, askFallback };
}

/** Writes where a policy is, what it says, and its allowlists. */
export function printPolicy(
  context: CommandContext,
  target: string,
  { path, exists, hash, file }: ExecApprovalsResult,
  effective: EffectivePolicy | undefined,
): void {
  const { out } = context;
  const agents = Object.entries(file.agents ?? {});
  out.pairs([
    ["Target", plain(target)],
    ["Path", plain(path)],
    ["Exists", exists ? "yes" : "no"],
    ["Hash", hash],
    ["Defaults", settingsText(file.defaults)],
    ...agents.map((
      [id, agent],
    ): [string, string] => [`Agent ${plain(id)}`, settingsText(agent)]),
    ...(effective === undefined ? [] : [
      ["Effective", `${settingsText(effective)} (with tools.exec)`] as [string, string],
    ]),
  ]);
  out.heading("Allowlist");
  printAllowlist(context, file, undefined);
}

/** Writes the allowlists, or that of one agent. */
export function printAllowlist(
  { out, clock, say }: CommandContext,
  file: ExecApprovalsFile,
  agentId: string | undefined,
): void {
  const rows = Object.entries(file.agents ?? {})
    .filter(([id]) => agentId === undefined || id === agentId)
    .flatMap(([id, { allowlist = [] }]) =>
      allowlist.map((entry) => [
        plain(id),
        plain(entry.pattern),
        entry.argPattern === undefined ? NONE : plain(entry.argPattern),
        typeof entry.lastUsedAt === "number"
          ? `${formatAge(clock.now() - entry.lastUsedAt)} ago`
          : NONE,
      ])
    );
  if (rows.length === 0) {
    out.line("Nothing is allowed by list.");
    out.line(`Add a program: ${say("approvals allowlist add /usr/bin/uptime")}`);
    return;
  }
  out.table(["Agent", "Pattern", "Arguments", "Last used"], rows);
}

/** Writes the requests that wait, and what to type next. */
export function printPending(
  { out, clock, say }: CommandContext,
  pending: readonly PendingApproval[],
): void {
  if (pending.length === 0) return out.line("No request waits.");
  out.table(
    ["Id", "What", "Where", "Agent", "Expires in"],
    pending.map(({ id, request, expiresAtMs }) => [
      shortId(id, pending),
      plain(textOf(request.command) ?? textOf(request.title)),
      plain(textOf(request.nodeId) ?? textOf(request.host) ?? textOf(request.pluginId)),
      plain(textOf(request.agentId)),
      formatAge(expiresAtMs - clock.now()),
    ]),
  );
  out.line();
  const id = shortId(pending[0]!.id, pending);
  out.line(`Allow once: ${say(`approvals resolve ${id} allow-once`)}`);
  out.line(`Turn down: ${say(`approvals resolve ${id} deny`)}`);
}

/** Enough of an id to type; all of it when that fits several. */
function shortId(id: string, among: readonly PendingApproval[]): string {
  const prefix = id.startsWith("plugin:") ? "plugin:" : "";
  return plain(shorten(id, prefix.length + ID_CHARS, among.map((row) => row.id)));
}

function settingsText(settings: object | undefined): string {
  const parts = Object.entries(settings ?? {})
    .filter(([key]) => ["security", "ask", "askFallback", "autoAllowSkills"].includes(key))
    .map(([key, value]) => `${key}=${plain(String(value))}`);
  return parts.length === 0 ? "none" : parts.join(" ");
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
