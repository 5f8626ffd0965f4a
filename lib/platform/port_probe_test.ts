import { assertEquals } from "@std/assert";
import { isPortAccepting, testBind } from "./port_probe.ts";

Deno.test("isPortAccepting() and testBind() see a listener come and go", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assertEquals([await isPortAccepting(port), testBind(port)], [true, "busy"]);
  listener.close();
  assertEquals([await isPortAccepting(port), testBind(port)], [false, "free"]);
});

Deno.test({
  name: "testBind() says unknown when no address of the machine may be used",
  ignore: Deno.build.os !== "linux" || Deno.uid() === 0,
  fn: () => assertEquals(testBind(1), "unknown"),
});
