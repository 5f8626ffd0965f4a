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
const BUNDLE_FLAGS = ["--quiet", "--minify", "--code-splitting"];
/**
 * A young generation of 2 MB instead of 16: after 4,000 runs the process has 150 MB instead of 195,
 * and does 10 % more of them a second.
 */
const V8_FLAGS = "--v8-flags=--max-semi-space-size=2";
const COMPILE_FLAGS = ["--quiet", "-A", "--no-check", "--no-code-cache", V8_FLAGS];

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

/**
 * Bundles, then compiles the bundle.
 *
 * The bundle is split at dynamic imports, so that a command loads its own part and no more: as one
 * file it costs 50 ms and 15 MB at every start.
 */
async function runCompiler(
  compiler: Compiler,
  target: Target,
  stage: string,
  output: string,
): Promise<void> {
  const bundle = join(stage, "bundle");
  await Deno.remove(bundle, { recursive: true }).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  await runDeno(compiler, stage, ["bundle", ...BUNDLE_FLAGS, "--outdir", bundle, "main.ts"]);
  await Deno.writeTextFile(join(bundle, "deno.json"), await bundleConfig(stage));
  const args = [...COMPILE_FLAGS, "--target", target.triple, "--output", output, "main.js"];
  await runDeno(compiler, bundle, ["compile", ...args]);
}

/** The project file of the bundle: it needs the unstable features and nothing to resolve. */
async function bundleConfig(stage: string): Promise<string> {
  const { unstable } = JSON.parse(await Deno.readTextFile(join(stage, "deno.json")));
  return JSON.stringify({ nodeModulesDir: "none", unstable, lock: false });
}

async function runDeno(compiler: Compiler, cwd: string, args: readonly string[]): Promise<void> {
  const [program, ...first] = compiler.command;
  if (program === undefined) throw new Error("Cannot compile: no program");
  const { success, code, stdout, stderr } = await new Deno.Command(program, {
    args: [...first, ...args],
    cwd,
    env: { NO_COLOR: "1", ...compiler.env },
  }).output();
  if (success) return;
  const text = new TextDecoder();
  const said = text.decode(stdout) + text.decode(stderr);
  throw new Error(`Cannot compile: deno ${args[0]} ended with ${code}\n${said}`);
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
    string: ["target", "output-dir", "base", "as-version"],
    default: { target: "host", "output-dir": join(ROOT, "dist"), base: "auto" },
    unknown: (arg) => {
      throw new Error(
        `Cannot use argument "${arg}": --target, --output-dir, --base or --as-version`,
      );
    },
  });
  const wanted = String(options.target);
  const targets = resolveTargets(wanted, Deno.build.target);
  const outputDir = resolve(String(options["output-dir"]));
  await Deno.mkdir(outputDir, { recursive: true });
  const stage = join(CACHE, "stage");
  const asVersion = options["as-version"];
  const commit = await stageTree(ROOT, stage, asVersion ? String(asVersion) : undefined);
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
