/**
 * Looks through a transcript file once: how its entries hang together, and what of it is damaged.
 *
 * A file is a tree. The newest entry and its ancestors are the conversation; everything else was taken
 * back by its user.
 *
 * @module
 */
import { isObject, type JsonObject, parseJsonOrUndefined } from "../../base/mod.ts";
import { FileChecksum, type FileLine, readLines } from "./lines.ts";

/** A line that could not be read, without the name of its file. */
export interface Damage {
  line: number;
  reason: string;
}

/** What a file is. */
export interface TranscriptScan {
  /** Line numbers of the conversation's entries. */
  path: ReadonlySet<number>;
  /** Id of the newest entry. */
  leafId: string | undefined;
  /** Ids of the conversation's entries. */
  pathIds: ReadonlySet<string>;
  /** Everything up to the last whole line. */
  bytes: number;
  lines: number;
  sha256: string;
  /** Checksum of the first bytes that were asked for; `undefined` when the file is shorter. */
  beginningSha256: string | undefined;
  damage: Damage[];
}

interface Entry {
  id: string | undefined;
  /** Place in the list; -1 for an entry that begins a conversation. */
  parent: number;
  line: number;
}

/** A line that is neither empty nor a JSON object. */
const BROKEN = Symbol("broken line");

/**
 * Reads a file from its beginning.
 *
 * @param beginning How many bytes an earlier look has seen.
 * @throws {AppError} `PERMISSION_DENIED` or `IO_ERROR`
 */
export async function scanTranscript(path: string, beginning: number): Promise<TranscriptScan> {
  const scan = new Scanner(beginning);
  for await (const lines of readLines(path)) for (const line of lines) scan.add(line);
  return scan.result();
}

/** The first line of a file, when it is what a transcript begins with. */
export async function readHeader(path: string): Promise<JsonObject | undefined> {
  for await (const [line] of readLines(path)) {
    if (line === undefined) continue;
    const value = parseLine(line);
    return isObject(value) && value.type === "session" ? value : undefined;
  }
  return undefined;
}

class Scanner {
  readonly #beginning: number;
  readonly #checksum = new FileChecksum();
  readonly #entries: Entry[] = [];
  readonly #places = new Map<string, number>();
  readonly #damage: Damage[] = [];
  #bytes = 0;
  #lines = 0;
  #beginningSha256: string | undefined;

  constructor(beginning: number) {
    this.#beginning = beginning;
  }

  add(line: FileLine): void {
    const value = parseLine(line);
    if (value === BROKEN) {
      this.#damage.push({ line: line.number, reason: reasonOf(line) });
      // What is still being written is read when it is whole.
      if (!line.isEnded) return;
    }
    this.#checksum.add(line.bytes);
    [this.#bytes, this.#lines] = [line.end, line.number];
    if (line.end === this.#beginning) this.#beginningSha256 = this.#checksum.hex;
    if (value === BROKEN || value === undefined) return;
    if (value.type !== "session") this.#addEntry(value, line.number);
  }

  #addEntry({ id, parentId }: JsonObject, line: number): void {
    const before = this.#entries.length - 1;
    const known = typeof parentId === "string" ? this.#places.get(parentId) : undefined;
    // Where the parent is lost or was never named, the line before is the best guess.
    const parent = parentId === null ? -1 : known ?? before;
    const entryId = typeof id === "string" && id !== "" ? id : undefined;
    if (entryId !== undefined) this.#places.set(entryId, this.#entries.length);
    this.#entries.push({ id: entryId, parent, line });
  }

  result(): TranscriptScan {
    const path = new Set<number>();
    const pathIds = new Set<string>();
    for (let at = this.#entries.length - 1; at >= 0;) {
      const { id, line, parent } = this.#entries[at]!;
      path.add(line);
      if (id !== undefined) pathIds.add(id);
      // An entry that names a later one would lead in a circle.
      at = parent < at ? parent : at - 1;
    }
    return {
      path,
      pathIds,
      leafId: this.#entries.at(-1)?.id,
      bytes: this.#bytes,
      lines: this.#lines,
      sha256: this.#checksum.hex,
      beginningSha256: this.#beginningSha256,
      damage: this.#damage,
    };
  }
}

/** The entry of a line; nothing for an empty one. */
export function parseLine({ text }: FileLine): JsonObject | undefined | typeof BROKEN {
  if (text === undefined) return BROKEN;
  if (text.trim() === "") return undefined;
  const value = parseJsonOrUndefined(text.replace(/^\ufeff/, ""));
  return isObject(value) ? value : BROKEN;
}

/** Whether a line could not be read. */
export function isBroken(value: unknown): value is typeof BROKEN {
  return value === BROKEN;
}

function reasonOf({ text, isEnded }: FileLine): string {
  if (text === undefined) return "it is no text";
  return isEnded ? "it is no JSON object" : "it is not finished";
}
