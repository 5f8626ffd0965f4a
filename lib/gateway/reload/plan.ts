/**
 * What it takes to go from one configuration to another.
 *
 * @module
 */
import { isObject, type JsonObject } from "../../base/mod.ts";
import {
  changedPaths,
  type ConfigSnapshot,
  loadConfigSchema,
  lookup,
  parsePath,
  type Path,
  type ReloadClass,
} from "../../config/mod.ts";

/** One changed value. */
export interface PlannedChange {
  /** Such as `gateway.port`, or `.env NAME` for a variable of a file. */
  readonly path: string;
  readonly reload: ReloadClass;
}

/** Every change, and what follows from them. */
export interface ReloadPlan {
  readonly changes: readonly PlannedChange[];
  /** Paths that take effect at the next start. */
  readonly restartPaths: readonly string[];
}

type Configured = Pick<ConfigSnapshot, "parsed" | "config" | "fileVariables" | "resolved">;

/** Variables that the gateway reads again whenever a configuration comes into force. */
const LIVE_VARIABLES: ReadonlySet<string> = new Set([
  "OPENCLAW_GATEWAY_TOKEN",
  "OPENCLAW_GATEWAY_PASSWORD",
]);

/** Compares what is in force with what is to be. */
export async function planReload(before: Configured, after: Configured): Promise<ReloadPlan> {
  const { reloadClassOf } = await loadConfigSchema();
  const paths = new Set([
    ...changedPaths(before.parsed, after.parsed),
    // The same text means something else when a variable has changed.
    ...changedPaths(
      before.resolved?.pointers ?? before.config,
      after.resolved?.pointers ?? after.config,
    ),
  ]);
  const changes = [
    ...[...paths].map((path) => {
      const classes = [before, after].flatMap(({ parsed }) => leavesAt(parsed, path))
        .map(reloadClassOf);
      return { path, reload: strongest(classes) };
    }),
    ...changedVariables(before.fileVariables, after.fileVariables),
  ];
  const restartPaths = changes.filter(({ reload }) => reload === "restart").map(({ path }) => path);
  return { changes, restartPaths };
}

/** The deepest paths of a value: what comes or goes as a whole is no more than its parts. */
function leavesAt(root: JsonObject, path: string): Path[] {
  const { found, value } = lookup(root, path);
  return found ? [...leavesBelow(value, parsePath(path))] : [];
}

function* leavesBelow(value: unknown, path: Path): Generator<Path> {
  const entries = isObject(value) ? Object.entries(value) : [];
  if (entries.length === 0) yield path;
  for (const [key, child] of entries) yield* leavesBelow(child, [...path, key]);
}

function strongest(classes: readonly ReloadClass[]): ReloadClass {
  return (["restart", "channel"] as const).find((one) => classes.includes(one)) ?? "live";
}

function changedVariables(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): PlannedChange[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => before[name] !== after[name]).map((name) => ({
    path: `.env ${name}`,
    reload: name.startsWith("OPENCLAW_") && !LIVE_VARIABLES.has(name) ? "restart" : "live",
  }));
}
