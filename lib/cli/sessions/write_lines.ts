/**
 * Private files that are written once.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";

/**
 * Writes lines into a new file that only its owner can read: a conversation is private.
 *
 * @returns How many.
 * @throws {AppError} `USAGE` when it is there already, or the code of a failed file operation.
 */
export async function writeLines(path: string, lines: Iterable<string>): Promise<number> {
  const { ioError } = await import("../../platform/mod.ts");
  let count = 0;
  try {
    const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
    try {
      const encoder = new TextEncoder();
      for (const line of lines) {
        const bytes = encoder.encode(`${line}\n`);
        let written = 0;
        while (written < bytes.length) written += await file.write(bytes.subarray(written));
        count++;
      }
      await file.sync();
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) {
      throw new AppError("USAGE", `Cannot write "${path}": it is there already`, {
        hint: "Choose another name for --out, or remove the file first",
      });
    }
    throw ioError("write", path, error);
  }
  return count;
}
