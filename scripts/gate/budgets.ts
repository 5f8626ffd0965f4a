/**
 * Start budgets of the executable, as medians of several runs.
 *
 * @module
 */
import { RunningGateway } from "../harness/gateway.ts";
import { compiledProgram, median, World } from "../harness/program.ts";

/** Machines of a build service are slow and busy; the goals are judged times this factor. */
export const BUDGET_FACTOR = 3;
const RUNS = 7;
const GATEWAY_RUNS = 5;

/** A figure, its goal and its limit, in milliseconds. */
export interface Budget {
  readonly name: string;
  readonly medianMs: number;
  readonly goalMs: number;
}

/** Whether a figure is within its limit. */
export function isWithin(budget: Budget): boolean {
  return budget.medianMs <= budget.goalMs * BUDGET_FACTOR;
}

async function repeat(times: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let run = 0; run < times; run++) values.push(await measure());
  return median(values);
}

async function commandMs(world: World, ...args: readonly string[]): Promise<number> {
  const { code, ms, stderr } = await world.run(...args);
  if (code !== 0) throw new Error(`"${args.join(" ")}" exits with ${code}: ${stderr}`);
  return ms;
}

async function readyMs(world: World): Promise<number> {
  await using gateway = new RunningGateway(world, ["gateway", "run", "--allow-unconfigured"]);
  const ms = await gateway.ready();
  await gateway.stop();
  return ms;
}

/** Measures an executable against all start budgets. */
export async function measureBudgets(binary: string): Promise<Budget[]> {
  await using world = await World.create(compiledProgram(binary));
  const version = await repeat(RUNS, () => commandMs(world, "--version"));
  const ready = await repeat(GATEWAY_RUNS, () => readyMs(world));
  await using gateway = new RunningGateway(world, ["gateway", "run", "--allow-unconfigured"]);
  await gateway.ready();
  const health = await repeat(RUNS, () => commandMs(world, "health", "--json"));
  await gateway.stop();
  return [
    { name: "--version", medianMs: version, goalMs: 45 },
    { name: "gateway ready", medianMs: ready, goalMs: 150 },
    { name: "health --json", medianMs: health, goalMs: 110 },
  ];
}

if (import.meta.main) {
  const [binary] = Deno.args;
  if (binary === undefined) throw new Error("Usage: scripts/gate/budgets.ts <binary>");
  const budgets = await measureBudgets(binary);
  for (const budget of budgets) {
    const verdict = isWithin(budget) ? "ok  " : "OVER";
    const ms = budget.medianMs.toFixed(0);
    console.log(`${verdict} ${budget.name}: ${ms} ms, goal ${budget.goalMs} ms × ${BUDGET_FACTOR}`);
  }
  Deno.exitCode = budgets.every(isWithin) ? 0 : 1;
}
