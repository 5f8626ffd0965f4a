/**
 * Gives real shells random lines, and holds what they ran against what the policy of exec has read:
 * a line that is understood must start nothing but the programs that were read in it.
 *
 * `OPENCLAW_FUZZ_SEED` repeats a run, `OPENCLAW_FUZZ_LINES` makes it longer.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { evaluateExec, findOnDisk } from "../../lib/exec/mod.ts";

const LINES = Number(Deno.env.get("OPENCLAW_FUZZ_LINES") ?? 300);
const SEED = Number(Deno.env.get("OPENCLAW_FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 32));
const MAX_PARTS = 9;

/** Pieces of lines: two programs that exist, and everything a shell treats in a way of its own. */
const PARTS = [
  ...["one", "two", "one", "two", " ", " ", " ", " x ", "\t", "'", '"', "\\", "$", "`", "(", ")"],
  ...["{", "}", ";", "&", "|", "&&", "||", "<", ">", "\n", "\r", "#", "~", "=", "!", "*", "?", "["],
  ...[
    "]",
    "-",
    "--",
    ",",
    "..",
    "%",
    "^",
    ":",
    "@",
    "x=1 ",
    "$x",
    "${x}",
    "$(two)",
    "`two`",
    "2>&1",
  ],
  ...[
    "'a b'",
    '"a b"',
    "eval ",
    "exec ",
    "command ",
    "time ",
    "if ",
    "then ",
    "fi",
    "one() ",
    "cd ",
  ],
  ...[
    "\u00a0",
    "\u0085",
    "\u2028",
    "\u3000",
    "é",
    "\v",
    "\f",
    "\u0001",
    "\u007f",
    "\\\n",
    "$'",
    '$"',
  ],
  ...[
    "/bin/sh -c ",
    "/bin/sh -c 'one x; two'",
    "/bin/sh -c one",
    "<<<",
    "<(two)",
    "[[ ",
    "one;two",
  ],
];

/** A small generator that a seed repeats (mulberry32). */
function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Lines that the policy understands; about one random line in three is. */
function* understoodLines(count: number, find: ReturnType<typeof findOnDisk>) {
  const next = random(SEED);
  const pick = () => PARTS[Math.floor(next() * PARTS.length)]!;
  for (let found = 0; found < count;) {
    const parts = Array.from({ length: 1 + Math.floor(next() * MAX_PARTS) }, pick);
    const command = next() < 0.6 ? `one ${parts.join("")}` : parts.join("");
    const evaluation = evaluateExec({ command }, {
      security: "allowlist",
      ask: "off",
      askFallback: "deny",
      autoAllowSkills: false,
      allowlist: [],
    }, { find, home: "/nowhere" });
    // A shell that was not looked into is one program, which may start others.
    const isOpaque = evaluation.programs.some(({ argv }) => argv[0]!.endsWith("/sh"));
    if (evaluation.reason === "not-understood" || isOpaque) continue;
    found++;
    yield { command, programs: evaluation.programs };
  }
}

/** What the shell ran: one row of words for each start of a program. */
async function ran(shell: string, command: string, root: string): Promise<string[][]> {
  const log = join(root, "log");
  await Deno.writeTextFile(log, "");
  await new Deno.Command(shell, {
    args: ["-c", command],
    cwd: join(root, "work"),
    clearEnv: true,
    env: { PATH: join(root, "bin"), LOG: log, HOME: "/nowhere" },
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  const text = await Deno.readTextFile(log);
  return text.split("\x1e").slice(0, -1).map((row) => row.split("\x1f").slice(0, -1));
}

for (const shell of ["/bin/sh", "/bin/bash"]) {
  const isThere = await Deno.stat(shell).then(() => true, () => false);
  Deno.test({
    name: `evaluateExec() reads what ${shell} runs (${LINES} lines, seed ${SEED})`,
    ignore: !isThere,
    async fn() {
      const root = await Deno.makeTempDir({ prefix: "openclaw-shell-" });
      try {
        await Deno.mkdir(join(root, "work"));
        await Deno.mkdir(join(root, "bin"));
        for (const [name, code] of [["one", 0], ["two", 1]] as const) {
          const script = `#!/bin/sh
row=$(printf '%s\\037' ${name} "$@"; printf '\\036'); printf '%s' "$row" >> "$LOG"; exit ${code}
`;
          await Deno.writeTextFile(join(root, "bin", name), script, { mode: 0o755 });
        }
        const find = findOnDisk({ cwd: join(root, "work"), path: join(root, "bin") });
        for (const { command, programs } of understoodLines(LINES, find)) {
          const context = `${JSON.stringify(command)} with seed ${SEED}`;
          // Names of files may replace such words, so only the program is compared.
          const isLoose = /[*?[~]/.test(command);
          const shown = (row: readonly string[]) => isLoose ? row[0]! : JSON.stringify(row);
          const readable = programs.map(({ argv }) => shown(argv));
          for (const row of await ran(shell, command, root)) {
            const at = readable.indexOf(shown(row));
            assertEquals(at >= 0, true, `${shown(row)} was run and not read in ${context}`);
            readable.splice(at, 1);
          }
          const left = [...Deno.readDirSync(join(root, "work"))].map(({ name }) => name);
          assertEquals(left, [], `files were made by ${context}`);
        }
      } finally {
        await Deno.remove(root, { recursive: true });
      }
    },
  });
}
