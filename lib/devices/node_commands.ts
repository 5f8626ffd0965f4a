/**
 * Which commands a gateway asks a node for, by the node's platform.
 *
 * @module
 */

/** The lists of the configuration, `gateway.nodes.*`. */
export interface NodeCommandPolicy {
  /** Commands besides the platform's own; the only way to the ones that see or change private things. */
  allowCommands?: readonly string[] | undefined;
  /** Commands that are never asked for. */
  denyCommands?: readonly string[] | undefined;
}

/** Systems that have a list of their own. */
type NodePlatform = "ios" | "android" | "macos" | "linux" | "windows" | "unknown";

/** Commands that run programs: only an admin approves them. */
const EXEC_COMMANDS: ReadonlySet<string> = new Set([
  "system.run",
  "system.run.prepare",
  "system.which",
]);

const CANVAS = group("canvas", "present hide navigate eval snapshot");
const CANVAS_A2UI = group("canvas.a2ui", "push pushJSONL reset");
const HOST = [
  ...group("system", "run run.prepare which notify execApprovals.get execApprovals.set"),
  "browser.proxy",
];
const SEEN_ANYWHERE = [...CANVAS, ...CANVAS_A2UI, "camera.list", "location.get", "system.notify"];
const PHONE = [
  ...SEEN_ANYWHERE,
  ...group("device", "info status"),
  ...group("talk.ptt", "start stop cancel once"),
  ...group("motion", "activity pedometer"),
  "contacts.search",
  "calendar.events",
  "reminders.list",
  "photos.latest",
];

/**
 * The commands of each platform. What takes pictures, records, sends or adds is in none of them:
 * `camera.snap`, `camera.clip`, `screen.record`, `contacts.add`, `calendar.add`, `reminders.add`,
 * `sms.*`, `file.*` and `dir.*` need `allowCommands`.
 */
const BY_PLATFORM: Readonly<Record<NodePlatform, readonly string[]>> = {
  ios: PHONE,
  android: [
    ...PHONE,
    ...group("device", "permissions health"),
    ...group("notifications", "list actions"),
  ],
  macos: [...SEEN_ANYWHERE, ...HOST],
  windows: [...SEEN_ANYWHERE, ...HOST],
  linux: HOST,
  unknown: SEEN_ANYWHERE,
};

/** How platforms and families call themselves. */
const PLATFORM_NAMES: readonly (readonly [pattern: RegExp, platform: NodePlatform])[] = [
  [/^(ios|ipados|iphone|ipad)/, "ios"],
  [/^android/, "android"],
  [/^(mac|darwin)/, "macos"],
  [/^win/, "windows"],
  [/^linux/, "linux"],
];

/** The commands that a node of this platform may be asked for. */
export function allowedNodeCommands(
  node: { platform?: string | undefined; deviceFamily?: string | undefined },
  policy: NodeCommandPolicy,
): Set<string> {
  const platform = platformOf(node.platform) ?? platformOf(node.deviceFamily) ?? "unknown";
  const names = (list: readonly string[] | undefined) =>
    (list ?? []).map((name) => name.trim()).filter((name) => name !== "");
  const allowed = new Set([...BY_PLATFORM[platform], ...names(policy.allowCommands)]);
  for (const name of names(policy.denyCommands)) allowed.delete(name);
  return allowed;
}

/** The scopes an approver needs for a node that offers these commands. */
export function scopesToApprove(commands: readonly string[]): string[] {
  if (commands.some((command) => EXEC_COMMANDS.has(command))) {
    return ["operator.pairing", "operator.admin"];
  }
  return commands.length > 0 ? ["operator.pairing", "operator.write"] : ["operator.pairing"];
}

function platformOf(text: string | undefined): NodePlatform | undefined {
  const name = text?.trim().toLowerCase() ?? "";
  return PLATFORM_NAMES.find(([pattern]) => pattern.test(name))?.[1];
}

function group(prefix: string, names: string): string[] {
  return names.split(" ").map((name) => `${prefix}.${name}`);
}
