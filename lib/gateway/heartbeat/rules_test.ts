import { assertEquals } from "@std/assert";
import { isActiveAt } from "./active_hours.ts";
import { dueTasks, isBlankInstruction, parseTasks } from "./instructions.ts";
import { currentTimeLine } from "./moment.ts";
import { readReply } from "./reply.ts";

Deno.test("readReply() takes the token off either end, and a short rest with it", () => {
  const read = (text: string, max = 10) => readReply(text, max);
  assertEquals(read("HEARTBEAT_OK"), { text: "", hasToken: true });
  assertEquals(read("**HEARTBEAT_OK**"), { text: "", hasToken: true });
  assertEquals(read("all good HEARTBEAT_OK."), { text: "", hasToken: true });
  assertEquals(read("HEARTBEAT_OK but the kettle is on"), {
    text: "but the kettle is on",
    hasToken: true,
  });
  assertEquals(read("say HEARTBEAT_OK to me"), { text: "say HEARTBEAT_OK to me", hasToken: false });
  assertEquals(read("  the kettle is on "), { text: "the kettle is on", hasToken: false });
  assertEquals(read(""), { text: "", hasToken: false });
});

Deno.test("isBlankInstruction() sees through headings, blanks and empty list marks", () => {
  for (const text of ["", "# Heartbeat\n\n", "#\n- [ ]\n*\n  ", "## a\r\n\r\n"]) {
    assertEquals(isBlankInstruction(text), true, text);
  }
  for (const text of ["check the mail", "# Heartbeat\n- water plants", "#hashtag"]) {
    assertEquals(isBlankInstruction(text), false, text);
  }
});

Deno.test("parseTasks() reads the block and leaves out what cannot be used", () => {
  const text = `# Heartbeat

tasks:
  - name: mail
    interval: 30m
    prompt: "Look at the mail"
  - name: no interval
    prompt: x
  - name: plants
    interval: 1h30m
    prompt: Water them

Other text
  - name: outside
    interval: 1h
    prompt: y
`;
  assertEquals(parseTasks(text), [
    { name: "mail", intervalMs: 1_800_000, prompt: "Look at the mail" },
    { name: "plants", intervalMs: 5_400_000, prompt: "Water them" },
  ]);
  assertEquals(parseTasks("check the mail"), []);
});

Deno.test("dueTasks() names those whose interval is over, also after a clock was put back", () => {
  const task = (name: string) => ({ name, intervalMs: 1000, prompt: "p" });
  const tasks = ["new", "fresh", "old", "future"].map(task);
  const due = dueTasks(tasks, { fresh: 9500, old: 9000, future: 20_000 }, 10_000);
  assertEquals(due.map(({ name }) => name), ["new", "old", "future"]);
});

Deno.test("isActiveAt() knows zones and nights", () => {
  const noon = Date.UTC(2026, 6, 1, 12);
  const hours = (start: string, end: string, timeZone?: string) => ({ start, end, timeZone });
  assertEquals(isActiveAt(undefined, noon, "UTC"), true);
  assertEquals(isActiveAt(hours("08:00", "12:00"), noon, "UTC"), false);
  assertEquals(isActiveAt(hours("08:00", "24:00"), noon, "UTC"), true);
  assertEquals(isActiveAt(hours("14:00", "15:00"), noon, "Europe/Berlin"), true);
  assertEquals(isActiveAt(hours("14:00", "15:00", "UTC"), noon, "Europe/Berlin"), false);
  assertEquals(isActiveAt(hours("22:00", "13:00"), noon, "UTC"), true);
  assertEquals(isActiveAt(hours("22:00", "06:00"), noon, "UTC"), false);
  assertEquals(isActiveAt(hours("never", "06:00"), noon, "UTC"), true);
  assertEquals(isActiveAt(hours("14:00", "15:00", "Mars/Phobos"), noon, "UTC"), false);
});

Deno.test("currentTimeLine() says the time there and in UTC", () => {
  assertEquals(
    currentTimeLine(Date.UTC(2026, 10, 22, 23, 5), "Europe/Berlin"),
    "Current time: Monday 2026-11-23 00:05 (Europe/Berlin), 2026-11-22 23:05 UTC",
  );
  assertEquals(
    currentTimeLine(Date.UTC(2026, 10, 22, 23, 5), "Mars/Phobos"),
    "Current time: Sunday 2026-11-22 23:05 (Mars/Phobos), 2026-11-22 23:05 UTC",
  );
});
