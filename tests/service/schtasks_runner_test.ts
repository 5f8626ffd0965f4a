/**
 * The script that runs a gateway on Windows, by what it does.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { envOf } from "../../lib/base/mod.ts";
import { buildRunner, taskFiles } from "../../lib/service/schtasks/files.ts";
import { buildPrivateValues } from "../../lib/service/schtasks/gateway_cmd.ts";
import { parseFailures } from "../../lib/service/schtasks/query.ts";
import { simulateRunner } from "../harness/fakes/runner_simulator.ts";

const TEXT = buildRunner(taskFiles("/s", envOf({})));

/** Runs it with a gateway that ends with each status in turn. */
function run(statuses: readonly number[], files = new Map<string, string>(), stopAfter = Infinity) {
  const left = [...statuses];
  const notes: unknown[] = [];
  const calls: Record<string, string>[] = [];
  let waits = 0;
  const exit = simulateRunner(TEXT, {
    files,
    call(script, variables) {
      assertEquals(script, "gateway.cmd");
      calls.push({ ...variables });
      const note = parseFailures(files.get("gateway.exit"));
      notes.push(note === undefined ? undefined : [note.count, note.status]);
      if (calls.length >= stopAfter) files.set("gateway.stop", "");
      return left.shift()!;
    },
    program(line) {
      if (line.includes("ping")) waits++;
    },
  });
  return { exit, calls, notes, waits, files: [...files.keys()] };
}

Deno.test("it starts a gateway again after every failure, and notes each", () => {
  const { exit, notes, waits, files } = run([1, -1073741819, 3, 0]);
  assertEquals([exit, waits, files], [0, 3, []]);
  assertEquals(notes, [undefined, [1, 1], [2, -1073741819], [3, 3]]);
});

Deno.test("it leaves a gateway down that cannot start, and keeps the note", () => {
  const files = new Map<string, string>();
  const { exit, calls, waits } = run([1, 78], files);
  assertEquals([exit, calls.length, waits], [78, 2, 1]);
  assertEquals(parseFailures(files.get("gateway.exit")), { count: 2, status: 78 });
});

Deno.test("it does not start again once it is told to stop", () => {
  const { exit, calls, files } = run([1, 1, 1, 1], new Map(), 2);
  assertEquals([exit, calls.length, files], [0, 2, ["gateway.stop"]]);
});

Deno.test("at a login it forgets the word to stop and the failures of before", () => {
  const before = new Map([["gateway.stop", ""], ["gateway.exit", "9 1\r\n"]]);
  const { calls, notes, files } = run([0], before);
  assertEquals([calls.length, notes, files], [1, [undefined], []]);
});

Deno.test("it hands private values over, read anew for every start", () => {
  const secrets = buildPrivateValues({ KEY: '= "x" % & ^ ü' });
  const { calls } = run([1, 0], new Map([["gateway.windows.env", secrets]]));
  assertEquals(calls.map(({ KEY }) => KEY), ['= "x" % & ^ ü', '= "x" % & ^ ü']);
});
