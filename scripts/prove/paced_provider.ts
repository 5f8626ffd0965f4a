/**
 * A model provider that streams at a pace of its own, as a worker: load on the clients must not slow it.
 *
 * The last user message says how: `pace <chunks> <milliseconds between> <characters each>`. Posts its
 * port once it listens.
 *
 * @module
 */

interface Ask {
  readonly messages: readonly { readonly role: string; readonly content: unknown }[];
}

function asked({ messages }: Ask): [chunks: number, pauseMs: number, chars: number] {
  const text = JSON.stringify(messages.findLast(({ role }) => role === "user")?.content ?? "");
  const numbers = /pace (\d+) (\d+) (\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  return [numbers[0] ?? 1, numbers[1] ?? 0, numbers[2] ?? 5];
}

function stream(chunks: number, pauseMs: number, chars: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const line = (fields: unknown) => encoder.encode(`data: ${JSON.stringify(fields)}\n\n`);
  const choice = (fields: Record<string, unknown>) =>
    line({ id: "c", choices: [{ index: 0, ...fields }] });
  let timer: ReturnType<typeof setInterval> | undefined;
  return new ReadableStream({
    start(controller) {
      let left = chunks;
      timer = setInterval(() => {
        if (left-- > 0) {
          return controller.enqueue(choice({ delta: { content: "w".repeat(chars) } }));
        }
        clearInterval(timer);
        controller.enqueue(choice({ delta: {}, finish_reason: "stop" }));
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      }, pauseMs);
    },
    cancel: () => clearInterval(timer),
  });
}

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  const [chunks, pauseMs, chars] = asked(await request.json() as Ask);
  return new Response(stream(chunks, pauseMs, chars), {
    headers: { "content-type": "text/event-stream" },
  });
});
(globalThis as unknown as { postMessage(port: number): void }).postMessage(server.addr.port);
