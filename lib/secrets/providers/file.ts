/**
 * Secrets in a file: a JSON document that pointers lead into, or the file as one secret.
 *
 * @module
 */
import { AppError, parseJsonOrUndefined, withTimeout } from "../../base/mod.ts";
import { failed, unresolved, valueOrFailure } from "../failure.ts";
import { atPointer } from "../json_pointer.ts";
import { DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT_MS, MAX_FILE_BYTES } from "../limits.ts";
import { checkPath, whyUnreadable } from "../path_check.ts";
import { SINGLE_VALUE_ID } from "../reference.ts";
import type { ProviderAnswers, ProviderSettings, SecretOutcome } from "../types.ts";

/**
 * Reads the file once for all ids.
 *
 * @throws {AppError} `SECRET_UNRESOLVED` when the file cannot be trusted, read or understood.
 */
export async function askFile(
  provider: string,
  ids: readonly string[],
  settings: ProviderSettings,
): Promise<ProviderAnswers> {
  const field = `secrets.providers.${provider}.path`;
  const { path } = settings;
  if (!path) throw unresolved(`${field} is not set`, `openclaw config set ${field} <path>`);
  const timeoutMs = settings.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const text = await withTimeout(readTrusted(path, field, settings), timeoutMs, () => {
    throw unresolved(`${field} "${path}" was not read within ${timeoutMs} ms`, `ls -l ${path}`);
  });
  if (settings.mode === "singleValue") {
    return new Map(ids.map((id) => [id, singleValue(provider, id, text)]));
  }
  // The parser's words would quote the file.
  const document = parseJsonOrUndefined(text);
  if (document === undefined) {
    throw unresolved(
      `${field} "${path}" is not JSON`,
      `Write JSON, or: openclaw config set secrets.providers.${provider}.mode singleValue`,
    );
  }
  return new Map(ids.map((id) => [id, jsonValue(id, document, path)]));
}

async function readTrusted(
  path: string,
  field: string,
  { allowInsecurePath, maxBytes = DEFAULT_MAX_BYTES }: ProviderSettings,
): Promise<string> {
  await checkPath({ path, field, isSecret: true, allowsInsecure: allowInsecurePath });
  try {
    const before = await Deno.lstat(path);
    const file = await Deno.open(path);
    try {
      const info = await file.stat();
      if (info.ino !== before.ino || info.dev !== before.dev) {
        throw unresolved(`${field} "${path}" was replaced while it was opened`, `ls -l ${path}`);
      }
      const limit = Math.min(maxBytes, MAX_FILE_BYTES);
      const bytes = await readAtMost(file, limit + 1);
      if (bytes.length > limit) {
        throw unresolved(`${field} "${path}" has more than ${limit} bytes`, `ls -l ${path}`);
      }
      return new TextDecoder().decode(bytes);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw unresolved(`${field} "${path}" ${whyUnreadable(error)}`, `ls -l ${path}`);
  }
}

async function readAtMost(file: Deno.FsFile, limit: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const buffer = new Uint8Array(64 * 1024);
  while (length < limit) {
    const count = await file.read(buffer);
    if (count === null) break;
    chunks.push(buffer.slice(0, count));
    length += count;
  }
  return new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

function singleValue(provider: string, id: string, text: string): SecretOutcome {
  if (id !== SINGLE_VALUE_ID) {
    return failed(
      `Secret "${id}" is not in a file of mode singleValue, whose one id is "${SINGLE_VALUE_ID}"`,
      `openclaw config get secrets.providers.${provider}.mode`,
    );
  }
  const value = text.replace(/^\ufeff/, "").replace(/[\r\n]+$/, "");
  return valueOrFailure(
    value,
    `The file of provider "${provider}" is empty`,
    "Write the secret into it",
  );
}

function jsonValue(id: string, document: unknown, path: string): SecretOutcome {
  const value = id.startsWith("/") ? atPointer(document, id) : undefined;
  if (typeof value !== "string") {
    const why = value === undefined ? "has nothing" : "has something else than a text";
    return failed(`The file "${path}" ${why} at ${id}`, `Write the secret as a JSON text at ${id}`);
  }
  return valueOrFailure(
    value,
    `The file "${path}" has an empty text at ${id}`,
    "Write the secret there",
  );
}
