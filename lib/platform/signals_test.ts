import { assertEquals } from "@std/assert";
import { withTimeout } from "../base/mod.ts";
import { ignoresHangup, onTermination, terminationSignals } from "./signals.ts";

Deno.test("terminationSignals() are those of the system", () => {
  assertEquals(terminationSignals("windows", false), ["SIGINT", "SIGBREAK"]);
  assertEquals(terminationSignals("linux", false), ["SIGTERM", "SIGINT", "SIGHUP"]);
  assertEquals(terminationSignals("darwin", true), ["SIGTERM", "SIGINT"]);
});

Deno.test("ignoresHangup() reads the first bit of the mask", () => {
  assertEquals(ignoresHangup("Name:\tx\nSigIgn:\t0000000000001001\nSigCgt:\t0\n"), true);
  assertEquals(ignoresHangup("Name:\tx\nSigIgn:\t0000000000001000\nSigCgt:\t1\n"), false);
  assertEquals(ignoresHangup(""), false);
});

Deno.test({
  name: "onTermination() hands over the signal until it is stopped",
  ignore: Deno.build.os === "windows",
  async fn() {
    const { promise, resolve } = Promise.withResolvers<string>();
    const stop = onTermination(resolve);
    Deno.kill(Deno.pid, "SIGTERM");
    // A signal listener alone does not keep the event loop going; the time limit does.
    assertEquals(await withTimeout(promise, 10_000, () => "nothing came"), "SIGTERM");
    stop();
    stop();
  },
});

Deno.test({
  name: "onTermination() leaves a process running that was started to outlive its terminal",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const module = new URL("./signals.ts", import.meta.url).href;
    const code = `
      import { onTermination } from ${JSON.stringify(module)};
      onTermination((signal) => { console.log(signal); Deno.exit(0); });
      Deno.kill(Deno.pid, "SIGHUP");
      if (Deno.env.get("THEN")) Deno.kill(Deno.pid, Deno.env.get("THEN"));
      setTimeout(() => {}, 60_000);`;
    const ends = async (then: string, command: string, ...args: string[]) => {
      const { stdout } = await new Deno.Command(command, {
        args: [...args, "eval", code],
        env: { NO_COLOR: "1", THEN: then },
      }).output();
      return new TextDecoder().decode(stdout).trim();
    };
    assertEquals(await ends("", "env", "--default-signal=HUP", Deno.execPath()), "SIGHUP");
    assertEquals(await ends("SIGTERM", "nohup", Deno.execPath()), "SIGTERM");
  },
});
