/**
 * What a migration does, for people.
 *
 * @module
 */
import type { MigrationItem, MigrationReport } from "../../migrate/mod.ts";
import type { CommandContext } from "../table.ts";

const KINDS: readonly (readonly [MigrationItem["kind"], string, string])[] = [
  ["config", "Config", "file"],
  ["file", "Files", "file"],
  ["workspace", "Workspaces", "file"],
  ["session", "Conversations", "message"],
  ["devices", "Devices", "entry"],
  ["cron", "Cron", "job"],
];
/** Damaged lines that are named one by one. */
const MAX_LINES = 20;

/** Prints what was done, or would be. */
export function printMigration({ out, say }: CommandContext, report: MigrationReport): void {
  const { items, damaged, warnings, isDryRun } = report;
  out.line(`${isDryRun ? "Would migrate" : "Migrated"} ${report.from} -> ${report.to}`);
  for (const [kind, title, noun] of KINDS) {
    const line = summary(items.filter((item) => item.kind === kind), noun);
    if (line !== "") out.line(`  ${title}: ${line}`);
  }
  const conflicts = items.filter(({ action }) => action === "conflict");
  if (conflicts.length > 0) {
    out.heading("Not replaced");
    for (const { unit, reason } of conflicts) out.line(`  ${unit}: ${reason}`);
    out.line(`  Replace one of them: ${say("migrate --from … --force <name>")}`);
  }
  const notes = items.filter(({ action, reason }) => action !== "conflict" && reason !== undefined);
  if (notes.length > 0) {
    out.heading("Left as it is");
    for (const [reason, units] of byReason(notes)) out.line(`  ${shown(units)}: ${reason}`);
  }
  if (damaged.length > 0) {
    out.heading("Damaged lines, kept as they are");
    for (const { file, line, reason } of damaged.slice(0, MAX_LINES)) {
      out.line(`  ${file}:${line}: ${reason}`);
    }
    if (damaged.length > MAX_LINES) out.line(`  … and ${damaged.length - MAX_LINES} more`);
  }
  for (const warning of warnings) out.note(`  ! config: ${warning}`);
}

/** The question before anything is written. */
export function plannedQuestion({ from }: MigrationReport): string {
  return `Take this over? Files in ${from} stay as they are. [y/N]`;
}

function summary(items: readonly MigrationItem[], noun: string): string {
  const parts: string[] = [];
  const add = (actions: readonly string[], word: string) => {
    const some = items.filter(({ action }) => actions.includes(action));
    if (some.length === 0) return;
    const count = some.reduce((sum, item) => sum + item.count, 0);
    const many = `${count} ${count === 1 ? noun : plural(noun)}`;
    parts.push(`${some.length} ${word}${count === 0 ? "" : ` (${many})`}`);
  };
  add(["import"], "new");
  add(["append", "update"], "brought up to date");
  add(["same"], "there already");
  add(["conflict"], "not replaced");
  add(["skip"], "left out");
  return parts.join(", ");
}

function plural(noun: string): string {
  return noun === "entry" ? "entries" : `${noun}s`;
}

function byReason(items: readonly MigrationItem[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const { unit, reason } of items) {
    const group = groups.get(reason!);
    if (group === undefined) groups.set(reason!, [unit]);
    else group.push(unit);
  }
  return groups;
}

function shown(units: readonly string[]): string {
  return units.length <= 3 ? units.join(", ") : `${units.length} files`;
}
