/**
 * Checks who imports whom in `lib/`: the table of rooms, the doors between them, channels apart from
 * each other, no cycles, packages by their alias.
 *
 * The module graph comes from `deno info`, so type imports and dynamic imports count too.
 *
 * @module
 */
import { fromFileUrl, join, relative, toFileUrl } from "@std/path";

/** Per room, the rooms it may import. `*` before a name allows types only. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  platform: ["base"],
  protocol: ["base", "platform"],
  config: ["base", "platform", "protocol"],
  secrets: ["base", "platform", "config"],
  store: ["base", "platform"],
  sessions: ["base", "platform", "protocol", "store"],
  devices: ["base", "platform", "protocol", "store"],
  exec: ["base", "platform", "protocol"],
  approvals: ["base", "protocol", "store"],
  nodehost: ["base", "platform", "protocol", "devices", "exec"],
  cron: ["base", "platform", "protocol", "store"],
  models: ["base", "protocol", "config", "secrets"],
  agents: [
    ...["base", "platform", "protocol", "config", "secrets", "store", "sessions", "models", "exec"],
    "approvals",
  ],
  wizard: ["base", "protocol", "config", "models"],
  migrate: ["base", "platform", "config", "store", "sessions", "devices", "cron"],
  channels: ["base", "protocol", "config", "secrets"],
  ui: ["*protocol"],
  http: ["base", "protocol"],
  edge: ["base", "platform"],
  tls: ["base", "platform"],
  pdf: ["base", "platform"],
  gateway: [
    ...[
      "base",
      "platform",
      "protocol",
      "config",
      "secrets",
      "store",
      "sessions",
      "devices",
      "exec",
      "approvals",
      "cron",
      "models",
      "agents",
    ],
    ...["wizard", "channels", "ui", "http", "edge", "tls", "pdf", "update"],
  ],
  update: ["base", "platform", "store"],
  service: ["base", "platform"],
  doctor: ["base", "platform", "protocol", "config", "secrets", "service", "tls"],
  cli: [
    ...[
      "base",
      "platform",
      "protocol",
      "config",
      "secrets",
      "store",
      "sessions",
      "devices",
      "exec",
      "approvals",
      "nodehost",
      "cron",
      "models",
      "agents",
    ],
    ...[
      "wizard",
      "migrate",
      "channels",
      "ui",
      "http",
      "gateway",
      "service",
      "doctor",
      "tls",
      "pdf",
      "update",
    ],
  ],
};

/** Public doors of rooms besides `mod.ts`, as paths below `lib/`. */
export const EXTRA_DOORS: ReadonlySet<string> = new Set([
  "agents/compaction/mod.ts",
  "agents/tools/mod.ts",
  "base/testing.ts",
  "base/version.ts",
  "config/schema/mod.ts",
  "cron/presence.ts",
  "devices/client.ts",
  "doctor/security/mod.ts",
  "pdf/child.ts",
  "protocol/client/mod.ts",
  "protocol/methods/mod.ts",
  "secrets/audit/mod.ts",
  "secrets/plan/mod.ts",
  "update/files.ts",
  "sessions/import/locate.ts",
  "sessions/import/mod.ts",
]);

/** One import, from file to file; paths are relative to the root, with `/`. */
export interface Edge {
  readonly from: string;
  /** The file, or the specifier as written when it is not one of ours. */
  readonly to: string;
  readonly specifier: string;
  readonly isTypeOnly: boolean;
}

interface InfoDependency {
  readonly specifier: string;
  readonly code?: { readonly specifier?: string };
  readonly type?: { readonly specifier?: string };
}

interface InfoModule {
  readonly specifier: string;
  readonly error?: string;
  readonly dependencies?: readonly InfoDependency[];
}

async function* sourceFiles(dir: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(dir)) {
    const path = join(dir, entry.name);
    if (entry.isDirectory) yield* sourceFiles(path);
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) yield path;
  }
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

async function moduleInfo(root: string): Promise<readonly InfoModule[]> {
  const files: string[] = await Array.fromAsync(sourceFiles(join(root, "lib")));
  const main = join(root, "main.ts");
  if (await exists(main)) files.push(main);
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    const lines = files.map((file) => `import ${JSON.stringify(toFileUrl(file).href)};`);
    await Deno.writeTextFile(entry, lines.join("\n"));
    const config = join(root, "deno.json");
    const options = await exists(config) ? ["--config", config] : ["--no-config"];
    const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", "--no-lock", ...options, entry],
    }).output();
    const text = new TextDecoder();
    if (!success) throw new Error(`Cannot read the module graph: ${text.decode(stderr)}`);
    const { modules } = JSON.parse(text.decode(stdout)) as { modules: readonly InfoModule[] };
    return modules.filter((module) => module.specifier !== toFileUrl(entry).href);
  } finally {
    await Deno.remove(entry);
  }
}

/**
 * All imports of the files below `lib/` and of `main.ts`.
 *
 * @throws {Error} When a module cannot be read or parsed.
 */
export async function readEdges(root: string): Promise<Edge[]> {
  const edges: Edge[] = [];
  const local = (specifier: string): string =>
    specifier.startsWith("file:")
      ? relative(root, fromFileUrl(specifier)).replaceAll("\\", "/")
      : specifier;
  for (const module of await moduleInfo(root)) {
    if (!module.specifier.startsWith("file:")) continue;
    if (module.error !== undefined) throw new Error(`${local(module.specifier)}: ${module.error}`);
    for (const dependency of module.dependencies ?? []) {
      const target = dependency.code?.specifier ?? dependency.type?.specifier;
      edges.push({
        from: local(module.specifier),
        to: local(target ?? dependency.specifier),
        specifier: dependency.specifier,
        isTypeOnly: dependency.code?.specifier === undefined,
      });
    }
  }
  return edges;
}

function roomOf(path: string): string | undefined {
  const parts = path.split("/");
  return parts[0] === "lib" && parts.length > 2 && parts[1] !== "std" ? parts[1] : undefined;
}

function isTest(path: string): boolean {
  return /_test\.tsx?$/.test(path);
}

function isDoor(path: string): boolean {
  const below = path.slice("lib/".length);
  return /^[^/]+\/mod\.tsx?$/.test(below) || EXTRA_DOORS.has(below);
}

function checkRooms(edge: Edge): string | undefined {
  const target = roomOf(edge.to);
  if (target === undefined) return undefined;
  const source = roomOf(edge.from);
  if (source === target) return undefined;
  if (!isDoor(edge.to)) return `${edge.from}: imports the inside of another room: ${edge.to}`;
  if (edge.from === "main.ts") {
    return target === "cli" ? undefined : `main.ts: imports lib/${target}, may import lib/cli only`;
  }
  if (source === undefined || isTest(edge.from)) return undefined;
  const allowed = ROOMS[source];
  if (allowed === undefined) return `${edge.from}: room "${source}" is not in the table`;
  if (allowed.includes(target)) return undefined;
  if (!allowed.includes(`*${target}`)) {
    return `${edge.from}: lib/${source} may not import lib/${target}`;
  }
  return edge.isTypeOnly
    ? undefined
    : `${edge.from}: lib/${source} may import types only from lib/${target}`;
}

/** The folder of a channel, or `undefined` for the shared files of the room. */
function channelOf(path: string): string | undefined {
  return /^lib\/channels\/([^/]+)\//.exec(path)?.[1];
}

function checkChannel(edge: Edge): string | undefined {
  const [from, to] = [channelOf(edge.from), channelOf(edge.to)];
  if (from === undefined || to === undefined || from === to) return undefined;
  return `${edge.from}: channel "${from}" imports channel "${to}"`;
}

function checkSpecifier(edge: Edge): string | undefined {
  if (edge.from.startsWith("lib/std/")) return undefined;
  if (/^(npm|jsr|https?):/.test(edge.specifier)) {
    return `${edge.from}: "${edge.specifier}" is not imported by its alias in deno.json`;
  }
  if (edge.specifier.startsWith(".") && edge.to.startsWith("lib/std/")) {
    return `${edge.from}: "${edge.specifier}" is not imported as @std`;
  }
  return undefined;
}

/**
 * Cycles of a graph, each as a path that ends where it starts; one per strongly connected part.
 */
export function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (node: string, path: string[]): void => {
    const start = path.indexOf(node);
    if (start >= 0) {
      cycles.push([...path.slice(start), node]);
      return;
    }
    if (done.has(node)) return;
    path.push(node);
    for (const next of graph.get(node) ?? []) visit(next, path);
    path.pop();
    done.add(node);
  };
  for (const node of [...graph.keys()].sort()) visit(node, []);
  return cycles;
}

function graphOf(
  edges: readonly Edge[],
  name: (path: string) => string | undefined,
): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const edge of edges) {
    const [from, to] = [name(edge.from), name(edge.to)];
    if (from === undefined || to === undefined || from === to) continue;
    graph.set(from, (graph.get(from) ?? new Set()).add(to));
  }
  return graph;
}

/** Every violation among the imports, sorted, as sentences that start with the file. */
export function checkEdges(edges: readonly Edge[]): string[] {
  const found = new Set<string>();
  for (const edge of edges) {
    for (const problem of [checkRooms(edge), checkChannel(edge), checkSpecifier(edge)]) {
      if (problem !== undefined) found.add(problem);
    }
  }
  const sources = edges.filter((edge) => !isTest(edge.from));
  for (const cycle of findCycles(graphOf(sources, (path) => path))) {
    found.add(`${cycle[0]}: cycle of files: ${cycle.join(" -> ")}`);
  }
  for (const cycle of findCycles(graphOf(sources, roomOf))) {
    found.add(`lib/${cycle[0]}: cycle of rooms: ${cycle.join(" -> ")}`);
  }
  return [...found].sort();
}

async function main(): Promise<number> {
  const edges = await readEdges(fromFileUrl(new URL("..", import.meta.url)));
  const problems = checkEdges(edges);
  for (const problem of problems) console.error(problem);
  const files = new Set(edges.map((edge) => edge.from)).size;
  console.log(`layers: ${files} files, ${edges.length} imports, ${problems.length} problems`);
  return problems.length === 0 ? 0 : 1;
}

if (import.meta.main) {
  Deno.exitCode = await main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
