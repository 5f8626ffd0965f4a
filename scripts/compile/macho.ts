/**
 * Mach-O as `deno compile` writes it, and the way back to its base.
 *
 * arm64: the payload is a segment `__SUI` before `__LINKEDIT`, and the file is signed ad hoc. x64: the
 * payload is appended to the string table, behind a marker. Both ways back restore the offsets and
 * sizes that the embedding changed; the signature is made anew by the next compile.
 *
 * @module
 */
import { readU64, viewOf } from "./bytes.ts";

const HEADER_BYTES = 32;
const MARKER = new TextEncoder().encode("<~sui-data~>");
const PAGE_BYTES = 0x1000;
const CPU_ARM64 = 0x0100000c;
const LC_SYMTAB = 0x2;
const LC_DYSYMTAB = 0xb;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;
/** Load commands whose words 2 and 3 are an offset into `__LINKEDIT` and a size. */
const LINKEDIT_DATA_COMMANDS = new Set([
  0x1d,
  0x1e,
  0x26,
  0x29,
  0x2b,
  0x2e,
  0x80000033,
  0x80000034,
]);
/** Load commands with several offsets, each at this many bytes from the start of the command. */
const OFFSET_FIELDS: ReadonlyMap<number, readonly number[]> = new Map([
  [LC_SYMTAB, [8, 16]],
  [LC_DYSYMTAB, [32, 40, 48, 56, 64, 72]],
  [0x22, [8, 16, 24, 32, 40]],
  [0x80000022, [8, 16, 24, 32, 40]],
]);

/** One load command: where it is, what it is, how long it is. */
export interface LoadCommand {
  readonly at: number;
  readonly type: number;
  readonly bytes: number;
  /** Only for segments. */
  readonly segment?: string;
}

/**
 * The load commands of a 64-bit little-endian Mach-O file.
 *
 * @throws {Error} When the command count and the command size of the header disagree.
 */
export function readLoadCommands(bytes: Uint8Array): LoadCommand[] {
  const view = viewOf(bytes);
  const count = view.getUint32(16, true);
  const end = HEADER_BYTES + view.getUint32(20, true);
  const commands: LoadCommand[] = [];
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index++) {
    const type = view.getUint32(at, true);
    const length = view.getUint32(at + 4, true);
    const segment = type === LC_SEGMENT_64 ? readName(bytes, at + 8) : undefined;
    commands.push({ at, type, bytes: length, ...(segment === undefined ? {} : { segment }) });
    at += length;
  }
  if (at !== end) throw new Error(`Cannot read Mach-O: commands end at ${at}, header says ${end}`);
  return commands;
}

function readName(bytes: Uint8Array, at: number): string {
  return new TextDecoder().decode(bytes.subarray(at, at + 16)).replace(/\0+$/, "");
}

function findSegment(commands: readonly LoadCommand[], name: string): LoadCommand | undefined {
  return commands.find((command) => command.segment === name);
}

function requireCommand(command: LoadCommand | undefined, what: string): LoadCommand {
  if (command === undefined) throw new Error(`Cannot read Mach-O: no ${what}`);
  return command;
}

function lastIndexOf(bytes: Uint8Array, needle: Uint8Array): number {
  const first = needle[0] ?? 0;
  let at = bytes.lastIndexOf(first);
  while (at >= 0) {
    if (needle.every((byte, index) => bytes[at + index] === byte)) return at;
    at = at === 0 ? -1 : bytes.lastIndexOf(first, at - 1);
  }
  return -1;
}

/** Bytes of the payload in a Mach-O file; 0 when there is none. */
export function embeddedInMachO(bytes: Uint8Array): number {
  const segment = findSegment(readLoadCommands(bytes), "__SUI");
  if (segment !== undefined) return readU64(viewOf(bytes), segment.at + 72 + 40);
  const marker = lastIndexOf(bytes, MARKER);
  return marker < 0 ? 0 : bytes.length - marker - MARKER.length;
}

/**
 * The base of a Mach-O executable that `deno compile` wrote, its structure checked.
 *
 * @throws {Error} When the payload is not where it is expected, or the result is not consistent.
 */
export function recoverMachO(bytes: Uint8Array): Uint8Array {
  const isArm = viewOf(bytes).getUint32(4, true) === CPU_ARM64;
  const base = isArm ? dropSegment(bytes) : cutStringTable(bytes);
  verifyMachO(base);
  return base;
}

function dropSegment(bytes: Uint8Array): Uint8Array {
  const commands = readLoadCommands(bytes);
  const sui = requireCommand(findSegment(commands, "__SUI"), "segment __SUI");
  const source = viewOf(bytes);
  const fileOffset = readU64(source, sui.at + 40);
  const gap = readU64(source, sui.at + 48);
  const memoryGap = readU64(source, sui.at + 32);

  const base = new Uint8Array(bytes.length - gap);
  base.set(bytes.subarray(0, fileOffset));
  base.set(bytes.subarray(fileOffset + gap), fileOffset);
  const view = viewOf(base);
  for (const command of commands) moveBack(view, command, fileOffset, gap, memoryGap);

  const end = HEADER_BYTES + source.getUint32(20, true);
  base.copyWithin(sui.at, sui.at + sui.bytes, end);
  base.fill(0, end - sui.bytes, end);
  view.setUint32(16, source.getUint32(16, true) - 1, true);
  view.setUint32(20, source.getUint32(20, true) - sui.bytes, true);
  return base;
}

/** Moves every file offset of a command that lies behind the removed segment. */
function moveBack(
  view: DataView,
  command: LoadCommand,
  from: number,
  gap: number,
  memoryGap: number,
): void {
  if (command.segment === "__LINKEDIT") {
    view.setBigUint64(command.at + 24, BigInt(readU64(view, command.at + 24) - memoryGap), true);
    view.setBigUint64(command.at + 40, BigInt(readU64(view, command.at + 40) - gap), true);
    return;
  }
  const isData = LINKEDIT_DATA_COMMANDS.has(command.type);
  for (const field of isData ? [8] : OFFSET_FIELDS.get(command.type) ?? []) {
    const offset = view.getUint32(command.at + field, true);
    if (offset > from) view.setUint32(command.at + field, offset - gap, true);
  }
}

function cutStringTable(bytes: Uint8Array): Uint8Array {
  const cut = lastIndexOf(bytes, MARKER);
  if (cut < 0) throw new Error("Cannot recover base: no payload marker in the Mach-O file");
  const base = bytes.slice(0, cut);
  const view = viewOf(base);
  const commands = readLoadCommands(base);
  const linkedit = requireCommand(findSegment(commands, "__LINKEDIT"), "segment __LINKEDIT");
  const symtab = requireCommand(commands.find((one) => one.type === LC_SYMTAB), "symbol table");
  const size = cut - readU64(view, linkedit.at + 40);
  view.setBigUint64(linkedit.at + 48, BigInt(size), true);
  view.setBigUint64(linkedit.at + 32, BigInt(Math.ceil(size / PAGE_BYTES) * PAGE_BYTES), true);
  view.setUint32(symtab.at + 20, cut - view.getUint32(symtab.at + 16, true), true);
  return base;
}

/**
 * Checks what a loader would check first: segments follow each other without a gap or overlap in the
 * file, `__LINKEDIT` is last and ends with the file, every table lies inside it, and a signature, if
 * there is one, is the last thing in the file.
 *
 * @throws {Error} Naming the first thing that does not hold.
 */
export function verifyMachO(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  const commands = readLoadCommands(bytes);
  const segments = commands.filter((command) => command.type === LC_SEGMENT_64);
  if (segments.at(-1)?.segment !== "__LINKEDIT") throw new Error("Mach-O: __LINKEDIT is not last");
  let fileEnd = 0;
  let memoryEnd = 0;
  for (const segment of segments) {
    const [address, offset] = [readU64(view, segment.at + 24), readU64(view, segment.at + 40)];
    if (segment.segment !== "__PAGEZERO" && offset !== fileEnd) {
      throw new Error(`Mach-O: ${segment.segment} starts at ${offset}, expected ${fileEnd}`);
    }
    if (address < memoryEnd) throw new Error(`Mach-O: ${segment.segment} overlaps in memory`);
    fileEnd = offset + readU64(view, segment.at + 48);
    memoryEnd = address + readU64(view, segment.at + 32);
  }
  if (fileEnd !== bytes.length) {
    throw new Error(`Mach-O: __LINKEDIT ends at ${fileEnd}, the file at ${bytes.length}`);
  }
  verifyTables(view, commands, bytes.length);
}

function verifyTables(view: DataView, commands: readonly LoadCommand[], fileBytes: number): void {
  const linkedit = requireCommand(findSegment(commands, "__LINKEDIT"), "segment __LINKEDIT");
  const start = readU64(view, linkedit.at + 40);
  for (const command of commands) {
    const isData = LINKEDIT_DATA_COMMANDS.has(command.type);
    for (const field of isData ? [8] : OFFSET_FIELDS.get(command.type) ?? []) {
      const offset = view.getUint32(command.at + field, true);
      if (offset !== 0 && (offset < start || offset > fileBytes)) {
        throw new Error(`Mach-O: command 0x${command.type.toString(16)} points outside __LINKEDIT`);
      }
    }
    if (command.type !== LC_CODE_SIGNATURE) continue;
    const end = view.getUint32(command.at + 8, true) + view.getUint32(command.at + 12, true);
    if (end !== fileBytes) throw new Error(`Mach-O: signature ends at ${end}, not at ${fileBytes}`);
  }
}
