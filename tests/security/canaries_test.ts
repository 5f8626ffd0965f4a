import { assert, assertEquals } from "@std/assert";
import { sourceProgram, type World } from "../../scripts/harness/program.ts";
import { runCommandLine } from "../harness/cli.ts";
import { searchForCanaries } from "./canary_proof.ts";

/** Commands in this process: a process each would take minutes. */
function inProcess(world: World) {
  return async (...args: string[]) => {
    const { out, err } = await runCommandLine(world.env, args);
    return { stdout: out, stderr: err };
  };
}

Deno.test({
  name: "no planted secret leaves a gateway: answers, events, pages, commands, logs, files",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const report = await searchForCanaries(await sourceProgram(), inProcess);
    assertEquals(report.hits, []);
    assert(report.canaryCount >= 20 && report.callCount > 300 && report.commandCount > 100);
    assert(report.usedCount >= 8, "the secrets are in force");
  },
});
