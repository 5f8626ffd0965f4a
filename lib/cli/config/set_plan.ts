/**
 * What `config set` was asked to set: one value, a reference to a secret, a provider, or a batch.
 *
 * @module
 */
import { AppError, isObject } from "../../base/mod.ts";
import type { CommandContext } from "../table.ts";
import { parseGiven, readGivenFile } from "./payload.ts";
import { providerOf } from "./provider_options.ts";

/** One value to set. */
export interface Setting {
  readonly path: string;
  readonly value: unknown;
}

const HELP = "openclaw config set --help";

/**
 * Reads arguments and options.
 *
 * @throws {AppError} `USAGE` when they do not go together.
 */
export async function readSettings({ args, options }: CommandContext): Promise<Setting[]> {
  const batch = options.text("batch-json");
  const batchFile = options.text("batch-file");
  if (batch !== undefined && batchFile !== undefined) throw usage("give one batch, not two");
  if (batch !== undefined || batchFile !== undefined) {
    if (args.length > 0) throw usage("a batch names its paths itself");
    return readBatch(await parseGiven(batch ?? await readGivenFile(batchFile!), HELP));
  }
  const [path, text] = args;
  if (path === undefined) throw usage("a path is missing");
  const built = [referenceOf(options), providerOf(options)].filter((value) => value !== undefined);
  if (built.length + (text === undefined ? 0 : 1) !== 1) {
    throw usage("give one of a value, a reference by --ref-... and a provider by --provider-...");
  }
  const value = built[0] ?? await parseValue(text!, options.flag("strict-json"));
  return [{ path, value }];
}

function referenceOf(options: CommandContext["options"]): unknown {
  const [source, provider, id] = ["ref-source", "ref-provider", "ref-id"].map((name) =>
    options.text(name)
  );
  if (source === undefined && provider === undefined && id === undefined) return undefined;
  if (source === undefined || id === undefined) {
    throw usage("a reference needs --ref-source and --ref-id");
  }
  return { source, provider: provider ?? "default", id };
}

function readBatch(value: unknown): Setting[] {
  if (!Array.isArray(value) || value.length === 0) throw usage("the batch is no list with entries");
  return value.map((entry, index): Setting => {
    const given = isObject(entry)
      ? ["value", "ref", "provider"].filter((key) => Object.hasOwn(entry, key))
      : [];
    if (!isObject(entry) || typeof entry.path !== "string" || given.length !== 1) {
      throw usage(`entry ${index} of the batch needs path and one of value, ref, provider`);
    }
    return { path: entry.path, value: entry[given[0]!] };
  });
}

/**
 * What was typed as a value: JSON5 where it is that, else the text itself.
 *
 * @throws {AppError} `USAGE` for other text when `isStrict`.
 */
export async function parseValue(text: string, isStrict: boolean): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    // Not plain JSON; the larger parser is only loaded for what may need it.
  }
  try {
    const { default: JSON5 } = await import("json5");
    const value: unknown = JSON5.parse(text);
    // Words such as NaN and Infinity are JSON5 numbers that no config can hold.
    if (typeof value !== "number" || Number.isFinite(value)) return value;
  } catch {
    if (isStrict) {
      // The text may be a secret, and so may every part of it that the parser quotes.
      throw new AppError("USAGE", "Cannot read the value as JSON5", {
        hint: `openclaw config set <path> '"text"' --strict-json`,
      });
    }
  }
  return text;
}

function usage(why: string): AppError {
  return new AppError("USAGE", `Cannot tell what to set: ${why}`, { hint: HELP });
}
