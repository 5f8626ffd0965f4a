/**
 * Updates, or resumes an update, in the world of a folder, and dies at a moment that was chosen.
 *
 * `<folder> <job as JSON>`; prints the outcome when it lives long enough.
 *
 * @module
 */
import { updateWorldAt } from "../../lib/update/testing/world_test.ts";
import { runCommand } from "../../lib/platform/mod.ts";
import { askVersion, resumeAtStart, resumeUpdate, runUpdate } from "../../lib/update/mod.ts";
import type { Release } from "../../lib/update/mod.ts";

/** What a child is to do. */
export interface Job {
  readonly kind: "update" | "resume" | "start";
  /** Version of the program that does it. */
  readonly version: string;
  readonly release?: Release;
  readonly schemaWanted?: number;
  /** Dies when this many steps have been written down; lives when absent. */
  readonly dieAtStep?: number;
  /** Dies this long after its beginning. */
  readonly dieAfterMs?: number;
}

if (import.meta.main) {
  const [dir = "", text = ""] = Deno.args;
  const job = JSON.parse(text) as Job;
  let steps = 0;
  const world = updateWorldAt(dir);
  const host = world.host({
    version: job.version,
    onStep: () => {
      if (++steps === job.dieAtStep) Deno.kill(Deno.pid, "SIGKILL");
    },
  });
  // A timer would wait for the work; a process of its own does not.
  if (job.dieAfterMs !== undefined) {
    new Deno.Command("sh", {
      args: ["-c", `sleep ${job.dieAfterMs / 1000}; kill -9 ${Deno.pid} 2>/dev/null`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn().unref();
  }
  const { service, ...lone } = host;
  // A gateway that starts by itself: what serves is confirmed, what does not is started again.
  const start = async () => {
    const verdict = await resumeAtStart(lone);
    const version = await askVersion(world.program, runCommand);
    const isServing = await service?.restart(version).then(() => true, () => false);
    return isServing ? await verdict.confirm?.() ?? verdict.outcome : verdict.outcome;
  };
  const work = job.kind === "update"
    ? runUpdate(host, { release: job.release!, schemaWanted: job.schemaWanted! })
    : job.kind === "resume"
    ? resumeUpdate(host)
    : start();
  const outcome = await work.catch((error) => ({
    code: error.code,
    message: error.message,
    hint: error.hint,
  }));
  console.log(JSON.stringify(outcome ?? null));
}
