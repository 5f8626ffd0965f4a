/**
 * Archives of skills that clients upload in chunks, for an hour each.
 *
 * @module
 */
import { join } from "@std/path";
import { AppError, fromBase64, KeyedQueue, randomId } from "../../../../base/mod.ts";
import { lookup } from "../../../../config/mod.ts";
import { ensureDir, ioError } from "../../../../platform/mod.ts";
import { MAX_SKILL_CHUNK_BYTES } from "../../../../protocol/mod.ts";
import type { MethodParams } from "../../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../../state.ts";
import { assertSlug, placeSkill } from "./place.ts";

const TTL_MS = 3_600_000;
/** Uploads that wait at the same time; each may be large. */
const MAX_UPLOADS = 4;
const FOLDER = "skill-uploads";
const SETTING = ["skills", "install", "allowUploadedArchives"];

interface Upload {
  readonly id: string;
  readonly path: string;
  readonly slug: string;
  readonly sizeBytes: number;
  readonly sha256: string | undefined;
  readonly force: boolean;
  readonly idempotencyKey: string | undefined;
  receivedBytes: number;
  expiresAt: number;
  /** Set once the upload is complete and was checked. */
  hash?: string;
}

/** Takes uploads and installs them; off unless the configuration allows it. */
export class SkillUploads {
  readonly #state: GatewayState;
  readonly #uploads = new Map<string, Upload>();
  readonly #queue = new KeyedQueue();
  #isFresh = true;

  constructor(state: GatewayState) {
    this.#state = state;
  }

  /** Announces an archive. */
  begin(params: MethodParams<"skills.upload.begin">) {
    return this.#inTurn(async () => {
      assertSlug(params.slug);
      const known = this.#repeatOf(params);
      if (known) return viewOf(known);
      if (this.#uploads.size >= MAX_UPLOADS) {
        throw new AppError("UNAVAILABLE", `${MAX_UPLOADS} uploads are under way already`, {
          hint: "Finish one of them, or wait until it expires",
          retryable: true,
        });
      }
      const id = randomId();
      const upload: Upload = {
        id,
        path: join(await this.#folder(), `${id}.zip`),
        slug: params.slug,
        sizeBytes: params.sizeBytes,
        sha256: params.sha256?.toLowerCase(),
        force: params.force ?? false,
        idempotencyKey: params.idempotencyKey,
        receivedBytes: 0,
        expiresAt: this.#state.clock.now() + TTL_MS,
      };
      await append(upload.path, new Uint8Array(), 0);
      this.#uploads.set(id, upload);
      return viewOf(upload);
    });
  }

  /** Takes the next bytes; a chunk that was taken before is answered again. */
  chunk({ uploadId, offset, dataBase64 }: MethodParams<"skills.upload.chunk">) {
    return this.#inTurn(async () => {
      const upload = this.#find(uploadId);
      const bytes = fromBase64(dataBase64);
      if (!bytes || bytes.length === 0 || bytes.length > MAX_SKILL_CHUNK_BYTES) {
        throw invalid(`dataBase64 must be 1 to ${MAX_SKILL_CHUNK_BYTES} bytes of base64`);
      }
      if (offset + bytes.length <= upload.receivedBytes) return viewOf(upload);
      if (upload.hash !== undefined) throw invalid("the upload is complete");
      if (offset !== upload.receivedBytes) throw invalid(`offset must be ${upload.receivedBytes}`);
      if (offset + bytes.length > upload.sizeBytes) {
        throw invalid(`only ${upload.sizeBytes} bytes were announced`);
      }
      await append(upload.path, bytes, offset);
      upload.receivedBytes += bytes.length;
      upload.expiresAt = this.#state.clock.now() + TTL_MS;
      return viewOf(upload);
    });
  }

  /** Checks that everything has come and is what was announced. */
  commit({ uploadId, sha256 }: MethodParams<"skills.upload.commit">) {
    return this.#inTurn(async () => {
      const upload = this.#find(uploadId);
      if (upload.receivedBytes !== upload.sizeBytes) {
        throw invalid(`${upload.receivedBytes} of ${upload.sizeBytes} bytes have come`);
      }
      const hash = upload.hash ?? await hashOf(upload.path);
      for (const expected of [sha256?.toLowerCase(), upload.sha256]) {
        if (expected !== undefined && expected !== hash) throw invalid(`sha256 is ${hash}`);
      }
      upload.hash = hash;
      return { ...viewOf(upload), sha256: hash };
    });
  }

  /** Installs a complete upload, which is gone then. */
  install(params: { uploadId: string; slug: string; force?: boolean; sha256?: string }) {
    return this.#inTurn(async () => {
      const upload = this.#find(params.uploadId);
      if (upload.hash === undefined) throw invalid("the upload is not committed");
      if (upload.slug !== params.slug) throw invalid(`the upload is of "${upload.slug}"`);
      if (params.sha256 !== undefined && params.sha256.toLowerCase() !== upload.hash) {
        throw invalid(`sha256 is ${upload.hash}`);
      }
      const folder = await placeSkill(this.#state, {
        path: upload.path,
        slug: upload.slug,
        force: params.force ?? upload.force,
      });
      await this.#drop(upload);
      return folder;
    });
  }

  /** One call after another: chunks of one upload must not overtake each other. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#queue.run(FOLDER, async () => {
      this.#assertAllowed();
      await this.#dropExpired();
      return await work();
    });
  }

  #assertAllowed(): void {
    if (lookup(this.#state.config().config, SETTING).value === true) return;
    throw new AppError(
      "UNAVAILABLE",
      `Uploaded skill archive installs are disabled by ${SETTING.join(".")}`,
      { hint: `openclaw config set ${SETTING.join(".")} true` },
    );
  }

  #repeatOf(params: MethodParams<"skills.upload.begin">): Upload | undefined {
    const { idempotencyKey, slug, sizeBytes } = params;
    if (idempotencyKey === undefined) return undefined;
    const known = [...this.#uploads.values()].find((each) =>
      each.idempotencyKey === idempotencyKey
    );
    if (known && (known.slug !== slug || known.sizeBytes !== sizeBytes)) {
      throw invalid("idempotencyKey is that of another upload");
    }
    return known;
  }

  #find(uploadId: string): Upload {
    const upload = this.#uploads.get(uploadId);
    if (upload) return upload;
    throw invalid(`no upload "${uploadId.slice(0, 80)}", it may have expired`);
  }

  /** The folder of uploads; what an earlier process left there is of no use. */
  async #folder(): Promise<string> {
    const folder = join(this.#state.paths.stateDir, FOLDER);
    if (this.#isFresh) {
      await Deno.remove(folder, { recursive: true }).catch((error) => {
        if (!(error instanceof Deno.errors.NotFound)) throw ioError("remove", folder, error);
      });
      this.#isFresh = false;
    }
    await ensureDir(folder);
    return folder;
  }

  async #dropExpired(): Promise<void> {
    const now = this.#state.clock.now();
    for (const upload of [...this.#uploads.values()]) {
      if (upload.expiresAt <= now) await this.#drop(upload);
    }
  }

  async #drop({ id, path }: Upload): Promise<void> {
    this.#uploads.delete(id);
    await Deno.remove(path).catch((error) => {
      this.#state.log.warn(`upload "${path}" could not be removed: ${error.message}`);
    });
  }
}

function viewOf({ id, receivedBytes, expiresAt }: Upload) {
  return { uploadId: id, receivedBytes, expiresAt };
}

async function append(path: string, bytes: Uint8Array, offset: number): Promise<void> {
  try {
    const file = await Deno.open(path, { write: true, create: true, mode: 0o600 });
    try {
      await file.seek(offset, Deno.SeekMode.Start);
      let written = 0;
      while (written < bytes.length) written += await file.write(bytes.subarray(written));
      await file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    throw ioError("write", path, error);
  }
}

async function hashOf(path: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  const file = await Deno.open(path, { read: true });
  try {
    const buffer = new Uint8Array(64 * 1024);
    while (true) {
      const read = await file.read(buffer);
      if (read === null) return hash.digest("hex");
      hash.update(buffer.subarray(0, read));
    }
  } finally {
    file.close();
  }
}

function invalid(problem: string): AppError {
  return new AppError("INVALID_REQUEST", `invalid skills.upload params: ${problem}`, {
    hint: "Begin the upload again with skills.upload.begin",
  });
}
