import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { WizardSession } from "./session.ts";

Deno.test("WizardSession shows a step, takes a fitting answer and goes on", async () => {
  const said: unknown[] = [];
  const session = new WizardSession(async (ask) => {
    await ask.note("Hello", "text");
    said.push(await ask.confirm("Sure?", true));
    said.push(await ask.select("Which", [{ value: "a", label: "A" }, { value: "b", label: "B" }]));
    const validate = (value: string) => value === "" ? "A name is needed" : undefined;
    said.push(await ask.text({ message: "Name", sensitive: true, validate }));
  });
  const first = await session.current();
  assertEquals([first.done, first.step?.type, first.step?.executor], [false, "note", "client"]);
  let step = (await session.answer({ stepId: first.step!.id })).step!;
  const refuse = async (value: unknown, message: string) => {
    const answer = () => session.answer({ stepId: step.id, value });
    assertEquals((await assertRejects(answer, AppError)).message, `wizard: ${message}`);
    assertEquals((await session.current()).step, step);
  };
  await refuse("yes", "the answer is true or false");
  const stale = () => session.answer({ stepId: first.step!.id, value: true });
  assertEquals((await assertRejects(stale, AppError)).message, "wizard: no pending step");
  step = (await session.answer({ stepId: step.id, value: false })).step!;
  await refuse("c", "the answer is one of the options");
  step = (await session.answer({ stepId: step.id, value: "b" })).step!;
  await refuse(7, "the answer is a text");
  await refuse("", "A name is needed");
  assertEquals([step.sensitive, "validate" in step], [true, false]);
  assertEquals(await session.answer({ stepId: step.id, value: "x" }), {
    done: true,
    status: "done",
  });
  assertEquals(said, [false, "b", "x"]);
});

Deno.test("WizardSession.cancel() ends the flow where it waits", async () => {
  let isOver = false;
  const session = new WizardSession(async (ask) => {
    try {
      await ask.confirm("Sure?", true);
    } finally {
      isOver = true;
    }
  });
  await session.current();
  await session.cancel();
  assertEquals([isOver, session.state, session.error], [true, "cancelled", undefined]);
  assertEquals(await session.current(), { done: true, status: "cancelled" });
});

Deno.test("WizardSession tells what its flow failed with", async () => {
  const session = new WizardSession(() => Promise.reject(new Error("disk full")));
  assertEquals(await session.current(), { done: true, status: "error", error: "disk full" });
});
