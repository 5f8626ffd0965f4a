import { assertEquals } from "@std/assert";
import { nextTask } from "./async.ts";

Deno.test("nextTask() comes after microtasks and immediates, and lets a socket be written", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  const client = await Deno.connect({ hostname: "127.0.0.1", port });
  const server = await listener.accept();
  const order: string[] = [];
  setImmediate(() => order.push("immediate"));
  queueMicrotask(() => order.push("microtask"));
  await server.write(new Uint8Array([1]));
  const read = client.read(new Uint8Array(1)).then(() => order.push("read"));
  await nextTask();
  order.push("task");
  await read;
  assertEquals(order.slice(0, 2), ["microtask", "immediate"]);
  assertEquals(order.includes("task"), true);
  for (const each of [client, server, listener]) each.close();
});
