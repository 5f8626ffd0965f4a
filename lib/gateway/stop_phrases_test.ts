import { assertEquals } from "@std/assert";
import { isStopPhrase } from "./stop_phrases.ts";

Deno.test("isStopPhrase() knows the phrases in any case and with closing punctuation", () => {
  const phrases = [
    "stop",
    " STOP ",
    "Stop!",
    "stop...",
    "/stop",
    "Abort?!",
    "esc",
    "停止。",
    "Стоп!",
  ];
  for (const phrase of [...phrases, "arrête !", "arre\u0302te", "\n\tstop\r\n"]) {
    assertEquals(isStopPhrase(phrase), true, phrase);
  }
});

Deno.test("isStopPhrase() leaves ordinary messages alone", () => {
  const messages = [
    "",
    "!",
    "please stop",
    "stop it",
    "nonstop",
    "stop stop",
    "!stop",
    "sto p",
    ".",
  ];
  for (const message of messages) assertEquals(isStopPhrase(message), false, message);
});

Deno.test("isStopPhrase() is done at once with long messages", () => {
  const started = performance.now();
  assertEquals(isStopPhrase("!".repeat(200_000) + "x"), false);
  assertEquals(isStopPhrase("stop" + "!".repeat(200_000)), false);
  const tookMs = performance.now() - started;
  assertEquals(tookMs < 1000, true, `${tookMs} ms`);
});
