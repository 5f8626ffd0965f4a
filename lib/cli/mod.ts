/**
 * The command line: parses, runs one command, shows its outcome.
 *
 * Commands are loaded when they are run. Nothing here loads a schema, the config or the gateway's
 * client before a command asks for it.
 *
 * @module
 */
import { BUILD_COMMIT, PDF_CHILD_ARGUMENT, VERSION } from "../base/mod.ts";
import type { CliHost } from "./host.ts";

export type { CliHost };

/**
 * Runs one command line.
 *
 * @param args The arguments without the program's name.
 * @param host The surroundings; those of the real process when absent.
 * @returns The exit code.
 */
export async function runCli(args: readonly string[], host?: CliHost): Promise<number> {
  if (host === undefined && isVersionRequest(args)) {
    // The quickest answer there is: nothing else is loaded for it.
    console.log(`OpenClaw ${VERSION} (${BUILD_COMMIT})`);
    return 0;
  }
  if (host === undefined && args[0] === PDF_CHILD_ARGUMENT) {
    const { runPdfChild } = await import("../pdf/child.ts");
    return await runPdfChild(args.slice(1));
  }
  const { runCommandLine } = await import("./main.ts");
  if (host !== undefined) return await runCommandLine(args, host);
  const { systemHost } = await import("./host.ts");
  return await runCommandLine(args, await systemHost());
}

function isVersionRequest(args: readonly string[]): boolean {
  const [only, ...more] = args;
  return more.length === 0 && (only === "--version" || only === "-V" || only === "-v");
}
