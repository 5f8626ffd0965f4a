/**
 * ZIP archives for tests, as a packer without compression writes them.
 *
 * @module
 */
import { crc32 } from "node:zlib";

/** The bytes of an archive with these files. */
export function zipOf(files: Record<string, string>): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const locals: Uint8Array[] = [];
  const central: Uint8Array[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, bytes] = [encoder.encode(path), encoder.encode(text)];
    const common = view(26, (fields) => {
      fields.setUint16(0, 20, true);
      fields.setUint32(10, crc32(bytes), true);
      fields.setUint32(14, bytes.length, true);
      fields.setUint32(18, bytes.length, true);
      fields.setUint16(22, name.length, true);
    });
    const rest = view(14, (fields) => fields.setUint32(10, offset, true));
    locals.push(Uint8Array.of(0x50, 0x4b, 3, 4), common, name, bytes);
    central.push(Uint8Array.of(0x50, 0x4b, 1, 2, 20, 3), common, rest, name);
    offset += 30 + name.length + bytes.length;
  }
  const count = Object.keys(files).length;
  const end = view(18, (fields) => {
    fields.setUint16(4, count, true);
    fields.setUint16(6, count, true);
    fields.setUint32(8, central.reduce((sum, part) => sum + part.length, 0), true);
    fields.setUint32(12, offset, true);
  });
  return concat([...locals, ...central, Uint8Array.of(0x50, 0x4b, 5, 6), end]);
}

function view(length: number, fill: (fields: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
