/**
 * Reading the executables that `deno compile` writes: how much is embedded in one, and how to get
 * back the base it was made from.
 *
 * @module
 */
import { readU64, viewOf } from "./bytes.ts";
import { embeddedInMachO, recoverMachO } from "./macho.ts";
import { embeddedInPe } from "./pe.ts";

/** The executable formats of the five targets. */
export type BinaryFormat = "elf" | "macho" | "pe";

const MAGIC = new TextEncoder().encode("d3n0l4nd");
const ELF_TRAILER_BYTES = 24;

/**
 * Tells the format of an executable by its first bytes.
 *
 * @throws {Error} When it is none of the three.
 */
export function detectFormat(bytes: Uint8Array): BinaryFormat {
  const hex = bytes.subarray(0, 4).toHex();
  if (hex === "7f454c46") return "elf";
  if (hex === "cffaedfe") return "macho";
  if (hex.startsWith("4d5a")) return "pe";
  throw new Error(`Cannot tell the format of an executable that starts with "${hex}"`);
}

/** The trailer's length counts the payload and the trailer itself. */
function elfEmbeddedBytes(bytes: Uint8Array): number {
  const trailer = bytes.length - ELF_TRAILER_BYTES;
  if (trailer < 0 || MAGIC.some((byte, index) => bytes[trailer + index] !== byte)) return 0;
  const length = readU64(viewOf(bytes), trailer + 16);
  if (length < ELF_TRAILER_BYTES || length > bytes.length) {
    throw new Error(`Cannot read ELF trailer: length ${length} of ${bytes.length}`);
  }
  return length;
}

/** In the base the section header table is the last thing in the file. */
function verifyElf(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  const end = readU64(view, 0x28) + view.getUint16(0x3a, true) * view.getUint16(0x3c, true);
  if (end !== bytes.length) {
    throw new Error(`Cannot recover base: sections end at ${end}, the file at ${bytes.length}`);
  }
}

/** Bytes that `deno compile` embedded in an executable; 0 when nothing is embedded. */
export function embeddedBytes(bytes: Uint8Array): number {
  switch (detectFormat(bytes)) {
    case "elf":
      return elfEmbeddedBytes(bytes);
    case "macho":
      return embeddedInMachO(bytes);
    case "pe":
      return embeddedInPe(bytes);
  }
}

/**
 * Recovers the base from an executable that `deno compile` wrote.
 *
 * ELF: payload and trailer are at the end and are cut. Mach-O: see `macho.ts`. PE: the payload is a
 * resource that the next compile replaces, so the file is its own base.
 *
 * @throws {Error} When nothing is embedded or the layout is not the known one.
 */
export function recoverBase(bytes: Uint8Array): Uint8Array {
  const format = detectFormat(bytes);
  if (format === "macho") return recoverMachO(bytes);
  const embedded = embeddedBytes(bytes);
  if (embedded === 0) throw new Error(`Cannot recover base: nothing is embedded in the ${format}`);
  if (format === "pe") return bytes;
  const base = bytes.subarray(0, bytes.length - embedded);
  verifyElf(base);
  return base;
}
