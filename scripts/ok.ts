/**
 * `deno task ok`: the one gate. `--only name,name` runs some steps.
 *
 * The last line is `N passed, N failed`: the tests of all steps; a step that runs no tests counts as
 * one.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join } from "@std/path";
import { type Counts, countTests, runDeno } from "./gate/run.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const BINARY = join("dist", Deno.build.os === "windows" ? "openclaw.exe" : "openclaw");
/** The sanitizers are off by default: a leaked timer or socket is a failure here. */
const TEST_FLAGS = ["-A", "--no-check", "--parallel", "--sanitize-ops", "--sanitize-resources"];
const TESTS = ["--config", "tests/deno.json", "--lock", "tests/deno.lock", "--frozen"];

/** One step of the gate. */
export interface Step {
  readonly name: string;
  /** Arguments of `deno`, one list per command; the first that fails ends the step. */
  readonly commands: readonly (readonly string[])[];
  /** Steps without which this one makes no sense. */
  readonly needs?: readonly string[];
}

/** All steps, in order. */
export const STEPS: readonly Step[] = [
  { name: "fmt", commands: [["fmt", "--check"]] },
  { name: "lint", commands: [["lint"]] },
  {
    name: "check",
    commands: [
      ["check", "--frozen", "main.ts", "lib", "scripts"],
      ["run", "-A", "scripts/check_tests_config.ts"],
      ["check", ...TESTS, "tests"],
    ],
  },
  { name: "layers", commands: [["run", "-A", "scripts/check_layers.ts"]] },
  { name: "docs", commands: [["run", "-A", "scripts/gen_docs.ts", "--check"]] },
  { name: "unit", commands: [["test", ...TEST_FLAGS, "lib", "scripts"]] },
  {
    name: "integration",
    commands: [["test", ...TEST_FLAGS, ...TESTS, "tests"]],
  },
  { name: "compile", commands: [["run", "-A", "scripts/compile.ts"]] },
  {
    name: "smoke",
    commands: [["run", "-A", "scripts/smoke.ts", BINARY]],
    needs: ["compile"],
  },
  {
    name: "service",
    commands: [["run", "-A", "scripts/prove/systemd.ts", "--binary", BINARY]],
    needs: ["compile"],
  },
  {
    name: "budgets",
    commands: [["run", "-A", "scripts/gate/budgets.ts", BINARY]],
    needs: ["compile"],
  },
];

/** How one step ended. */
export interface Result extends Counts {
  readonly name: string;
  readonly isGood: boolean;
  readonly ms: number;
}

/** The steps that `--only` asks for. @throws {Error} When a name is not a step. */
export function selectSteps(only: string | undefined): readonly Step[] {
  if (only === undefined) return STEPS;
  return only.split(",").map((name) => {
    const step = STEPS.find((one) => one.name === name);
    if (step !== undefined) return step;
    throw new Error(`Cannot run "${name}": steps are ${STEPS.map((one) => one.name).join(", ")}`);
  });
}

/** What a step counts for: its own tests, and one more when it failed without a failed test. */
export function countStep(text: string, isGood: boolean): Counts {
  const counts = countTests(text) ?? { passed: isGood ? 1 : 0, failed: 0 };
  return isGood || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

async function runStep(step: Step): Promise<Result> {
  console.log(`\n== ${step.name}`);
  const startedAt = performance.now();
  let text = "";
  let isGood = true;
  for (const command of step.commands) {
    const finished = await runDeno(command, ROOT);
    text += finished.text;
    isGood = finished.code === 0;
    if (!isGood) break;
  }
  return {
    name: step.name,
    isGood,
    ms: performance.now() - startedAt,
    ...countStep(text, isGood),
  };
}

function summary(result: Result): string {
  const seconds = (result.ms / 1000).toFixed(1).padStart(6);
  const counts = `${result.passed} passed, ${result.failed} failed`;
  return `${result.isGood ? "ok  " : "FAIL"} ${result.name.padEnd(12)} ${seconds} s  ${counts}`;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], { string: ["only"] });
  const results: Result[] = [];
  for (const step of selectSteps(options["only"] as string | undefined)) {
    const failed = results.filter((one) => !one.isGood).map((one) => one.name);
    const missing = step.needs?.find((name) => failed.includes(name));
    if (missing === undefined) results.push(await runStep(step));
    else results.push({ name: step.name, isGood: false, ms: 0, passed: 0, failed: 1 });
  }
  console.log("\n== summary");
  for (const result of results) console.log(summary(result));
  const passed = results.reduce((sum, one) => sum + one.passed, 0);
  const failed = results.reduce((sum, one) => sum + one.failed, 0);
  console.log(`${passed} passed, ${failed} failed`);
  return results.every((one) => one.isGood) ? 0 : 1;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
