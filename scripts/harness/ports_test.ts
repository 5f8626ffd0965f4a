import { assert, assertEquals } from "@std/assert";
import { isListening } from "./gateway.ts";
import { freePort } from "./ports.ts";

const MANY = 40;

Deno.test("freePort() gives a port that nothing listens on, and that the system picks for nobody", async () => {
  const port = freePort();
  assertEquals(await isListening(port), false);
  assert(port >= 20_000 && port < 32_768);
  if (Deno.build.os !== "linux") return;
  const range = await Deno.readTextFile("/proc/sys/net/ipv4/ip_local_port_range");
  assert(port < Number(range.split(/\s/)[0]), range);
});

Deno.test("freePort() gives no port twice, to no process", async () => {
  const script = `import { freePort } from "${new URL("ports.ts", import.meta.url)}";
    for (let i = 0; i < ${MANY}; i++) console.log(freePort());`;
  const runs = Array.from({ length: 3 }, async () => {
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["eval", script] }).output();
    return new TextDecoder().decode(stdout).trim().split("\n").map(Number);
  });
  const own = Array.from({ length: MANY }, freePort);
  const all = [...own, ...(await Promise.all(runs)).flat()];
  assertEquals([all.length, new Set(all).size], [4 * MANY, 4 * MANY]);
});
