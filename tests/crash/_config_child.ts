/**
 * Changes a configuration without an end by the commands of the program, for tests that kill it.
 *
 * `<state folder> <seed>`; one line of JSON for every change that was acknowledged.
 *
 * @module
 */
import { runCommandLine } from "../harness/cli.ts";

/** What the child says. */
export interface Line {
  /** Hash of the file after the change. */
  readonly hash: string;
  readonly command: string;
}

const [stateDir = "", seed = "1"] = Deno.args;
const variables = { HOME: stateDir, OPENCLAW_STATE_DIR: stateDir, OPENCLAW_HIDE_BANNER: "1" };
let state = Number(seed) >>> 0;

function below(limit: number): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

/** Runs one command; answers with what it printed. */
async function run(args: string[], input = ""): Promise<string> {
  const { code, out, err } = await runCommandLine(variables, args, { input });
  if (code !== 0) throw new Error(`${args.join(" ")} ended with ${code}: ${out}${err}`);
  return out;
}

/** One change; forced, since a short value in place of a long one may halve the file. */
async function step(): Promise<[command: string, out: string]> {
  const name = `key${below(40)}`;
  const text = "x".repeat(below(3000));
  switch (below(4)) {
    case 0:
      return [
        "set",
        await run(["config", "set", `env.vars.${name}`, `"${text}"`, "--force", "--json"]),
      ];
    case 1: {
      const patch = `{ env: { vars: { ${name}: ${below(3) === 0 ? "null" : `"${text}"`} } } }`;
      return ["patch", await run(["config", "patch", "--stdin", "--force", "--json"], patch)];
    }
    case 2: {
      const whole =
        `// applied\n{ gateway: { mode: "local" }, env: { vars: { ${name}: "${text}" } } }`;
      return ["apply", await run(["config", "apply", "--stdin", "--force", "--json"], whole)];
    }
    default: {
      const { versions } = JSON.parse(await run(["config", "history", "--json"]));
      const { hash } = versions[below(versions.length)] ?? { hash: "" };
      if (hash === "") return ["restore", "{}"];
      return ["restore", await run(["config", "restore", hash, "--json"])];
    }
  }
}

if (import.meta.main) {
  for (;;) {
    const [command, out] = await step();
    const { hash } = JSON.parse(out) as { hash?: string };
    if (hash !== undefined) console.log(JSON.stringify({ hash, command } satisfies Line));
  }
}
