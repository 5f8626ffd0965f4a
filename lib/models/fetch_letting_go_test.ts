import { assertEquals, assertRejects } from "@std/assert";
import { fetchLettingGo } from "./fetch_letting_go.ts";

const HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\ndata: 1\n\n";
/** Longer than a test runs. */
const FOREVER_MS = 60_000;

/** Takes one request; `use` decides when the answer begins, and may wait until the client is gone. */
async function withServer(
  use: (
    url: string,
    server: { begin(): Promise<void>; asked: Promise<void>; gone: Promise<void> },
  ) => Promise<void>,
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  const asked = accepted.then(async (conn) => void await conn.read(new Uint8Array(4096)));
  const begin = async () => void await (await accepted).write(new TextEncoder().encode(HEAD));
  const gone = asked.then(async () => {
    const conn = await accepted;
    // A reset is an end as well.
    while (await conn.read(new Uint8Array(1)).catch(() => null) !== null);
    conn.close();
  });
  await use(`http://127.0.0.1:${listener.addr.port}/`, { begin, asked, gone });
  await gone;
}

Deno.test("fetchLettingGo() cuts a connection whose answer never begins", () =>
  withServer(async (url, { asked }) => {
    const controller = new AbortController();
    const answer = fetchLettingGo(url, { signal: controller.signal }, 1);
    await asked;
    controller.abort(new Error("enough"));
    await assertRejects(() => answer, Error, "enough");
  }));

Deno.test("fetchLettingGo() lets go of an answer that begins after the abort", () =>
  withServer(async (url, { asked, begin }) => {
    const controller = new AbortController();
    const answer = fetchLettingGo(url, { signal: controller.signal }, FOREVER_MS);
    await asked;
    controller.abort(new Error("enough"));
    await assertRejects(() => answer, Error, "enough");
    await begin();
  }));

Deno.test("fetchLettingGo() ends an answer under way", () =>
  withServer(async (url, { asked, begin }) => {
    const controller = new AbortController();
    const answer = fetchLettingGo(url, { signal: controller.signal }, FOREVER_MS);
    await asked;
    await begin();
    const reader = (await answer).body!.getReader();
    assertEquals(new TextDecoder().decode((await reader.read()).value), "data: 1\n\n");
    controller.abort();
    await assertRejects(() => reader.read());
  }));
