/**
 * Hands the command line to the program and exits with its answer.
 *
 * @module
 */
import { runCli } from "./lib/cli/mod.ts";

Deno.exit(await runCli(Deno.args));
