/**
 * The thread in which a PDF file is read. It gives up every permission before it sees the file.
 *
 * @module
 */
import type { PdfBounds } from "./types.ts";

/** What a thread is started with. This module acts only as the first one of a thread. */
export const THREAD_URL = import.meta.url;

/** The side of a thread that its starter talks to. */
interface Thread {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown): void;
}

const PERMISSIONS = ["read", "write", "net", "env", "run", "sys", "ffi"] as const;

async function serve(thread: Thread): Promise<void> {
  const { readPdfText } = await import("./text.ts");
  for (const name of PERMISSIONS) Deno.permissions.revokeSync({ name });
  // Standard output is for the answer only.
  for (const method of ["log", "info", "warn", "error", "debug"] as const) {
    console[method] = () => {};
  }
  thread.onmessage = async ({ data }: MessageEvent<{ bytes: Uint8Array; bounds: PdfBounds }>) => {
    thread.postMessage(await readPdfText(data.bytes, data.bounds));
  };
  thread.postMessage("ready");
}

if ("WorkerGlobalScope" in globalThis) await serve(globalThis as unknown as Thread);
