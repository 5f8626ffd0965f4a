/**
 * An HTTP client that sends whatever it is told: any name in `Host`, any origin, any bytes.
 *
 * @module
 */

/** A request. */
export interface RawRequest {
  readonly method?: string;
  readonly target: string;
  /** `Host` is the listener's address unless it is here; an undefined value leaves a header out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: string | Uint8Array;
}

/** An answer, as far as it came. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** As sent: chunks are not put together. */
  readonly text: string;
}

const encoder = new TextEncoder();

/** Sends a request on a connection of its own and reads until the gateway ends it. */
export async function sendRaw(port: number, request: RawRequest): Promise<RawAnswer> {
  using conn = await Deno.connect({ hostname: "127.0.0.1", port });
  conn.setNoDelay(true);
  await writeAll(conn, encodeRequest(port, request));
  return await readRaw(conn);
}

/** The bytes of a request that ends its connection. */
export function encodeRequest(port: number, request: RawRequest): Uint8Array<ArrayBuffer> {
  const { method = "GET", target, headers = {}, body } = request;
  const bytes = typeof body === "string" ? encoder.encode(body) : body;
  const all = {
    host: `127.0.0.1:${port}`,
    connection: "close",
    ...(bytes === undefined ? {} : { "content-length": String(bytes.length) }),
    ...headers,
  };
  const lines = [`${method} ${target} HTTP/1.1`];
  for (const [name, value] of Object.entries(all)) {
    if (value !== undefined) lines.push(`${name}: ${value}`);
  }
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  const whole = new Uint8Array(head.length + (bytes?.length ?? 0));
  whole.set(head);
  if (bytes !== undefined) whole.set(bytes, head.length);
  return whole;
}

/** Writes all bytes. @throws When the peer has gone. */
export async function writeAll(conn: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
}

/** Reads an answer until it has its declared length, or until the peer ends the connection. */
export async function readRaw(conn: Deno.Conn): Promise<RawAnswer> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(64 * 1024);
  let text = "";
  for (let size; !isWhole(text) && (size = await conn.read(buffer)) !== null;) {
    text += decoder.decode(buffer.subarray(0, size), { stream: true });
    if (text.startsWith("HTTP/1.1 100 ")) text = text.slice(text.indexOf("\r\n\r\n") + 4);
  }
  return parseAnswer(text);
}

function isWhole(text: string): boolean {
  const { headers, text: body } = parseAnswer(text);
  const length = headers.get("content-length");
  return length !== null && new TextEncoder().encode(body).length >= Number(length);
}

function parseAnswer(text: string): RawAnswer {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return { status: 0, headers: new Headers(), text: "" };
  const [start = "", ...lines] = text.slice(0, end).split("\r\n");
  const headers = new Headers();
  for (const line of lines) {
    const colon = line.indexOf(":");
    headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
  }
  return { status: Number(start.split(" ")[1] ?? 0), headers, text: text.slice(end + 4) };
}
