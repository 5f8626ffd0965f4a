/**
 * `deno task prove:dialects`: the whole conformance matrix as Markdown, against the executable in `dist/`,
 * `--binary <path>`, or `--source`. `--only <word>` takes the clients with that word in their name.
 *
 * It stands here and not with the other proofs, since its packages are those of the tests.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { stripAnsiCode } from "@std/fmt/colors";
import { ProvenGateway, proveOptions } from "../../scripts/prove/target.ts";
import { startAimockBackend, startDemoBackend, type StartHost } from "./backends.ts";
import { AGENTS_CHAT, AGENTS_RESPONSES } from "./clients/agents.ts";
import { AI_SDK_COMPATIBLE, AI_SDK_OPENAI, AI_SDK_RESPONSES } from "./clients/ai_sdk.ts";
import { ANTHROPIC } from "./clients/anthropic.ts";
import { LANGCHAIN } from "./clients/langchain.ts";
import { OPENAI } from "./clients/openai.ts";
import { type CellResult, type Client, renderMatrix, runClient } from "./matrix.ts";

const MAX_ERROR_CHARS = 300;

const CLIENTS: readonly Client[] = [
  OPENAI,
  AI_SDK_OPENAI,
  AI_SDK_RESPONSES,
  AI_SDK_COMPATIBLE,
  AGENTS_RESPONSES,
  AGENTS_CHAT,
  LANGCHAIN,
  ANTHROPIC,
];

/** What was thrown, on one line of bearable length. */
function oneLine(error: unknown): string {
  return stripAnsiCode(String(error)).replace(/\s+/g, " ").slice(0, MAX_ERROR_CHARS);
}

async function main(args: readonly string[]): Promise<number> {
  const options = parseArgs([...args], { string: ["only"], default: { only: "" } });
  const only = String(options["only"]);
  const { program, label } = await proveOptions(args);
  const start: StartHost = async (config) => {
    const gateway = await ProvenGateway.start(program, config);
    return {
      httpUrl: `http://127.0.0.1:${gateway.port}`,
      token: gateway.token,
      [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
    };
  };
  const results: CellResult[] = [];
  for (const client of CLIENTS.filter(({ name }) => name.includes(only))) {
    for (const startBackend of [startDemoBackend, startAimockBackend]) {
      await using backend = await startBackend(start);
      results.push(...await runClient(client, backend));
    }
  }
  console.log(`${label}\n\n${renderMatrix(results)}\n`);
  const failed = results.filter(({ outcome }) => outcome === "FAIL");
  for (const { client, backend, cell, error } of failed) {
    console.log(`${client} against ${backend}, ${cell}: ${oneLine(error)}`);
  }
  const proven = results.filter(({ outcome }) => outcome === "ok").length;
  console.log(`${proven} proven, ${failed.length} failed`);
  return failed.length === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
