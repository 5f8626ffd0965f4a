import { assertEquals } from "@std/assert";
import type { TerminationSignal } from "../../platform/mod.ts";
import { EndSignals, type SignalJudge } from "./end_signals.ts";

function listen() {
  let send = (_signal: TerminationSignal) => {};
  let user = () => {};
  let stopped = 0;
  const sources = {
    onTermination: (handler: (signal: TerminationSignal) => void) => {
      send = handler;
      return () => void stopped++;
    },
    onUserSignal: (handler: () => void) => {
      user = handler;
      return () => void stopped++;
    },
  };
  const ending: SignalJudge = { judge: () => Promise.resolve("end"), user: () => {} };
  const signals = new EndSignals(sources, ending);
  const repeats: string[] = [];
  signals.onRepeat = (signal) => void repeats.push(signal);
  return {
    signals,
    repeats,
    send: (signal: TerminationSignal) => send(signal),
    user: () => user(),
    stopped: () => stopped,
  };
}

Deno.test("EndSignals ends with the first signal and tells of the others", async () => {
  const { signals, repeats, send, user, stopped } = listen();
  user();
  send("SIGINT");
  send("SIGTERM");
  assertEquals(await signals.first, { signal: "SIGINT", willRestart: false });
  await Promise.resolve();
  assertEquals(repeats, ["SIGTERM"]);
  signals.stop();
  assertEquals(stopped(), 2);
});

Deno.test("EndSignals asks a gateway that serves what a signal means", async () => {
  const { signals, repeats, send, user } = listen();
  const verdicts: Awaited<ReturnType<SignalJudge["judge"]>>[] = ["handled", "end-for-restart"];
  let users = 0;
  signals.judge = {
    judge: () => Promise.resolve(verdicts.shift() ?? "end"),
    user: () => void users++,
  };
  send("SIGTERM");
  user();
  await Promise.resolve();
  send("SIGTERM");
  send("SIGINT");
  assertEquals(await signals.first, { signal: "SIGTERM", willRestart: true });
  await Promise.resolve();
  assertEquals([repeats, users], [["SIGINT"], 1]);
});
