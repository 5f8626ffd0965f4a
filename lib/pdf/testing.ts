/**
 * Makes PDF files for tests: good ones with compressed pages in a standard font, and such as do harm.
 *
 * @module
 */
import { constants, deflateRawSync, deflateSync } from "node:zlib";

type Bytes = Uint8Array<ArrayBuffer>;

/** A file under construction. Objects are numbered from 1 in the order they are added. */
class PdfFile {
  readonly #parts: Bytes[] = [];
  readonly #places: number[] = [];
  #size = 0;

  constructor() {
    this.#push("%PDF-1.7\n");
  }

  /** Adds an object; the first one must be the catalog. */
  add(body: string): void {
    this.#places.push(this.#size);
    this.#push(`${this.#places.length} 0 obj\n${body}\nendobj\n`);
  }

  /** Adds a stream; `filter` is how `data` is compressed. */
  addStream(data: Uint8Array, filter = "/FlateDecode", fields = ""): void {
    this.#places.push(this.#size);
    this.#push(`${this.#places.length} 0 obj\n`);
    this.#push(`<< /Length ${data.length} /Filter ${filter} ${fields}>>\nstream\n`);
    this.#push(data);
    this.#push("\nendstream\nendobj\n");
  }

  /** The file as a whole. */
  end(trailer = ""): Bytes {
    const table = this.#size;
    const rows = this.#places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`);
    const size = rows.length + 1;
    this.#push(`xref\n0 ${size}\n0000000000 65535 f \n${rows.join("")}`);
    this.#push(`trailer\n<< /Size ${size} /Root 1 0 R ${trailer}>>\nstartxref\n${table}\n%%EOF\n`);
    const bytes = new Uint8Array(this.#size);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  }

  #push(part: string | Uint8Array): void {
    const bytes = typeof part === "string" ? encoder.encode(part) : new Uint8Array(part);
    this.#parts.push(bytes);
    this.#size += bytes.length;
  }
}

const encoder = new TextEncoder();

const CATALOG = "<< /Type /Catalog /Pages 2 0 R >>";
const FONT = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";
const FONT_RESOURCE = "/Font << /F1 3 0 R >>";

/** A file with one page for each text; the lines of a text are lines on its page. */
export function makePdf(pages: readonly string[], trailer = ""): Bytes {
  const file = startFile(pages.length);
  pages.forEach((text, index) => {
    file.add(pageObject(5 + 2 * index));
    file.addStream(deflateSync(encoder.encode(operators(text))));
  });
  return file.end(trailer);
}

/** The same with pages that only its password opens. */
export function makeEncryptedPdf(pages: readonly string[]): Bytes {
  const key = (digit: string) => `<${digit.repeat(64)}>`;
  const handler = `<< /Filter /Standard /V 1 /R 2 /P -4 /O ${key("a")} /U ${key("b")} >>`;
  const id = "<00112233445566778899aabbccddeeff>";
  return makePdf(pages, `/Encrypt ${handler} /ID [${id} ${id}] `);
}

/** A page that is a picture, and what little text lies over it. */
export function makeScan(text = ""): Bytes {
  const file = startFile(1);
  file.add(pageObject(5, `${FONT_RESOURCE} /XObject << /Im1 6 0 R >>`));
  file.addStream(deflateSync(encoder.encode(`q 600 0 0 700 0 0 cm /Im1 Do Q ${operators(text)}`)));
  const picture =
    "/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8 ";
  file.addStream(deflateSync(new Uint8Array([0, 255, 255, 0])), "/FlateDecode", picture);
  return file.end();
}

/** A page that grows to some gigabytes when it is decompressed. */
export function makeBomb(): Bytes {
  const block = encoder.encode("(x) Tj ".repeat(10_000));
  const packed = deflateRawSync(block, { finishFlush: constants.Z_SYNC_FLUSH });
  const repeated = new Uint8Array(2 + packed.length * 8000);
  repeated.set([0x78, 0x9c]);
  for (let index = 0; index < 8000; index++) repeated.set(packed, 2 + packed.length * index);
  const file = startFile(1);
  file.add(pageObject(5));
  file.addStream(deflateSync(repeated), "[/FlateDecode /FlateDecode]");
  return file.end();
}

/** A page of forms within forms, ten of the next in each: it ends, but not in anybody's lifetime. */
export function makeEndlessPdf(depth = 12): Bytes {
  const file = startFile(1);
  file.add(pageObject(5, `${FONT_RESOURCE} /XObject << /X 6 0 R >>`));
  file.addStream(deflateSync(encoder.encode("/X Do")));
  for (let level = 1; level <= depth; level++) {
    const isLast = level === depth;
    const inner = isLast ? FONT_RESOURCE : `/XObject << /X ${6 + level} 0 R >>`;
    const fields = `/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << ${inner} >> `;
    // What shows nothing is not looked at twice.
    const body = isLast ? "BT /F1 1 Tf (x) Tj ET" : "/X Do ".repeat(10);
    file.addStream(deflateSync(encoder.encode(body)), "/FlateDecode", fields);
  }
  return file.end();
}

/** Catalog, pages and font; the objects of the pages follow, two for each. */
function startFile(pageCount: number): PdfFile {
  const file = new PdfFile();
  const kids = Array.from({ length: pageCount }, (_, index) => `${4 + 2 * index} 0 R`);
  file.add(CATALOG);
  file.add(`<< /Type /Pages /Count ${pageCount} /Kids [${kids.join(" ")}] >>`);
  file.add(FONT);
  return file;
}

function pageObject(contents: number, resources = FONT_RESOURCE): string {
  return `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << ${resources} >> ` +
    `/Contents ${contents} 0 R >>`;
}

/** The operators that show a text, line by line. */
function operators(text: string): string {
  const lines = text.split("\n").map((line) => `(${line.replace(/[\\()]/g, "\\$&")}) Tj T*`);
  return `BT /F1 12 Tf 72 720 Td 14 TL ${lines.join(" ")} ET`;
}
