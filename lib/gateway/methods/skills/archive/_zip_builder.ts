/**
 * Writes ZIP archives for tests, well-formed ones and others.
 *
 * @module
 */
import { crc32, deflateRawSync } from "node:zlib";

/** One entry to write; what is left out is as it should be. */
export interface TestEntry {
  readonly name: string;
  readonly text?: string;
  /** 8 packs it. */
  readonly method?: 0 | 8 | 12;
  /** Unix mode. */
  readonly mode?: number;
  readonly flags?: number;
  /** The unpacked size the directory names. */
  readonly saidBytes?: number;
  readonly crc?: number;
}

/** The bytes of an archive. */
export function buildZip(entries: readonly TestEntry[], comment = ""): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { name, text = "", method = 0, mode = 0o100644, flags = 0 } = entry;
    const nameBytes = encoder.encode(name);
    const bytes = encoder.encode(text);
    const packed = method === 8 ? new Uint8Array(deflateRawSync(bytes)) : bytes;
    const common = new DataView(new ArrayBuffer(26));
    const shorts: [at: number, value: number][] = [[0, 20], [2, flags], [4, method]];
    for (const [at, value] of shorts) common.setUint16(at, value, true);
    common.setUint32(10, entry.crc ?? crc32(bytes), true);
    common.setUint32(14, packed.length, true);
    common.setUint32(18, entry.saidBytes ?? bytes.length, true);
    common.setUint16(22, nameBytes.length, true);
    const local = concat(signature(0x04034b50), new Uint8Array(common.buffer), nameBytes, packed);
    const rest = new DataView(new ArrayBuffer(16));
    rest.setUint32(6, mode * 0x10000, true);
    rest.setUint32(10, offset, true);
    directory.push(concat(
      signature(0x02014b50),
      Uint8Array.of(20, 3),
      new Uint8Array(common.buffer),
      new Uint8Array(rest.buffer, 0, 14),
      nameBytes,
    ));
    parts.push(local);
    offset += local.length;
  }
  const central = concat(...directory);
  const end = new DataView(new ArrayBuffer(18));
  end.setUint16(4, entries.length, true);
  end.setUint16(6, entries.length, true);
  end.setUint32(8, central.length, true);
  end.setUint32(12, offset, true);
  const commentBytes = encoder.encode(comment);
  end.setUint16(16, commentBytes.length, true);
  const tail = new Uint8Array(end.buffer);
  return concat(...parts, central, signature(0x06054b50), tail, commentBytes);
}

function signature(value: number): Uint8Array {
  const view = new DataView(new ArrayBuffer(4));
  view.setUint32(0, value, true);
  return new Uint8Array(view.buffer);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
