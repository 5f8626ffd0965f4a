/**
 * What gateways of a state folder that ended badly have left.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";

const NAME = /^openclaw-stability-.*\.json$/;

/** A bundle as it was read. */
export interface StoredBundle {
  readonly path: string;
  readonly bundle: JsonObject;
}

/**
 * Reads a bundle.
 *
 * @param which `latest`, or the path of one.
 * @returns `undefined` when there is none at all.
 * @throws {AppError} `NOT_FOUND` for a path that leads nowhere, `IO_ERROR` for a file that is no bundle.
 */
export async function readBundle(
  stateDir: string,
  which: string,
): Promise<StoredBundle | undefined> {
  const { readTextFileIfExists } = await import("../../platform/mod.ts");
  const path = which === "latest" ? await latestPath(stateDir) : which;
  if (path === undefined) return undefined;
  const text = await readTextFileIfExists(path);
  const bundle = parseJsonOrUndefined(text ?? "");
  if (text !== undefined && isObject(bundle) && isObject(bundle.snapshot)) return { path, bundle };
  throw new AppError(
    text === undefined ? "NOT_FOUND" : "IO_ERROR",
    `Cannot read a stability bundle from "${path}": ${
      text === undefined ? "there is no such file" : "it is none"
    }`,
    { hint: "openclaw gateway stability --bundle latest" },
  );
}

async function latestPath(stateDir: string): Promise<string | undefined> {
  const { stabilityFolder } = await import("../../platform/mod.ts");
  const folder = stabilityFolder(stateDir);
  try {
    // The names begin with the time.
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) =>
      NAME.test(name)
    );
    const last = names.sort().at(-1);
    return last === undefined ? undefined : join(folder, last);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
