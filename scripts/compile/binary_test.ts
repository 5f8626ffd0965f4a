import { assertEquals, assertThrows } from "@std/assert";
import { detectFormat, embeddedBytes, recoverBase } from "./binary.ts";
import { verifyMachO } from "./macho.ts";

const PAYLOAD = new TextEncoder().encode("payload of the program");

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

function text(value: string, bytes = value.length): Uint8Array {
  const out = new Uint8Array(bytes);
  out.set(new TextEncoder().encode(value));
  return out;
}

/** 32-bit little-endian words. */
function words(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer);
}

/** 64-bit little-endian words. */
function longs(...values: readonly number[]): Uint8Array {
  return new Uint8Array(BigUint64Array.from(values.map(BigInt)).buffer);
}

function elfBase(): Uint8Array {
  const header = new Uint8Array(64);
  header.set([0x7f, 0x45, 0x4c, 0x46]);
  const view = new DataView(header.buffer);
  view.setBigUint64(0x28, 100n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 2, true);
  return concat(header, new Uint8Array(36).fill(1), new Uint8Array(128).fill(2));
}

function elfWith(base: Uint8Array): Uint8Array {
  const length = PAYLOAD.length + 24;
  return concat(base, PAYLOAD, text("d3n0l4nd"), longs(7), longs(length));
}

interface Part {
  readonly name: string;
  readonly bytes: number;
}

/** A Mach-O file of the given segments; the symbol table's strings end with `__LINKEDIT`. */
function machO(cpu: number, parts: readonly Part[], linkedit: Uint8Array, sui = 0): Uint8Array {
  const commands: Uint8Array[] = [];
  let at = 0;
  for (const { name, bytes } of [...parts, { name: "__LINKEDIT", bytes: linkedit.length }]) {
    const section = name === "__SUI"
      ? concat(new Uint8Array(40), longs(sui), new Uint8Array(32))
      : [];
    const head = words(0x19, 72 + section.length);
    const place = longs(0x1000 + at, bytes, at, bytes);
    commands.push(
      concat(head, text(name, 16), place, new Uint8Array(16), Uint8Array.from(section)),
    );
    at += bytes;
  }
  const start = at - linkedit.length;
  commands.push(words(0x2, 24, start + 8, 0, start + 8, linkedit.length - 8));
  const sizes = commands.reduce((sum, command) => sum + command.length, 0);
  const header = words(0xfeedfacf, cpu, 0, 2, commands.length, sizes, 0, 0);
  const file = new Uint8Array(at);
  file.set(concat(header, ...commands));
  file.set(linkedit, start);
  return file;
}

const TEXT = { name: "__TEXT", bytes: 0x1000 };
const LINKEDIT = text("12345678symbols.strings", 40);

Deno.test("recoverBase() cuts payload and trailer off an ELF file", () => {
  const base = elfBase();
  assertEquals(embeddedBytes(base), 0);
  assertEquals(embeddedBytes(elfWith(base)), PAYLOAD.length + 24);
  assertEquals(recoverBase(elfWith(base)), base);
});

Deno.test("recoverBase() refuses an ELF file whose sections do not end with the base", () => {
  assertThrows(() => recoverBase(elfWith(elfBase().slice(0, -24))), Error, "sections end at 228");
  assertThrows(() => recoverBase(elfBase()), Error, "nothing is embedded");
});

Deno.test("recoverBase() takes the segment out of an arm64 Mach-O file", () => {
  const base = machO(0x0100000c, [TEXT], LINKEDIT);
  verifyMachO(base);
  const sui = { name: "__SUI", bytes: 0x2000 };
  const file = machO(0x0100000c, [TEXT, sui], LINKEDIT, PAYLOAD.length);
  assertEquals(embeddedBytes(file), PAYLOAD.length);
  assertEquals(recoverBase(file), base);
});

Deno.test("recoverBase() cuts the string table of an x64 Mach-O file", () => {
  const marker = text("<~sui-data~>");
  const file = machO(0x01000007, [TEXT], concat(LINKEDIT, marker, PAYLOAD));
  assertEquals(embeddedBytes(file), PAYLOAD.length);
  const base = recoverBase(file);
  assertEquals(base.length, 0x1000 + LINKEDIT.length);
  assertEquals(embeddedBytes(base), 0);
});

Deno.test("verifyMachO() refuses a file that is longer than its segments", () => {
  const file = machO(0x0100000c, [TEXT], LINKEDIT);
  assertThrows(() => verifyMachO(concat(file, text("x"))), Error, "__LINKEDIT ends at");
});

/** A PE file with one resource section; `payload` bytes under RT_RCDATA/D3N0L4ND. */
function peFile(payload: number): Uint8Array {
  const file = new Uint8Array(0x400);
  const view = new DataView(file.buffer);
  file.set([0x4d, 0x5a]);
  view.setUint32(0x3c, 0x80, true);
  view.setUint32(0x80, 0x4550, true);
  view.setUint16(0x86, 1, true);
  view.setUint16(0x94, 0xf0, true);
  view.setUint16(0x98, 0x20b, true);
  view.setUint32(0x98 + 112 + 16, 0x3000, true);
  const section = 0x98 + 0xf0;
  for (const [at, value] of [[8, 0x200], [12, 0x3000], [16, 0x200], [20, 0x200]] as const) {
    view.setUint32(section + at, value, true);
  }
  const directory = (at: number, id: number, target: number): void => {
    view.setUint16(0x200 + at + 14, 1, true);
    view.setUint32(0x200 + at + 16, id, true);
    view.setUint32(0x200 + at + 20, target, true);
  };
  directory(0, 10, 0x80000020);
  directory(0x20, 0x80000080, 0x80000040);
  directory(0x40, 1033, 0x60);
  view.setUint32(0x264, payload, true);
  view.setUint16(0x280, 8, true);
  [..."d3n0l4nd"].forEach((char, index) =>
    view.setUint16(0x282 + index * 2, char.charCodeAt(0), true)
  );
  return file;
}

Deno.test("embeddedBytes() reads the resource of a PE file, which is its own base", () => {
  const file = peFile(1234);
  assertEquals(embeddedBytes(file), 1234);
  assertEquals(recoverBase(file), file);
});

Deno.test("detectFormat() refuses other files", () => {
  assertThrows(() => detectFormat(text("#!/bin/sh")), Error, 'starts with "23212f62"');
});
