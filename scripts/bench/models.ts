/**
 * Measures what a streamed model call costs over the bare request: `fetch` with the body read and
 * dropped, `fetch` with its events parsed, and the model client.
 *
 * Usage: `deno run -A scripts/bench/models.ts [--calls 500] [--chunks 20] [--rounds 5]`
 *
 * The provider is a process of its own, so that its work is not counted.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { envOf } from "../../lib/base/mod.ts";
import { ModelCatalog } from "../../lib/models/mod.ts";
import { cpuUsage, memoryUsage, systemClock } from "../../lib/platform/mod.ts";

const WARM_UP_CALLS = 200;

/** The program of the provider: answers every request with the given number of chunks. */
const PROVIDER = `
const chunkCount = Number(Deno.args[0]);
const encoder = new TextEncoder();
const chunk = (delta, finish) => encoder.encode("data: " + JSON.stringify({
  id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model: "m1",
  choices: [{ index: 0, delta, finish_reason: finish }],
}) + "\\n\\n");
const chunks = Array.from({ length: chunkCount }, (_, i) => chunk({ content: "word" + i + " " }, null));
chunks.push(chunk({}, "stop"), encoder.encode("data: [DONE]\\n\\n"));
const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
  await request.text();
  let next = 0;
  const body = new ReadableStream({
    pull(controller) {
      if (next < chunks.length) controller.enqueue(chunks[next++]);
      else controller.close();
    },
  });
  return new Response(body, { headers: { "content-type": "text/event-stream" } });
});
console.log(server.addr.port);
`;

type Call = () => Promise<number>;

const REQUEST = {
  model: "m1",
  messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "hi" }],
  stream: true,
  stream_options: { include_usage: true },
};

async function post(baseUrl: string): Promise<Response> {
  return await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer key" },
    body: JSON.stringify(REQUEST),
  });
}

async function callBare(baseUrl: string): Promise<number> {
  let byteCount = 0;
  for await (const bytes of (await post(baseUrl)).body ?? []) {
    byteCount += bytes.length;
  }
  return byteCount;
}

async function callParsed(baseUrl: string): Promise<number> {
  const body = (await post(baseUrl)).body ?? new ReadableStream<Uint8Array<ArrayBuffer>>();
  let rest = "";
  let charCount = 0;
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (!line.startsWith("data: {")) continue;
      charCount += JSON.parse(line.slice(6)).choices[0]?.delta?.content?.length ?? 0;
    }
  }
  return charCount;
}

function modelCall(baseUrl: string): Call {
  const models = [{ id: "m1", name: "Model one" }];
  const config = { providers: { bench: { baseUrl, apiKey: "key", models } } };
  const model = new ModelCatalog(config, envOf({})).create({ provider: "bench", model: "m1" });
  return async () => {
    const request = {
      system: "Be brief.",
      messages: [{ role: "user" as const, content: [{ type: "text" as const, text: "hi" }] }],
      signal: new AbortController().signal,
    };
    let charCount = 0;
    for await (const event of model.stream(request)) {
      if (event.type === "text") charCount += event.delta.length;
    }
    return charCount;
  };
}

async function measure(call: Call, calls: number): Promise<[wallMs: number, cpuMs: number]> {
  const cpu = cpuMs();
  const wall = systemClock.monotonic();
  for (let done = 0; done < calls; done++) await call();
  return [(systemClock.monotonic() - wall) / calls, (cpuMs() - cpu) / calls];
}

function cpuMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function startProvider(chunks: number): Promise<[Deno.ChildProcess, string]> {
  const path = await Deno.makeTempFile({ suffix: ".js" });
  await Deno.writeTextFile(path, PROVIDER);
  const args = ["run", "--allow-net", path, String(chunks)];
  const child = new Deno.Command(Deno.execPath(), { args, stdout: "piped" })
    .spawn();
  const { value } = await child.stdout.pipeThrough(new TextDecoderStream())
    .getReader().read();
  await Deno.remove(path);
  return [child, `http://127.0.0.1:${Number(value)}/v1`];
}

async function main(): Promise<void> {
  const args = parseArgs(Deno.args, { string: ["calls", "chunks", "rounds"] });
  const calls = Number(args.calls ?? 500);
  const [child, baseUrl] = await startProvider(Number(args.chunks ?? 20));
  try {
    const model = modelCall(baseUrl);
    const before = memoryUsage().rss;
    const [firstMs] = await measure(model, 1);
    const grownMb = (memoryUsage().rss - before) / 1e6;
    console.log(
      `first call ${firstMs.toFixed(0)} ms, ${grownMb.toFixed(1)} MB more resident memory`,
    );
    const kinds: [string, Call][] = [
      ["fetch, body dropped", () => callBare(baseUrl)],
      ["fetch, events parsed", () => callParsed(baseUrl)],
      ["model client", model],
    ];
    for (const [, call] of kinds) await measure(call, WARM_UP_CALLS);
    const figures = kinds.map((): [number, number][] => []);
    for (let round = 0; round < Number(args.rounds ?? 5); round++) {
      for (const [kind, [, call]] of kinds.entries()) {
        figures[kind]?.push(await measure(call, calls));
      }
    }
    for (const [kind, [name]] of kinds.entries()) {
      const wall = median((figures[kind] ?? []).map(([wallMs]) => wallMs));
      const cpu = median((figures[kind] ?? []).map(([, cpuMs]) => cpuMs));
      console.log(`${name.padEnd(22)} wall ${wall.toFixed(3)} ms  cpu ${cpu.toFixed(3)} ms a call`);
    }
  } finally {
    child.kill();
    await child.status;
  }
}

if (import.meta.main) await main();
