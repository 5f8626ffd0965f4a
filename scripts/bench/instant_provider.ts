/**
 * A model provider that answers at once, as a worker: its work is done beside that of the clients. Posts
 * its port once it listens.
 *
 * @module
 */

const WORDS = ["Hello ", "there, ", "all ", "is ", "well"];

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const choice = (delta: unknown, finish_reason: string | null = null) =>
  event({
    id: "c",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta, finish_reason }],
  });
const usage = { prompt_tokens: 9, completion_tokens: 5, total_tokens: 14 };
const ANSWER = new TextEncoder().encode(
  choice({ role: "assistant", content: "" }) +
    WORDS.map((content) => choice({ content })).join("") +
    choice({}, "stop") + event({ id: "c", choices: [], usage }) + "data: [DONE]\n\n",
);

const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  await request.body?.cancel();
  return new Response(ANSWER, { headers: { "content-type": "text/event-stream" } });
});
(globalThis as unknown as { postMessage(port: number): void }).postMessage(server.addr.port);
