import { assert, assertEquals } from "@std/assert";
import { envOf } from "../../lib/base/mod.ts";
import { runCli } from "../../lib/cli/mod.ts";
import { systemClock } from "../../lib/platform/mod.ts";
import { sourceProgram, type World } from "../../scripts/harness/program.ts";
import { searchForCanaries } from "./canary_proof.ts";

/** Commands in this process: a process each would take minutes. */
function inProcess(world: World) {
  return async (...args: string[]) => {
    const output = { stdout: "", stderr: "" };
    await runCli(args, {
      env: envOf(world.env),
      clock: systemClock,
      isTty: false,
      columns: 120,
      writeOut: (text) => void (output.stdout += text),
      writeError: (text) => void (output.stderr += text),
      runInteractive: () => Promise.resolve(0),
      readInput: () => Promise.resolve(""),
      onInterrupt: () => () => {},
    });
    return output;
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
