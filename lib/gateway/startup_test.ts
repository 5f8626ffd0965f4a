import { assertEquals } from "@std/assert";
import { Startup } from "./startup.ts";

Deno.test("Startup refuses while anything holds it up", () => {
  const startup = new Startup();
  assertEquals(startup.refuseConnect(), undefined);
  const release = [startup.hold("store"), startup.hold("channels")];
  assertEquals(startup.pending, ["store", "channels"]);
  release[0]!();
  assertEquals(startup.refuseConnect()?.closeCode, 1013);
  assertEquals(startup.refuseCall("health"), undefined);
  assertEquals(startup.refuseCall("chat.history"), {
    code: "UNAVAILABLE",
    message: "gateway starting; retry shortly",
    details: { reason: "startup-sidecars", method: "chat.history" },
    retryable: true,
    retryAfterMs: 500,
  });
  release[1]!();
  assertEquals(startup.refuseCall("chat.history"), undefined);
});

Deno.test("Startup tells when the last one lets go, once", () => {
  const startup = new Startup();
  let told = 0;
  startup.onReady = () => told++;
  const [first, second] = [startup.hold("a"), startup.hold("b")];
  first();
  first();
  assertEquals(told, 0);
  second();
  second();
  assertEquals(told, 1);
});
