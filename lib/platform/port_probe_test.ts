import { assertEquals } from "@std/assert";
import { isPortAccepting, testBind } from "./port_probe.ts";

Deno.test("isPortAccepting() and testBind() see a listener come and go", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assertEquals([await isPortAccepting(port), testBind(port)], [true, "busy"]);
  listener.close();
  assertEquals([await isPortAccepting(port), testBind(port)], [false, "free"]);
});

/** Whether this user may not listen on the first ports; in containers everybody often may. */
function isRefusedLowPorts(): boolean {
  if (Deno.build.os !== "linux" || Deno.uid() === 0) return false;
  return Number(Deno.readTextFileSync("/proc/sys/net/ipv4/ip_unprivileged_port_start")) > 1;
}

Deno.test({
  name: "testBind() says unknown when no address of the machine may be used",
  ignore: !isRefusedLowPorts(),
  fn: () => assertEquals(testBind(1), "unknown"),
});
