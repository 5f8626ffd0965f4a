/**
 * A process that listens on a free port and prints it, for `ports/*_test.ts`. With the argument
 * `stubborn` it ignores SIGTERM.
 */
const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
if (Deno.args[0] === "stubborn") Deno.addSignalListener("SIGTERM", () => {});
console.log(listener.addr.port);
for await (const connection of listener) connection.close();
