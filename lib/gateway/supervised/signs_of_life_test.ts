import { assertEquals } from "@std/assert";
import { FakeTime } from "../_testing.ts";
import { type ServiceNotifier, SignsOfLife } from "./signs_of_life.ts";

class RecordedNotifier implements ServiceNotifier {
  readonly sent: string[] = [];
  readonly watchdogMs: number | undefined;
  isClosed = false;

  constructor(watchdogMs?: number) {
    this.watchdogMs = watchdogMs;
  }

  send(...assignments: string[]): Promise<void> {
    this.sent.push(assignments.join(" "));
    return Promise.resolve();
  }

  close(): void {
    this.isClosed = true;
  }
}

const answering = () => Promise.resolve();

Deno.test("SignsOfLife asks for patience until the gateway is ready, then says so once", async () => {
  using time = new FakeTime();
  const notifier = new RecordedNotifier();
  const life = new SignsOfLife(notifier);
  life.starting();
  time.advance(45_000);
  await life.ready("serving\non port 1", answering);
  time.advance(600_000);
  await life.stopping();
  life.close();
  assertEquals(notifier.sent, [
    "EXTEND_TIMEOUT_USEC=60000000",
    "EXTEND_TIMEOUT_USEC=60000000",
    "READY=1 STATUS=serving on port 1",
    "STOPPING=1 STATUS=stopping",
  ]);
  assertEquals([notifier.isClosed, time.pending], [true, 0]);
});

Deno.test("SignsOfLife feeds the watchdog three times an interval while the store answers", async () => {
  using time = new FakeTime();
  const notifier = new RecordedNotifier(30_000);
  const life = new SignsOfLife(notifier);
  await life.ready("serving", answering);
  for (let fed = 0; fed < 3; fed++) {
    time.advance(10_000);
    await Promise.resolve();
    await Promise.resolve();
    await Promise.resolve();
  }
  assertEquals(notifier.sent.slice(1), ["WATCHDOG=1", "WATCHDOG=1", "WATCHDOG=1"]);
  life.close();
});

Deno.test("SignsOfLife lets the watchdog starve when the store is silent", async () => {
  using time = new FakeTime();
  const notifier = new RecordedNotifier(30_000);
  const life = new SignsOfLife(notifier);
  let asked = 0;
  await life.ready("serving", () => {
    asked++;
    return new Promise(() => {});
  });
  time.advance(120_000);
  assertEquals([notifier.sent.length, asked], [1, 1]);
  life.close();
});

Deno.test("SignsOfLife needs no manager", async () => {
  using time = new FakeTime();
  const life = new SignsOfLife(undefined);
  life.starting();
  await life.ready("serving", answering);
  await life.stopping();
  life.close();
  assertEquals(time.pending, 0);
});
