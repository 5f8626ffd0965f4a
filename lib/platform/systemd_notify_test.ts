import { assert, assertEquals } from "@std/assert";
import { envOf } from "../base/mod.ts";
import { shortTempDir } from "../base/testing.ts";
import { SystemdNotifier, watchdogMs } from "./systemd_notify.ts";

Deno.test({
  name: "SystemdNotifier tells the socket and leaves no file behind",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await shortTempDir("notify-test-");
    const path = `${folder}/manager`;
    const manager = Deno.listenDatagram({ transport: "unixpacket", path });
    try {
      const notifier = SystemdNotifier.open(envOf({ NOTIFY_SOCKET: path }), folder);
      assert(notifier !== undefined);
      const received = manager.receive();
      await notifier.send("READY=1", "STATUS=on port 1");
      assertEquals(new TextDecoder().decode((await received)[0]), "READY=1\nSTATUS=on port 1");
      manager.close();
      await notifier.send("STOPPING=1");
      notifier.close();
      assertEquals([...Deno.readDirSync(folder)].filter(({ name }) => name !== "manager"), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
});

Deno.test("SystemdNotifier stays silent when nobody listens", () => {
  assertEquals(SystemdNotifier.open(envOf({}), "/nowhere"), undefined);
  assertEquals(SystemdNotifier.open(envOf({ NOTIFY_SOCKET: "/x" }), "/nowhere"), undefined);
});

Deno.test("watchdogMs() counts only what is meant for this process", () => {
  assertEquals(watchdogMs(envOf({ WATCHDOG_USEC: "30000000" }), 7), 30_000);
  assertEquals(watchdogMs(envOf({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "7" }), 7), 30_000);
  assertEquals(watchdogMs(envOf({ WATCHDOG_USEC: "30000000", WATCHDOG_PID: "8" }), 7), undefined);
  assertEquals(watchdogMs(envOf({ WATCHDOG_USEC: "0" }), 7), undefined);
  assertEquals(watchdogMs(envOf({}), 7), undefined);
});
