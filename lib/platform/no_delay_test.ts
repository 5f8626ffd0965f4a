import { assertEquals } from "@std/assert";
import { acceptWithoutDelay, delaysSmallWrites } from "./no_delay.ts";
import { osName } from "./os.ts";

Deno.test("delaysSmallWrites() knows the runtimes that do", () => {
  const versions = ["1.46.3", "2.7.11", "2.8.3", "2.9.0", "2.10.1", "3.0.0"];
  assertEquals(versions.filter(delaysSmallWrites), ["1.46.3", "2.7.11", "2.8.3"]);
});

Deno.test({
  name: "acceptWithoutDelay() reaches the connections of a listener, and no port of others",
  ignore: osName() !== "linux",
  fn: async () => {
    const libc = Deno.dlopen("libc.so.6", {
      getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
      getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
    });
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    /** The option of every socket of the port. */
    const options = () =>
      [...Deno.readDirSync("/dev/fd")].flatMap(({ name }) => {
        const address = new Uint8Array(128);
        const length = new Uint32Array([128]);
        libc.symbols.getsockname(Number(name), address, length);
        if (new DataView(address.buffer).getUint16(2) !== port) return [];
        const value = new Uint32Array(1);
        length[0] = 4;
        return libc.symbols.getsockopt(Number(name), 6, 1, value, length) === 0 ? [value[0]] : [];
      });
    try {
      assertEquals(options(), [0]);
      assertEquals(acceptWithoutDelay(port), true);
      const client = await Deno.connect({ hostname: "127.0.0.1", port });
      const accepted = await listener.accept();
      assertEquals(options(), [1, 1], "the listener and what it accepted");
      accepted.close();
      client.close();
    } finally {
      listener.close();
      libc.close();
    }
    assertEquals(acceptWithoutDelay(port), false);
  },
});
