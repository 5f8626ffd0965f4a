import { assertEquals, assertRejects } from "@std/assert";
import { AppError } from "../../base/mod.ts";
import type { RunCommand } from "../../platform/mod.ts";
import { JobControl } from "./job_control.ts";
import { Launchctl } from "./launchctl.ts";

/** A job that is loaded, in a launchd whose other verbs do as told. */
function controlOver(act: RunCommand): { control: JobControl; verbs: string[] } {
  const verbs: string[] = [];
  const runCommand: RunCommand = (command, args, options) => {
    verbs.push(args[0]!);
    if (args[0] === "print") return Promise.resolve({ code: 0, stdout: "pid = 1", stderr: "" });
    return act(command, args, options);
  };
  const launchctl = new Launchctl({ runCommand, uid: 501, label: "x", plist: "/none.plist" });
  return { control: new JobControl(launchctl, "/none.plist", () => Promise.resolve()), verbs };
}

function silence(): Promise<never> {
  return Promise.reject(new AppError("COMMAND_TIMEOUT", "still running", { hint: "x" }));
}

Deno.test("a launchctl that never answers is asked twice, not for the whole budget", async () => {
  const { control, verbs } = controlOver(silence);
  const started = await assertRejects(() => control.ensureStarted("C", true), AppError);
  assertEquals(started.code, "C");
  assertEquals(verbs.filter((verb) => verb === "kickstart").length, 2);
  const stopped = await assertRejects(() => control.unload("D"), AppError);
  assertEquals([stopped.code, verbs.filter((verb) => verb === "bootout").length], ["D", 2]);
});

Deno.test("a system without launchctl is told from one that refuses", async () => {
  const runCommand = () =>
    Promise.reject(new AppError("COMMAND_NOT_FOUND", "no such program", { hint: "x" }));
  const launchctl = new Launchctl({ runCommand, uid: 501, label: "x", plist: "/none.plist" });
  const error = await assertRejects(
    () => new JobControl(launchctl, "/none.plist").look(),
    AppError,
  );
  assertEquals([error.code, error.details?.reason], [
    "SERVICE_MANAGER_UNAVAILABLE",
    "no-launchctl",
  ]);
});

Deno.test("a job that ends is told so once", async () => {
  const { control, verbs } = controlOver(() =>
    Promise.resolve({ code: 0, stdout: "", stderr: "" })
  );
  const error = await assertRejects(() => control.unload("C"), AppError);
  assertEquals(verbs.filter((verb) => verb === "bootout").length, 1);
  assertEquals(error.hint, "launchctl bootout gui/501/x\nlaunchctl kill SIGKILL gui/501/x");
});
