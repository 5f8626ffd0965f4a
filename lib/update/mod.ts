/**
 * Updates of the program by itself: one file is replaced, tried first, and put back when it does not
 * serve.
 *
 * Knows files, the journal and the order of steps. Services are driven through what it is handed.
 *
 * @module
 */
export { journalPath, previousPath } from "./files.ts";
export {
  type Journal,
  readJournal,
  readOutcome,
  readPreviousFacts,
  type UpdateStep,
} from "./journal.ts";
export { tryUpdateLock, withUpdateLock } from "./lock.ts";
export { noteOf, notePath, sentence, type UpdateNote } from "./note.ts";
export { PROBE_BUDGET_MS, type ProbeOptions, probeProgram } from "./probe.ts";
export { askVersion } from "./program.ts";
export { indexAddress } from "./release_index.ts";
export { resumeAtStart, resumeUpdate, type StartVerdict } from "./resume.ts";
export { sha256OfFile } from "./sha256.ts";
export { findRelease, type SourceOptions } from "./source.ts";
export { recordOutcome } from "./steps.ts";
export type {
  Release,
  UpdatedService,
  UpdateHost,
  UpdateOutcome,
  UpdateRequest,
  UpdateStatus,
} from "./types.ts";
export { runUpdate, type UpdateOptions } from "./update.ts";
export { compareVersions, isVersion } from "./version.ts";
