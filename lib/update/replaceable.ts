/**
 * Whether this user may replace the program.
 *
 * @module
 */
import { dirname, join } from "@std/path";
import { AppError, randomHex } from "../base/mod.ts";
import { ioError } from "../platform/mod.ts";
import type { Release } from "./types.ts";

/**
 * Refuses a program whose folder cannot be written, before anything is fetched.
 *
 * @param release For the command that says who may do it.
 * @throws {AppError} `UPDATE_NOT_WRITABLE`, or what the disk answered.
 */
export async function assertReplaceable(program: string, release: Release): Promise<void> {
  const folder = dirname(program);
  const trial = join(folder, `.openclaw.${randomHex(4)}.trial`);
  try {
    (await Deno.open(trial, { write: true, createNew: true, mode: 0o600 })).close();
    await Deno.remove(trial);
  } catch (error) {
    const failure = ioError("write", folder, error);
    const isRefused = ["PERMISSION_DENIED", "READ_ONLY_FILE_SYSTEM"].includes(failure.code);
    throw isRefused ? notWritable(program, folder, release, failure) : failure;
  }
}

function notWritable(
  program: string,
  folder: string,
  { from, sha256 }: Release,
  cause: AppError,
): AppError {
  const why = cause.code === "PERMISSION_DENIED"
    ? "this user may not write there"
    : "the file system is read-only";
  return new AppError(
    "UPDATE_NOT_WRITABLE",
    `Cannot replace "${program}" in "${folder}": ${why}`,
    {
      hint: cause.code === "PERMISSION_DENIED"
        ? `sudo ${program} update --no-restart --from ${from} --sha256 ${sha256}\n` +
          "Then, without sudo: openclaw gateway restart"
        : "Mount it writable, or put the program into another folder",
      cause,
      details: { folder },
    },
  );
}
