import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { canSharePorts, systemClock } from "../platform/mod.ts";
import { recordingLogger } from "./_testing.ts";
import { listen, type ListenOptions } from "./listener.ts";

/** An address of the documentation's network, which no machine has. */
const FOREIGN_ADDRESS = "192.0.2.1";
const RETRY_DELAY_MS = 13;

function options(over: Partial<ListenOptions> = {}): ListenOptions & { lines: string[] } {
  const { log, lines } = recordingLogger();
  return {
    hosts: ["127.0.0.1"],
    port: 0,
    attempts: 1,
    retryDelayMs: RETRY_DELAY_MS,
    handler: () => new Response("hello"),
    guard: { socketDir: "/nonexistent" },
    clock: systemClock,
    log,
    lines,
    ...over,
  };
}

/** Counts how often `task` waits between two tries. */
async function countingWaits(task: () => Promise<unknown>): Promise<number> {
  const real = globalThis.setTimeout;
  let waits = 0;
  globalThis.setTimeout = ((run: () => void, ms?: number) => {
    if (ms === RETRY_DELAY_MS) waits++;
    return real(run, ms);
  }) as typeof setTimeout;
  try {
    await task();
  } finally {
    globalThis.setTimeout = real;
  }
  return waits;
}

Deno.test("listen() takes a free port and answers on it", async () => {
  const listeners = await listen(options());
  assert(listeners.port > 0);
  assertEquals(listeners.hosts, ["127.0.0.1"]);
  const response = await fetch(`http://127.0.0.1:${listeners.port}/`);
  assertEquals(await response.text(), "hello");
  await listeners.close(1000);
});

Deno.test("listen() on a taken port tries as often as told, then says who has it", async () => {
  using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = holder.addr;
  for (const attempts of [1, 3]) {
    let error: AppError | undefined;
    const waits = await countingWaits(async () => {
      error = await assertRejects(() => listen(options({ port, attempts })), AppError);
    });
    assertEquals([waits, error?.code, error?.retryable], [attempts - 1, "PORT_IN_USE", true]);
    const expected = `another gateway instance is already listening on ws://127.0.0.1:${port}`;
    assertEquals(error?.message, expected);
    assertMatch(
      error?.hint ?? "",
      new RegExp(`--port ${port === 65535 ? 18789 : port + 1}, or stop`),
    );
    const context = error?.details?.context as string[];
    assertEquals(context[0], `Port ${port} is already in use.`);
    if (Deno.build.os === "linux") assertMatch(context[1] ?? "", new RegExp(`pid ${Deno.pid}`));
  }
});

Deno.test("listen() gets a port that becomes free between two tries", async () => {
  const holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = holder.addr;
  const listening = listen(options({ port, attempts: 1000 }));
  holder.close();
  const listeners = await listening;
  assertEquals(listeners.port, port);
  await listeners.close(1000);
});

Deno.test("listen() does not try again what cannot become possible", async () => {
  let error: AppError | undefined;
  const waits = await countingWaits(async () => {
    const refused = listen(options({ hosts: [FOREIGN_ADDRESS], attempts: 5 }));
    error = await assertRejects(() => refused, AppError);
  });
  assertEquals([waits, error?.code], [0, "BIND_FAILED"]);
  assertMatch(error?.message ?? "", /^failed to bind gateway socket on ws:\/\/192\.0\.2\.1:0: /);
  assertEquals(error?.hint, "openclaw gateway run --bind loopback");
});

Deno.test("listen() goes on without a further address that cannot be had", async () => {
  const { lines, ...given } = options({ hosts: ["127.0.0.1", FOREIGN_ADDRESS] });
  const listeners = await listen(given);
  assertEquals(listeners.hosts, ["127.0.0.1"]);
  assertMatch(lines.join(), /^debug: not listening on 192\.0\.2\.1:\d+: /);
  await listeners.close(1000);
});

Deno.test("listen() answers 500 for what its handler throws, and tells only the log", async () => {
  const { lines, ...given } = options({
    handler: () => {
      throw new Error("secret reason");
    },
  });
  const listeners = await listen(given);
  const response = await fetch(`http://127.0.0.1:${listeners.port}/`);
  assertEquals([response.status, await response.text()], [500, "Internal Server Error"]);
  assertEquals(lines, ["error: request failed: secret reason"]);
  await listeners.close(1000);
});

Deno.test("Listeners.close() lets a request under way end, and takes no new ones", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const listeners = await listen(options({
    handler: async () => {
      arrived.resolve();
      await answer.promise;
      return new Response("late");
    },
  }));
  const url = `http://127.0.0.1:${listeners.port}/`;
  const response = fetch(url, { headers: { connection: "close" } });
  await arrived.promise;
  const closed = listeners.close(10_000);
  await assertRejects(() => Deno.connect({ hostname: "127.0.0.1", port: listeners.port }));
  answer.resolve();
  assertEquals(await (await response).text(), "late");
  await closed;
});

Deno.test("Listeners.close() waits no longer than the grace", async () => {
  const [arrived, answer] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const listeners = await listen(options({
    handler: async () => {
      arrived.resolve();
      await answer.promise;
      return new Response("late");
    },
  }));
  const response = fetch(`http://127.0.0.1:${listeners.port}/`);
  await arrived.promise;
  await listeners.close(1);
  answer.resolve();
  assertEquals(await (await response).text(), "late");
});

Deno.test({
  name: "listen() on all addresses guards everybody but this machine's clients, and shares no port",
  ignore: !canSharePorts(),
  async fn() {
    const socketDir = await Deno.makeTempDir({ prefix: "listener-test-" });
    const handler: ListenOptions["handler"] = (_request, _info, line) =>
      new Response(line ? "guarded" : "direct");
    const listeners = await listen(options({ hosts: ["0.0.0.0"], handler, guard: { socketDir } }));
    const { port } = listeners;
    const ask = async (host: string) => await (await fetch(`http://${host}:${port}/`)).text();
    assertEquals([await ask("127.0.0.1"), await ask("127.0.0.2")], ["direct", "guarded"]);
    assertEquals(listeners.hosts, ["0.0.0.0"]);
    for (const host of ["0.0.0.0", "127.0.0.1"]) {
      const second = listen(options({ hosts: [host], port, guard: { socketDir } }));
      assertEquals((await assertRejects(() => second, AppError)).code, "PORT_IN_USE");
    }
    await listeners.close(1000);
    await Deno.remove(socketDir, { recursive: true });
  },
});
