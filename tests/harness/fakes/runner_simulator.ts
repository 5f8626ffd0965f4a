/**
 * Runs the text of a runner's batch file: labels and `goto`, `if`, one kind of `for /f`, `call`, `set`,
 * `del`, `echo` into a file, `exit`. A line of another kind throws.
 *
 * @module
 */
import { simulateForSet } from "./cmd_simulator.ts";

/** The folder and the programs of a runner. */
export interface RunnerWorld {
  /** Files of its folder by name. */
  readonly files: Map<string, string>;
  /** Runs the gateway's script; answers its exit status. */
  call(script: string, variables: Readonly<Record<string, string>>): number;
  /** Told of other programs, such as the one that waits. */
  program(line: string): void;
}

/** Runs a text to its end; answers its exit status. */
export function simulateRunner(text: string, world: RunnerWorld): number {
  const lines = text.split("\r\n");
  const variables: Record<string, string> = { SystemRoot: "C:\\Windows", errorlevel: "0" };
  let at = 0;
  for (let steps = 0; steps < 10_000; steps++) {
    const line = lines[at++];
    if (line === undefined) return Number(variables.errorlevel);
    const next = runCommand(line, variables, world);
    if (typeof next === "number") return next;
    if (next !== undefined) at = lines.indexOf(`:${next}`) + 1;
    if (at === 0) throw new Error(`no label ${next}`);
  }
  throw new Error("it runs without end");
}

/** @returns A label to go to, the exit status of the whole, or nothing. */
function runCommand(
  raw: string,
  variables: Record<string, string>,
  world: RunnerWorld,
): string | number | undefined {
  if (raw === "" || raw.startsWith(":") || /^(?:@echo off|rem .*)$/.test(raw)) return;
  const condition = /^if (not )?(exist (\S+)|"([^"]*)"=="([^"]*)"|errorlevel (\d+)) (.*)$/.exec(
    raw,
  );
  if (condition !== null) {
    const [, not, , file, left, right, level, command] = condition;
    const holds = file !== undefined
      ? world.files.has(file)
      : left !== undefined
      ? expand(left, variables) === right
      : Number(variables.errorlevel) >= Number(level);
    return holds === (not === undefined) ? runCommand(command!, variables, world) : undefined;
  }
  const [, source] =
    /^for \/f "usebackq tokens=1,\* delims==" %%A in \("([^"]+)"\) do set "%%A=%%~B"$/
      .exec(raw) ?? [];
  if (source !== undefined) {
    Object.assign(variables, simulateForSet(world.files.get(source)!));
    return;
  }
  const line = expand(raw, variables);
  const [, name, value] = /^set "(\w+)=(.*)"$/.exec(line) ?? [];
  if (name !== undefined) return void (variables[name] = value!);
  const counter = /^set \/a (\w+)\+=1$/.exec(line)?.[1];
  if (counter !== undefined) {
    return void (variables[counter] = String(Number(variables[counter]) + 1));
  }
  const deleted = /^del \/q (\S+)$/.exec(line)?.[1];
  if (deleted !== undefined) return void world.files.delete(deleted);
  const [, target, echoed] = /^>(\S+) echo (.*)$/.exec(line) ?? [];
  if (target !== undefined) return void world.files.set(target, `${echoed}\r\n`);
  const label = /^goto (\w+)$/.exec(line)?.[1];
  if (label !== undefined) return label;
  const status = /^exit (\d+)$/.exec(line)?.[1];
  if (status !== undefined) return Number(status);
  const script = /^call \.\\(\S+) <nul$/.exec(line)?.[1];
  if (script !== undefined) {
    return void (variables.errorlevel = String(world.call(script, variables)));
  }
  if (line.startsWith("cd /d ")) return void (variables.errorlevel = "0");
  if (/^"C:\\Windows\\System32\\\w+\.(?:com|exe)" .*>nul$/.test(line)) {
    return void world.program(line);
  }
  throw new Error(`unknown: ${raw}`);
}

function expand(text: string, variables: Readonly<Record<string, string>>): string {
  return text.replaceAll("%~dp0", "C:\\folder\\").replace(
    /%(\w+)%/g,
    (_, name: string) => variables[name] ?? "",
  );
}
