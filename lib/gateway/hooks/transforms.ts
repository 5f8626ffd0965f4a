/**
 * Scripts of mappings: modules on disk that make an action from a request.
 *
 * @module
 */
import { extname, isAbsolute, join, relative, resolve, toFileUrl } from "@std/path";
import { AppError, errorMessage, withTimeout } from "../../base/mod.ts";
import type { HookMappingConfig } from "../../config/mod.ts";

/** The folder of the scripts, below that of the configuration. */
const FOLDER = join("hooks", "transforms");
/** What a script gets to answer; senders give up soon after it. */
const TRANSFORM_TIMEOUT_MS = 10_000;
/** The runtime takes no others from disk. */
const EXTENSIONS: ReadonlySet<string> = new Set([".mjs", ".js"]);

/** Where scripts are, and how long they may take. */
export interface TransformPlace {
  /** Folder of `openclaw.json`. */
  readonly configDir: string;
  /** As configured, relative to the folder of the scripts. */
  readonly transformsDir: string | undefined;
  readonly timeoutMs?: number;
}

/**
 * Calls the script of a mapping.
 *
 * @returns What it returns.
 * @throws {AppError} `HOOK_MAPPING_FAILED`; `details.reason` is for the log, and says nothing of what
 * the request had in it.
 */
export async function runTransform(
  place: TransformPlace,
  transform: NonNullable<HookMappingConfig["transform"]>,
  scope: unknown,
): Promise<unknown> {
  const timeoutMs = place.timeoutMs ?? TRANSFORM_TIMEOUT_MS;
  const answer = loadFunction(place, transform).then((call) => call(scope));
  try {
    return await withTimeout(answer, timeoutMs, () => {
      throw failed(`its script took longer than ${timeoutMs} ms`);
    });
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw failed(`its script threw ${describeThrown(error)}`);
  } finally {
    // Whoever was given up on may still fail; that was reported already.
    answer.catch(() => {});
  }
}

type Transform = (scope: unknown) => unknown;

async function loadFunction(
  place: TransformPlace,
  transform: NonNullable<HookMappingConfig["transform"]>,
): Promise<Transform> {
  const name = transform.module.trim();
  const file = await locate(place, name);
  if (!EXTENSIONS.has(extname(file))) {
    throw failed(`its script "${name}" is no .mjs or .js file; translate it to JavaScript first`);
  }
  let module: Record<string, unknown>;
  try {
    const { mtime } = await Deno.stat(file);
    // A module is read once per address: a changed file gets another one.
    module = await import(`${toFileUrl(file).href}?changed=${mtime?.getTime() ?? 0}`);
  } catch (error) {
    throw failed(`its script "${name}" cannot be loaded: ${errorMessage(error)}`);
  }
  const wanted = transform.export?.trim();
  const found = wanted ? module[wanted] : module.default ?? module.transform;
  if (typeof found === "function") return found as Transform;
  throw failed(`its script "${name}" exports no function ${wanted || '"default" or "transform"'}`);
}

/** The file itself: links have been followed, and lead nowhere outside. */
async function locate(
  { configDir, transformsDir }: TransformPlace,
  name: string,
): Promise<string> {
  const root = join(configDir, FOLDER);
  const folder = resolve(root, transformsDir ?? ".");
  try {
    const realRoot = await Deno.realPath(root);
    const file = await Deno.realPath(resolve(folder, name));
    if (isInside(realRoot, await Deno.realPath(folder)) && isInside(realRoot, file)) return file;
  } catch (error) {
    throw failed(`its script "${name}" cannot be found: ${errorMessage(error)}`);
  }
  throw failed(`its script "${name}" is outside "${root}"`);
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return !isAbsolute(way) && way.split(/[\\/]/)[0] !== "..";
}

/** Kind and place of a failure; its message may repeat what the request said. */
function describeThrown(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const place = /([^/\\()\s]+\.m?js)(?:\?[^:]*)?:(\d+):\d+/.exec(error.stack ?? "");
  return place ? `${error.name} at ${place[1]}:${place[2]}` : error.name;
}

function failed(reason: string): AppError {
  return new AppError("HOOK_MAPPING_FAILED", "hook mapping failed", {
    hint: "openclaw logs",
    details: { reason },
  });
}
