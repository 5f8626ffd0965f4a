/**
 * `deno task prove:ws`: the WebSocket conformance table against a whole process, as Markdown.
 *
 * `--runtime 2.7` for an executable that was built on the older base; `--guarded` for a gateway that
 * others than this machine can reach, and that therefore stands behind its guard.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { isBad, renderResults, runCases } from "../../tests/conformance/cases.ts";
import { runtimeOf } from "../../tests/conformance/exceptions.ts";
import { ProvenGateway, proveOptions } from "./target.ts";

const HANDSHAKE_TIMEOUT_MS = 1500;
/** Long enough to see the guard cut a peer that does not answer a close. */
const GUARDED_HANDSHAKE_TIMEOUT_MS = 5500;

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], {
    string: ["runtime"],
    boolean: ["guarded"],
    default: { runtime: Deno.version.deno },
  });
  const isGuarded = options["guarded"] === true;
  const { program } = await proveOptions(args);
  const handshakeTimeoutMs = isGuarded ? GUARDED_HANDSHAKE_TIMEOUT_MS : HANDSHAKE_TIMEOUT_MS;
  await using gateway = await ProvenGateway.start(program, {
    gateway: { mode: "local", bind: isGuarded ? "lan" : "loopback" },
  }, { OPENCLAW_HANDSHAKE_TIMEOUT_MS: String(handshakeTimeoutMs) });
  const { port, token } = gateway;
  const runtime = isGuarded ? "guarded" : runtimeOf(`${options["runtime"]}.`);
  // This machine's clients reach 127.0.0.1 directly; every other address of it is guarded.
  const target = {
    port,
    token,
    handshakeTimeoutMs,
    ...(isGuarded ? { hostname: "127.0.0.2" } : {}),
  };
  const results = await runCases(target, runtime);
  console.log(renderResults(results));
  return results.some(isBad) ? 1 : 0;
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
