/**
 * Takes over the conversations of an earlier gateway; its files stay as they are.
 *
 * What was taken over is known by its content: a second time nothing changes, and a file that has
 * grown gives what it has grown by. What is newer here stays, unless its session is named.
 *
 * @module
 */
import { basename, join } from "@std/path";
import type { Clock, JsonObject } from "../../base/mod.ts";
import type { Store } from "../../store/mod.ts";
import type { Tables } from "../turns.ts";
import { momentOf } from "./entries.ts";
import {
  type FoundArchive,
  type FoundSession,
  readSessionFolder,
  type SessionFolder,
} from "./folder.ts";
import { type ImportedTranscript, ImportTable } from "./import_table.ts";
import { isSessionId } from "./session_fields.ts";
import { readHeader, scanTranscript } from "./scan.ts";
import { type Placed, Placing } from "./placing.ts";
import {
  appendTranscript,
  countMessages,
  type FoundTranscript,
  importTranscript,
  setAside,
} from "./transcript_import.ts";
import type { ImportItem, ImportOptions, SessionImport } from "./types.ts";

/** What stands between a file and its transcript here. */
type Standing =
  | { kind: "new" | "same" | "grown" }
  | { kind: "removed" | "conflict" | "taken"; reason: string };

/** A transcript to take over and, when it is a session's current one, the session. */
interface Unit {
  readonly name: string;
  readonly key: string;
  readonly sessionId: string;
  readonly file: string;
  readonly session?: FoundSession;
  readonly archive?: FoundArchive;
}

/** Imports folders of conversations into a store. */
export class SessionImporter {
  readonly #database: Store;
  readonly #tables: Tables;
  readonly #imports: ImportTable;
  readonly #clock: Clock;
  readonly #options: ImportOptions;
  readonly #result: SessionImport = { items: [], damaged: [] };

  constructor(database: Store, tables: Tables, clock: Clock, options: ImportOptions) {
    this.#database = database;
    this.#tables = tables;
    this.#imports = new ImportTable(database.connection);
    this.#clock = clock;
    this.#options = options;
  }

  /**
   * Takes over the sessions of some folders, the newest first, or what they were before.
   *
   * @returns Everything that was done so far.
   * @throws {AppError} What reading a folder or writing to the store fails with.
   */
  async run(
    folders: readonly SessionFolder[],
    which: "sessions" | "archives",
  ): Promise<SessionImport> {
    for (const folder of folders) {
      const { sessions, archives, leftOut } = await readSessionFolder(folder);
      if (which === "sessions") {
        for (const { unit, reason } of leftOut) this.#done(skipped(unit, reason));
        for (const session of sessions) {
          await this.#take(folder, { ...session, name: session.key, session });
        }
        continue;
      }
      for (const archive of archives) {
        const key = archive.key ?? archiveKey(archive, archive.sessionId);
        await this.#take(folder, { ...archive, key, name: key, archive });
      }
    }
    return this.#result;
  }

  async #take(folder: SessionFolder, given: Unit): Promise<void> {
    let unit = given;
    this.#options.signal?.throwIfAborted();
    const path = join(folder.dir, unit.file);
    const info = await Deno.lstat(path).catch(() => undefined);
    if (info === undefined || !info.isFile) {
      const reason = info?.isSymlink
        ? "its transcript is a symbolic link"
        : "its transcript is gone";
      return this.#done(skipped(unit.name, reason, path));
    }
    const header = await readHeader(path);
    const name = sourceName(unit.file, header);
    const source = `${folder.agentId}/${name}`;
    unit = unit.archive === undefined ? unit : asArchive(unit, unit.archive, name);
    const known = this.#imports.find(source);
    const scan = await scanTranscript(path, known?.bytes ?? 0);
    for (const { line, reason } of scan.damage) {
      this.#result.damaged.push({ file: path, line, reason });
    }
    const startedAt = momentOf(header?.timestamp) ??
      momentOf(unit.session?.entry.sessionStartedAt) ?? info.mtime?.getTime() ?? 0;
    const found = { path, source, sessionId: unit.sessionId, scan, startedAt };
    this.#done(await this.#takeFound(unit, found, known));
  }

  async #takeFound(
    unit: Unit,
    found: FoundTranscript,
    known: ImportedTranscript | undefined,
  ): Promise<ImportItem> {
    const item = { unit: unit.name, file: found.path, messages: 0 };
    let standing = this.#standing(found, known);
    const isForced = this.#options.force?.has(unit.key) ?? false;
    if (isForced && "reason" in standing) standing = { kind: "new" };
    if ("reason" in standing) {
      const isSkip = standing.kind === "removed";
      return { ...item, action: isSkip ? "skip" : "conflict", reason: standing.reason };
    }
    switch (standing.kind) {
      case "new":
        return await this.#importNew(unit, found, known, item, isForced);
      case "grown":
        return await this.#append(unit, found, known!, item, isForced);
      case "same":
        return await this.#refresh(unit, known!, item, isForced);
    }
    return { ...item, action: "same" };
  }

  #standing(
    { scan, sessionId, source }: FoundTranscript,
    known: ImportedTranscript | undefined,
  ): Standing {
    if (known === undefined) {
      const isTaken = this.#tables.messages.find(sessionId) !== undefined;
      const reason = `another transcript with the id ${sessionId} is here already`;
      return isTaken ? { kind: "taken", reason } : { kind: "new" };
    }
    const { messages } = this.#tables;
    if (!messages.exists(known.transcriptId)) {
      return {
        kind: "removed",
        reason: "it was taken over earlier and has been removed here since",
      };
    }
    if (scan.beginningSha256 !== known.sha256) {
      return { kind: "conflict", reason: `${source} was rewritten since it was taken over` };
    }
    if (scan.bytes === known.bytes) return { kind: "same" };
    if (messages.lastSeq(known.transcriptId) > known.lastSeq) {
      return { kind: "conflict", reason: "the conversation went on in both places" };
    }
    const isContinued = known.leafId === undefined || scan.pathIds.has(known.leafId);
    return isContinued
      ? { kind: "grown" }
      : { kind: "conflict", reason: "part of what was taken over has been taken back there" };
  }

  async #importNew(
    unit: Unit,
    found: FoundTranscript,
    known: ImportedTranscript | undefined,
    item: Omit<ImportItem, "action">,
    isForced: boolean,
  ): Promise<ImportItem> {
    const placing = this.#placing(unit, isForced);
    if (this.#options.dryRun) {
      const messages = await countMessages(found);
      return { ...item, messages, ...outcomeOf("import", placing.preview()) };
    }
    const old = this.#tables.messages.find(found.sessionId) ??
      (known && this.#tables.messages.exists(known.transcriptId)
        ? { id: known.transcriptId }
        : undefined);
    const now = this.#clock.now();
    const writing = { database: this.#database, tables: this.#tables, imports: this.#imports };
    if (old !== undefined) {
      await this.#database.transact(() => setAside(this.#tables, old.id, now));
    }
    const messages = await importTranscript(
      writing,
      found,
      now,
      (transcript) => placing.place(transcript),
      this.#options.signal,
    );
    return { ...item, messages, ...outcomeOf("import", placing.outcome) };
  }

  async #append(
    unit: Unit,
    found: FoundTranscript,
    known: ImportedTranscript,
    item: Omit<ImportItem, "action">,
    isForced: boolean,
  ): Promise<ImportItem> {
    const placing = this.#placing(unit, isForced);
    if (this.#options.dryRun) {
      const messages = await countMessages(found, known);
      return { ...item, messages, ...outcomeOf("append", placing.preview()) };
    }
    const writing = { database: this.#database, tables: this.#tables, imports: this.#imports };
    const transcript = { id: known.transcriptId, sessionId: found.sessionId };
    const messages = await appendTranscript(
      writing,
      found,
      known,
      this.#clock.now(),
      () => placing.place(transcript),
    );
    return { ...item, messages, ...outcomeOf("append", placing.outcome) };
  }

  /** The file is known; what is said of its session may be newer. */
  async #refresh(
    unit: Unit,
    known: ImportedTranscript,
    item: Omit<ImportItem, "action">,
    isForced: boolean,
  ): Promise<ImportItem> {
    const placing = this.#placing(unit, isForced);
    const preview = placing.preview();
    if (preview === "kept" || preview === "unchanged" || this.#options.dryRun) {
      return { ...item, ...outcomeOf("same", preview) };
    }
    const transcript = { id: known.transcriptId, sessionId: unit.sessionId };
    await this.#database.transact(() => placing.place(transcript));
    return { ...item, ...outcomeOf("same", placing.outcome) };
  }

  #placing(unit: Unit, isForced: boolean): Placing {
    return new Placing(this.#tables, unit, this.#clock.now(), isForced);
  }

  #done(item: ImportItem): void {
    this.#result.items.push(item);
    this.#options.onItem?.(item);
  }
}

/** What an import of a transcript comes to, with what became of its session. */
function outcomeOf(
  action: "import" | "append" | "same",
  placed: Placed,
): Pick<ImportItem, "action" | "reason"> {
  switch (placed) {
    case "kept":
      return {
        action: action === "same" ? "same" : "conflict",
        reason: "a newer conversation is here; this one was put among its earlier ones",
      };
    case "changed":
      return { action: action === "same" ? "update" : action };
    case "unlabelled":
      return { action, reason: "another session has its label" };
    case "unchanged":
      return { action };
  }
}

function skipped(unit: string, reason: string, file?: string): ImportItem {
  return { unit, action: "skip", messages: 0, reason, ...(file === undefined ? {} : { file }) };
}

/** The key of conversations whose session is not known. */
function archiveKey({ agentId }: FoundArchive, sessionId: string): string {
  return `agent:${agentId}:archived:${sessionId.toLowerCase()}`;
}

/** An earlier conversation under the id that it names itself. */
function asArchive(unit: Unit, archive: FoundArchive, sessionId: string): Unit {
  if (!isSessionId(sessionId)) return unit;
  const key = archive.key ?? archiveKey(archive, sessionId);
  return { ...unit, sessionId, key, name: `${key} (${sessionId})` };
}

/**
 * What a transcript is known by: the id it names itself. Its file may be named after the one before it,
 * when the session was reset; only a topic's file says more than the id.
 */
function sourceName(file: string, header: JsonObject | undefined): string {
  const stem = basename(file).replace(/\.jsonl.*$/, "");
  const id = header?.id;
  return typeof id !== "string" || stem.startsWith(`${id}-topic-`) ? stem : id;
}
