import { assertEquals } from "@std/assert";
import { end, says, ScriptedModel, withRuns } from "./_testing.ts";

Deno.test("what a run has said is on its way to who listens before its end is stored", async () => {
  const model = new ScriptedModel("one", [[says("hello"), end()]]);
  await withRuns({ models: [model] }, async ({ runs, store, request }) => {
    const order: string[] = [];
    const endRun = store.endRun.bind(store);
    store.endRun = (ending) => {
      order.push("stored");
      return endRun(ending);
    };
    const run = await runs.start(request("r1"), ({ type }) => {
      // A turn of the event loop, in which sockets are written.
      if (type === "text") setImmediate(() => order.push("sent"));
    });
    await run.done;
    assertEquals(order, ["sent", "stored"]);
  });
});
