/**
 * `deno task prove:config`: random edits of 50,000 random JSON5 texts keep every other byte, and a
 * configuration of 1 MB with 600 agents is read in time.
 *
 * `--cases <n>`, `--seed <n>` repeats a printed one.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { join } from "@std/path";
import process from "node:process";
import { envOf } from "../../lib/base/mod.ts";
import { loadConfig } from "../../lib/config/mod.ts";
import { median } from "../harness/program.ts";
import { runTest } from "./run_test_file.ts";

const AGENTS = 600;
const MIN_BYTES = 1_000_000;
const MAX_LOAD_MS = 300;
const LOADS = 7;

/** JSON5 with comments, {@linkcode AGENTS} agents and at least {@linkcode MIN_BYTES} bytes. */
export function largeConfig(): string {
  const agents = Array.from({ length: AGENTS }, (_, index) =>
    `      // agent ${index}
      {
        id: "agent-${index}",
        name: "Agent ${index}",
        workspace: "~/workspaces/${index}",
        model: { primary: "openai/gpt-5.5", fallbacks: ["a/b", "c/d"] },
        identity: { name: "N${index}", theme: "${"calm and precise ".repeat(80)}" },
        tools: { allow: ["read", "write"], deny: ["exec"] },
        heartbeat: { every: "30m", activeHours: { start: "08:00", end: "22:00" } },
      },`);
  return `{\n  gateway: { mode: "local" },\n  agents: {\n    list: [\n${
    agents.join("\n")
  }\n    ],\n  },\n}\n`;
}

/** Milliseconds of a load by the clock, and of the processor. */
interface LoadTime {
  readonly wall: number;
  readonly cpu: number;
}

/** The first load in this process, which brings the schema library along, and the median after it. */
async function measureLoad(): Promise<{ bytes: number; first: LoadTime; typical: LoadTime }> {
  const dir = await Deno.makeTempDir({ prefix: "prove-config-" });
  try {
    const text = largeConfig();
    const configPath = join(dir, "openclaw.json");
    await Deno.writeTextFile(configPath, text);
    const paths = { home: dir, stateDir: dir, configPath, workspaceDir: dir };
    const times: LoadTime[] = [];
    for (let load = 0; load < LOADS; load++) {
      const [begun, cpu] = [performance.now(), process.cpuUsage()];
      const { valid, issues } = await loadConfig({ env: envOf({}), paths });
      const used = process.cpuUsage(cpu);
      times.push({ wall: performance.now() - begun, cpu: (used.user + used.system) / 1000 });
      if (!valid) throw new Error(JSON.stringify(issues.slice(0, 3)));
    }
    const rest = times.slice(1);
    const typical = {
      wall: median(rest.map(({ wall }) => wall)),
      cpu: median(rest.map(({ cpu }) => cpu)),
    };
    return { bytes: text.length, first: times[0]!, typical };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

function timeText({ wall, cpu }: LoadTime): string {
  return `${wall.toFixed(0)} ms (processor ${cpu.toFixed(0)} ms)`;
}

if (import.meta.main) {
  const options = parseArgs(Deno.args, { string: ["cases", "seed"] });
  const before = Deno.memoryUsage().rss;
  const { bytes, first, typical } = await measureLoad();
  const grown = (Deno.memoryUsage().rss - before) / 2 ** 20;
  console.log(
    `${bytes} bytes, ${AGENTS} agents: first load ${timeText(first)}, then ${
      timeText(typical)
    }; memory grew by ${grown.toFixed(0)} MB`,
  );
  // The clock also counts what other processes take; a busy machine must not fail the proof.
  if (Math.min(first.wall, first.cpu) > MAX_LOAD_MS || bytes < MIN_BYTES) {
    throw new Error(`more than ${MAX_LOAD_MS} ms`);
  }
  Deno.exitCode = await runTest("lib/config/edit/edit_fuzz_test.ts", {
    FUZZ_CASES: String(options["cases"] ?? "50000"),
    FUZZ_SEED: String(options["seed"] ?? Math.floor(Math.random() * 2 ** 31)),
  });
}
