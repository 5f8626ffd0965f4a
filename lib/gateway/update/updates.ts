/**
 * `update.run` and `update.status`: an updater that is started for a client, and what came of it.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, errorMessage, isObject, VERSION } from "../../base/mod.ts";
import { ensureDir, fileExistsSync, writeFileAtomic } from "../../platform/mod.ts";
import type { UpdateRunResult, UpdateStatusResult } from "../../protocol/mod.ts";
import type { MethodParams } from "../../protocol/methods/mod.ts";
import { journalPath, updateFolder } from "../../update/files.ts";
import { sentinelPath, takeSentinel } from "../restart/sentinel.ts";
import type { GatewayState } from "../state.ts";
import type { LaunchUpdater } from "./launch.ts";
import type { UpdateControl } from "./types.ts";

/** Looks this often for the end of an update. */
const POLL_MS = 1000;
/** An updater that has not told anything by then never will. */
const GIVE_UP_MS = 60 * 60_000;

/** Starts updates and waits for their notes; end it with {@linkcode Updates.close}. */
export class Updates implements UpdateControl {
  readonly #stateOf: () => GatewayState;
  readonly #launch: LaunchUpdater;
  readonly #pollMs: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** @param state Asked for when something happens, not before the gateway is put together. */
  constructor(state: () => GatewayState, launch: LaunchUpdater, pollMs: number = POLL_MS) {
    this.#stateOf = state;
    this.#launch = launch;
    this.#pollMs = pollMs;
  }

  get #state(): GatewayState {
    return this.#stateOf();
  }

  start(): void {
    if (fileExistsSync(journalPath(this.#state.paths.stateDir))) this.#wait();
  }

  async run(params: MethodParams<"update.run">): Promise<UpdateRunResult> {
    const { paths, clock, log } = this.#state;
    this.#assertSource();
    if (this.#timer !== undefined) throw running();
    const { sessionKey, deliveryContext, note, continuationMessage, timeoutMs } = params;
    const asked = { sessionKey, deliveryContext, note, continuationMessage };
    const folder = updateFolder(paths.stateDir);
    await ensureDir(folder);
    const path = join(folder, "asked.json");
    await writeFileAtomic(path, JSON.stringify(asked));
    const timeout = timeoutMs === undefined
      ? []
      : ["--timeout", String(Math.max(1, Math.ceil(timeoutMs / 1000)))];
    await this.#launch(["--asked", path, ...timeout]);
    log.info("update: the updater was started");
    this.#wait();
    return {
      ok: true,
      result: { status: "started", mode: "binary", before: { version: VERSION } },
      // The updater restarts the gateway when the new version is ready for it.
      restart: null,
      sentinel: {
        path: sentinelPath(paths.stateDir),
        payload: {
          kind: "update",
          status: "started",
          ts: clock.now(),
          ...(sessionKey === undefined ? {} : { sessionKey }),
          message: note ?? null,
          stats: { mode: "binary", before: { version: VERSION } },
        },
      },
    };
  }

  async status(): Promise<UpdateStatusResult> {
    const { noteOf, readOutcome } = await import("../../update/mod.ts");
    const outcome = await readOutcome(this.#state.paths.stateDir);
    return { sentinel: outcome === undefined ? null : { ...noteOf(outcome) } };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** Without a source the updater would only fail, where nobody sees it. */
  #assertSource(): void {
    const { config, processEnv } = this.#state.config();
    const update: unknown = config.update;
    if (processEnv.get("OPENCLAW_UPDATE_URL")?.trim()) return;
    if (isObject(update) && typeof update.url === "string" && update.url !== "") return;
    throw new AppError(
      "UPDATE_SOURCE_MISSING",
      "Cannot update: no release index is configured",
      { hint: "openclaw config set update.url https://<host>/<path>/index.json" },
    );
  }

  #wait(): void {
    const { clock } = this.#state;
    const giveUpAt = clock.monotonic() + GIVE_UP_MS;
    clearInterval(this.#timer);
    this.#timer = setInterval(() => {
      this.#looking = this.#looking.then(() => this.#look(giveUpAt)).catch((error) => {
        this.#state.log.warn(`update: cannot look for its end: ${errorMessage(error)}`);
      });
    }, this.#pollMs);
  }

  async #look(giveUpAt: number): Promise<void> {
    const { paths, clock } = this.#state;
    if (fileExistsSync(journalPath(paths.stateDir))) return;
    const isOver = await isNoteOfUpdate(sentinelPath(paths.stateDir));
    if (!isOver && clock.monotonic() < giveUpAt) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    if (isOver) await takeSentinel(this.#state);
  }
}

/** The note of another restart is for the next gateway, which is not this one. */
async function isNoteOfUpdate(path: string): Promise<boolean> {
  if (!fileExistsSync(path)) return false;
  const file: unknown = JSON.parse(await Deno.readTextFile(path));
  return isObject(file) && isObject(file.payload) && file.payload.kind === "update";
}

function running(): AppError {
  return new AppError("UPDATE_RUNNING", "Cannot update: another update is under way", {
    hint: "openclaw update status",
    retryable: true,
  });
}
