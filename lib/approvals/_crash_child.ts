/**
 * Runs in a process of its own that is killed: asks, decides, and says so.
 *
 * @module
 */
import { Store } from "../store/mod.ts";
import { ManualClock, question } from "./_testing.ts";
import { Approvals } from "./approvals.ts";

if (import.meta.main) {
  const [stateDir] = Deno.args as [string];
  const store = await Store.open(stateDir);
  const approvals = new Approvals({ store, clock: new ManualClock(), canReach: () => true });
  await approvals.ask(question("open"));
  await approvals.ask(question("decided"));
  await approvals.resolve("exec", "decided", "allow-always", { name: "desk" });
  console.log("done");
}
