/**
 * The files of a state folder that this gateway reads as they are: identity, credentials, keys,
 * policies. They are copied for their owner only.
 *
 * @module
 */
import { join } from "@std/path";
import type { ConfigPaths } from "../config/mod.ts";
import { copyFile, type CopyOptions, walk } from "./copy.ts";
import type { MigrationItem } from "./types.ts";

const PRIVATE_MODE = 0o600;

/** Single files, as paths below the state folder. */
const FILES = [
  ".env",
  "identity/device.json",
  "identity/device-auth.json",
  "exec-approvals.json",
] as const;

/** Folders of which everything comes. */
const FOLDERS = ["credentials", "gateway/tls"] as const;

/** Top-level entries that are taken over in another way. */
const ELSEWHERE: ReadonlySet<string> = new Set([
  ...["agents", "devices", "nodes", "cron", "identity", "credentials", "gateway", "sessions"],
  ...[".env", "exec-approvals.json", "openclaw.json", "clawdbot.json", "skills"],
]);

/** Why other entries stay behind. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/\.(bak|last-good|rejected|clobbered|pre-update)(\.|$)/, "an older version of the config"],
  [/^logs$/, "logs stay with the gateway that wrote them"],
  [/^(tasks|memory)$/, "an index that is built anew"],
  [
    /^(openclaw\.sqlite|config-history|runtime|doctor|gateway\.guard|service-env)/,
    "this gateway's own state",
  ],
  [/^workspace/, "a workspace that no agent of the config uses"],
];

/** Copies them. @throws {AppError} As `copyFile()`. */
export async function copyPrivateFiles(
  from: ConfigPaths,
  to: ConfigPaths,
  options: CopyOptions,
): Promise<MigrationItem[]> {
  const items: MigrationItem[] = [];
  const copy = async (unit: string, isLink: boolean) => {
    const [source, target] = [from.stateDir, to.stateDir].map((dir) => join(dir, unit));
    if (isLink) items.push(leftOut(unit, "it is a symbolic link"));
    else if (await isRegular(source!)) {
      const file = { kind: "file" as const, unit, from: source!, to: target!, mode: PRIVATE_MODE };
      items.push(await copyFile(file, options));
    }
  };
  for (const unit of FILES) await copy(unit, await isLink(join(from.stateDir, unit)));
  for (const folder of [...FOLDERS, "skills"]) {
    for await (const file of walk(join(from.stateDir, folder))) {
      await copy(`${folder}/${file.name}`, file.isLink);
    }
  }
  for await (const file of walk(join(from.stateDir, "agents"))) {
    if (!/^[^/]+\/agent\/[^/]+\.json$/.test(file.name)) continue;
    await copy(`agents/${file.name}`, file.isLink);
  }
  return items;
}

/** What of a state folder stays behind, with the reason. */
export async function leftBehind(
  from: ConfigPaths,
  used: ReadonlySet<string>,
): Promise<MigrationItem[]> {
  const items: MigrationItem[] = [];
  for await (const { name } of Deno.readDir(from.stateDir)) {
    if (ELSEWHERE.has(name) || used.has(join(from.stateDir, name))) continue;
    const reason = REASONS.find(([pattern]) => pattern.test(name))?.[1];
    items.push(leftOut(name, reason ?? "nothing in this gateway reads it"));
  }
  return items.sort((a, b) => a.unit < b.unit ? -1 : 1);
}

function leftOut(unit: string, reason: string): MigrationItem {
  return { kind: "file", unit, action: "skip", count: 0, reason };
}

async function isRegular(path: string): Promise<boolean> {
  return (await Deno.lstat(path).catch(() => undefined))?.isFile ?? false;
}

async function isLink(path: string): Promise<boolean> {
  return (await Deno.lstat(path).catch(() => undefined))?.isSymlink ?? false;
}
