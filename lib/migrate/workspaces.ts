/**
 * The workspaces of the agents: what this gateway would look for elsewhere is copied there.
 *
 * @module
 */
import { join, resolve } from "@std/path";
import { type ConfigPaths, type OpenClawConfig, resolveAgents } from "../config/mod.ts";
import { pathExists } from "../platform/mod.ts";
import { copyFile, type CopyOptions, walk } from "./copy.ts";
import type { MigrationItem } from "./types.ts";

/** What became of the workspaces, and where those of the source are. */
export interface WorkspaceMigration {
  readonly items: readonly MigrationItem[];
  readonly folders: ReadonlySet<string>;
}

/** Copies the files of every agent's workspace that has another place here. */
export async function copyWorkspaces(
  config: OpenClawConfig,
  from: ConfigPaths,
  to: ConfigPaths,
  options: CopyOptions,
): Promise<WorkspaceMigration> {
  const targets = new Map(
    resolveAgents(config, to).agents.map(({ id, workspace }) => [id, workspace]),
  );
  const items: MigrationItem[] = [];
  const folders = new Set<string>();
  for (const { id, workspace } of resolveAgents(config, from).agents) {
    const target = targets.get(id)!;
    if (folders.has(resolve(workspace))) continue;
    folders.add(resolve(workspace));
    const unit = `workspace of ${id}`;
    const isMoved = resolve(workspace) !== resolve(target);
    if (!await pathExists(workspace)) continue;
    if (isMoved) items.push(...await copyFolder(unit, workspace, target, options));
    else {
      const reason = `it stays where it is: ${workspace}`;
      items.push({ kind: "workspace", unit, action: "same", count: 0, reason });
    }
  }
  return { items, folders };
}

async function copyFolder(
  unit: string,
  from: string,
  to: string,
  options: CopyOptions,
): Promise<MigrationItem[]> {
  const items: MigrationItem[] = [];
  let [copied, same] = [0, 0];
  for await (const { name, path, isLink } of walk(from)) {
    const place = `${unit}: ${name}`;
    if (isLink) {
      const reason = "it is a symbolic link";
      items.push({ kind: "workspace", unit: place, action: "skip", count: 0, reason });
      continue;
    }
    const file = { kind: "workspace" as const, unit: place, from: path, to: join(to, name) };
    const item = await copyFile(file, options);
    if (item.action === "same") same++;
    else if (item.action === "conflict") items.push(item);
    else copied++;
  }
  const action = copied > 0 ? "import" : "same";
  if (copied + same > 0) items.unshift({ kind: "workspace", unit, action, count: copied });
  return items;
}
