/**
 * `deno task prove:ws`: the WebSocket conformance table against a whole process, as Markdown.
 *
 * `--runtime 2.7` for an executable that was built on the older base.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { isBad, renderResults, runCases } from "../../tests/conformance/cases.ts";
import { runtimeOf } from "../../tests/conformance/exceptions.ts";
import { ProvenGateway, proveOptions } from "./target.ts";

const HANDSHAKE_TIMEOUT_MS = 1500;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["runtime"],
    default: { runtime: Deno.version.deno },
  });
  const { program } = await proveOptions(args);
  await using gateway = await ProvenGateway.start(program, {}, {
    OPENCLAW_HANDSHAKE_TIMEOUT_MS: String(HANDSHAKE_TIMEOUT_MS),
  });
  const { port, token } = gateway;
  const target = { port, token, handshakeTimeoutMs: HANDSHAKE_TIMEOUT_MS };
  const results = await runCases(target, runtimeOf(`${options["runtime"]}.`));
  console.log(renderResults(results));
  return results.some(isBad) ? 1 : 0;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
