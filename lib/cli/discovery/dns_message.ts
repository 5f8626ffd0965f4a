/**
 * Messages of DNS as multicast discovery uses them: questions out, records in.
 *
 * @module
 */

/** The kinds of records that matter here. */
export const RECORD = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const;

/** One record of an answer. */
export type DnsRecord =
  | { readonly kind: "PTR"; readonly name: string; readonly target: string }
  | { readonly kind: "SRV"; readonly name: string; readonly target: string; readonly port: number }
  | {
    readonly kind: "TXT";
    readonly name: string;
    readonly fields: Readonly<Record<string, string>>;
  }
  | { readonly kind: "A"; readonly name: string; readonly address: string };

/** What is asked for. */
export interface DnsQuestion {
  readonly name: string;
  readonly type: number;
}

const HEADER_BYTES = 12;
const MAX_POINTERS = 32;
const MAX_RECORDS = 200;
const CLASS_INTERNET = 1;
/** Asks for an answer to the asker alone. */
const UNICAST_WISH = 0x8000;

/** The bytes of a message that asks. */
export function encodeQuery(questions: readonly DnsQuestion[]): Uint8Array {
  const bytes = [0, 0, 0, 0, 0, questions.length, 0, 0, 0, 0, 0, 0];
  const put16 = (value: number) => bytes.push(value >> 8, value & 0xff);
  for (const { name, type } of questions) {
    for (const label of labelsOf(name)) {
      const text = new TextEncoder().encode(label).subarray(0, 63);
      bytes.push(text.length, ...text);
    }
    bytes.push(0);
    put16(type);
    put16(CLASS_INTERNET | UNICAST_WISH);
  }
  return Uint8Array.from(bytes);
}

/** A dot within a label is written `\.`, as in the name of an instance. */
function labelsOf(name: string): string[] {
  return name.split(/(?<!\\)\./).filter((label) => label !== "")
    .map((label) => label.replaceAll("\\.", ".").replaceAll("\\\\", "\\"));
}

/**
 * The records of an answer; whatever cannot be read ends the list, and what is no answer has none. The
 * bytes come from anyone in the network.
 */
export function parseAnswer(bytes: Uint8Array): DnsRecord[] {
  if (bytes.length < HEADER_BYTES) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const isAnswer = (view.getUint16(2) & 0x8000) !== 0;
  if (!isAnswer) return [];
  const records: DnsRecord[] = [];
  try {
    let at = HEADER_BYTES;
    for (let left = view.getUint16(4); left > 0; left--) at = readName(bytes, at).next + 4;
    const count = view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
    for (let left = Math.min(count, MAX_RECORDS); left > 0; left--) {
      const { name, next } = readName(bytes, at);
      const type = view.getUint16(next);
      const size = view.getUint16(next + 8);
      const start = next + 10;
      if (start + size > bytes.length) break;
      const record = readRecord(bytes, view, { name, type, start, size });
      if (record !== undefined) records.push(record);
      at = start + size;
    }
  } catch (error) {
    // Cut off or made up; what was read before stands.
    if (!(error instanceof RangeError)) throw error;
  }
  return records;
}

function readRecord(
  bytes: Uint8Array,
  view: DataView,
  { name, type, start, size }: { name: string; type: number; start: number; size: number },
): DnsRecord | undefined {
  switch (type) {
    case RECORD.PTR:
      return { kind: "PTR", name, target: readName(bytes, start).name };
    case RECORD.SRV: {
      const target = readName(bytes, start + 6).name;
      return { kind: "SRV", name, target, port: view.getUint16(start + 4) };
    }
    case RECORD.TXT:
      return { kind: "TXT", name, fields: readFields(bytes.subarray(start, start + size)) };
    case RECORD.A: {
      const address = [...bytes.subarray(start, start + 4)].join(".");
      return size === 4 ? { kind: "A", name, address } : undefined;
    }
    default:
      return undefined;
  }
}

function readName(bytes: Uint8Array, from: number): { name: string; next: number } {
  const labels: string[] = [];
  let at = from;
  let next: number | undefined;
  for (let pointers = 0;;) {
    const size = bytes[at];
    if (size === undefined) throw new RangeError("Name leaves the message");
    if (size === 0) return { name: labels.join("."), next: next ?? at + 1 };
    if (size >= 0xc0) {
      if (++pointers > MAX_POINTERS) throw new RangeError("Name points in circles");
      next ??= at + 2;
      at = (size & 0x3f) << 8 | (bytes[at + 1] ?? 0);
      continue;
    }
    if (at + 1 + size > bytes.length) throw new RangeError("Label leaves the message");
    const label = new TextDecoder().decode(bytes.subarray(at + 1, at + 1 + size));
    labels.push(label.replaceAll("\\", "\\\\").replaceAll(".", "\\."));
    at += 1 + size;
  }
}

function readFields(bytes: Uint8Array): Record<string, string> {
  const fields: Record<string, string> = {};
  for (let at = 0; at < bytes.length;) {
    const size = bytes[at]!;
    const text = new TextDecoder().decode(bytes.subarray(at + 1, at + 1 + size));
    const split = text.indexOf("=");
    if (split > 0) fields[text.slice(0, split)] ??= text.slice(split + 1);
    at += 1 + size;
  }
  return fields;
}
