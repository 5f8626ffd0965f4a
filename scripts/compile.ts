/**
 * `deno task compile`: the one executable, for this machine or for all five targets.
 *
 * Takes the official base of the running Deno when it can be had, else the checksum-pinned fallback
 * from npm, and says which.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { fromFileUrl, join, resolve } from "@std/path";
import {
  FALLBACK_BASE_VERSION,
  FALLBACK_CLI_VERSION,
  resolveTargets,
  type Target,
} from "./compile/bases.ts";
import { inspectBinary, testOnlyPackages } from "./compile/inspect.ts";
import { ensureNpmBase } from "./compile/npm_base.ts";
import { stageTree } from "./compile/stage.ts";

const ROOT = fromFileUrl(new URL("..", import.meta.url));
const CACHE = join(ROOT, ".cache");
const PROBE_TIMEOUT_MS = 5_000;
const COMPILE_FLAGS = ["-A", "--unstable-net", "--bundle", "--minify", "--no-code-cache"];

type BaseKind = "official" | "npm";

/** One way to run the compiler: the program with its first arguments, and its environment. */
interface Compiler {
  readonly label: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** Whether the download site has the base of the running Deno and answers soon. */
async function isOfficialReachable(target: Target): Promise<boolean> {
  const site = `https://dl.deno.land/release/v${Deno.version.deno}`;
  try {
    const response = await fetch(`${site}/denort-${target.triple}.zip`, {
      method: "HEAD",
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    return response.ok;
  } catch {
    // Any failure means the same: the fallback is used, and the caller says so.
    return false;
  }
}

async function chooseBase(wanted: string, target: Target): Promise<BaseKind> {
  if (wanted === "official" || wanted === "npm") return wanted;
  if (wanted !== "auto") throw new Error(`Cannot use base "${wanted}": one of auto, official, npm`);
  if (Deno.env.get("DENORT_BIN") || await isOfficialReachable(target)) return "official";
  console.log(
    `base: official Deno ${Deno.version.deno} runtime is out of reach, ` +
      `using Deno ${FALLBACK_BASE_VERSION} from npm`,
  );
  return "npm";
}

async function prepareCompiler(kind: BaseKind, target: Target): Promise<Compiler> {
  if (kind === "official") {
    const label = `official Deno ${Deno.version.deno}`;
    return { label, command: [Deno.execPath()], env: {} };
  }
  const base = await ensureNpmBase(target.fallback, join(CACHE, "denort"));
  const npx = Deno.build.os === "windows" ? ["cmd", "/c", "npx"] : ["npx"];
  return {
    label: `npm, Deno ${FALLBACK_BASE_VERSION}`,
    command: [...npx, "-y", `deno@${FALLBACK_CLI_VERSION}`],
    env: { DENORT_BIN: base },
  };
}

async function runCompiler(
  compiler: Compiler,
  target: Target,
  stage: string,
  output: string,
): Promise<void> {
  const [program, ...first] = compiler.command;
  if (program === undefined) throw new Error("Cannot compile: no program");
  const args = [...first, "compile", "--quiet", ...COMPILE_FLAGS];
  const { success, code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args, "--target", target.triple, "--output", output, "main.ts"],
    cwd: stage,
    env: { NO_COLOR: "1", ...compiler.env },
  }).output();
  if (success) return;
  const text = new TextDecoder();
  throw new Error(
    `Cannot compile for "${target.triple}": exit ${code}\n${text.decode(stdout)}${
      text.decode(stderr)
    }`,
  );
}

async function readImports(path: string): Promise<Record<string, string>> {
  const config = JSON.parse(await Deno.readTextFile(path)) as { imports?: Record<string, string> };
  return config.imports ?? {};
}

/** Names of the packages that must not be in the executable. */
async function forbiddenPackages(): Promise<string[]> {
  const root = await readImports(join(ROOT, "deno.json"));
  return testOnlyPackages(root, await readImports(join(ROOT, "tests", "deno.json")));
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(2)} MiB`;
}

async function compileTarget(
  target: Target,
  base: string,
  stage: string,
  output: string,
): Promise<boolean> {
  const compiler = await prepareCompiler(await chooseBase(base, target), target);
  const startedAt = performance.now();
  await runCompiler(compiler, target, stage, output);
  const found = inspectBinary(await Deno.readFile(output), await forbiddenPackages());
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(
    `${output}: ${target.triple}, base ${compiler.label}, ${mebibytes(found.fileBytes)}, ` +
      `payload ${found.payloadBytes} bytes (${
        mebibytes(found.payloadBytes)
      } of 8 MiB), ${seconds} s`,
  );
  for (const problem of found.problems) console.error(`${output}: ${problem}`);
  return found.problems.length === 0;
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["target", "output-dir", "base"],
    default: { target: "host", "output-dir": join(ROOT, "dist"), base: "auto" },
    unknown: (arg) => {
      throw new Error(`Cannot use argument "${arg}": --target, --output-dir or --base`);
    },
  });
  const wanted = String(options.target);
  const targets = resolveTargets(wanted, Deno.build.target);
  const outputDir = resolve(String(options["output-dir"]));
  await Deno.mkdir(outputDir, { recursive: true });
  const stage = join(CACHE, "stage");
  const commit = await stageTree(ROOT, stage);
  console.log(`stage: commit ${commit}`);
  let isGood = true;
  for (const target of targets) {
    const name = wanted === "host" ? "openclaw" : `openclaw-${target.name}`;
    const output = join(outputDir, `${name}${target.extension}`);
    if (!await compileTarget(target, String(options.base), stage, output)) isGood = false;
  }
  return isGood ? 0 : 1;
}

if (import.meta.main) {
  Deno.exitCode = await main(Deno.args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
