/**
 * Makes a gateway show all it can: every method with good and bad parameters, every path, every
 * command.
 *
 * @module
 */
import * as z from "zod";
import { COMMANDS } from "../../lib/cli/commands.ts";
import { type MethodName, METHODS } from "../../lib/protocol/methods/mod.ts";
import { TestSocket } from "../harness/socket.ts";
import type { CanarySearch } from "./canary_search.ts";
import type { Planted } from "./canary_world.ts";

/** Hands secrets to those who may have them; that is what it is for. */
const EXEMPT: readonly string[] = ["secrets.resolve"];
/** Ends what is being looked at. */
const ENDING: readonly string[] = ["gateway.restart.request", "update.run"];

/** Runs a command line. */
export type RunCommandLine = (...args: string[]) => Promise<{ stdout: string; stderr: string }>;

/** Calls every method that a gateway offers; answers how many calls were made. */
export async function callEverything(
  url: string,
  token: string,
  search: CanarySearch,
): Promise<number> {
  await using socket = await TestSocket.connect(url, token);
  const [hello] = socket.frames.filter(({ payload }) => payload?.features);
  const offered = (hello!.payload.features.methods as string[])
    .filter((method) => !EXEMPT.includes(method) && !ENDING.includes(method));
  let count = 0;
  for (const method of offered) {
    for (const params of [{}, { bogus: 1 }, sampleOf(method)]) {
      await socket.call(method, params);
      count++;
    }
  }
  const { payload: { hash } } = await socket.call("config.get");
  for (const method of ["config.patch", "config.set", "config.apply"]) {
    for (const raw of ["{", '{"gateway":{"port":"x"}}', '{"cron":{"enabled":true}}']) {
      await socket.call(method, { raw, baseHash: hash });
      count++;
    }
  }
  search.text("answers and events", JSON.stringify(socket.frames));
  return count;
}

/** Asks a model of every provider, over the socket and over HTTP; all of them refuse. */
export async function failEveryModel(
  url: string,
  token: string,
  { config }: Planted,
  search: CanarySearch,
): Promise<void> {
  const { providers } = config.models as { providers: Record<string, unknown> };
  await using socket = await TestSocket.connect(url, token);
  for (const name of Object.keys(providers)) {
    const params = { message: "hi", model: `${name}/echo`, idempotencyKey: `canary-${name}` };
    const id = socket.request("agent", params);
    await socket.response(id);
    await socket.response(id);
    const response = await fetch(`${url.replace(/^ws/, "http")}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "x-openclaw-model": `${name}/echo` },
      body: JSON.stringify({ model: "openclaw", messages: [{ role: "user", content: "hi" }] }),
    });
    search.text(`HTTP ${name}`, JSON.stringify([...response.headers]) + await response.text());
  }
  await socket.call("chat.history", { sessionKey: "agent:main:main" });
  search.text("runs", JSON.stringify(socket.frames));
}

/** Asks for pages, with and without the credential. */
export async function askEveryPath(
  url: string,
  token: string,
  search: CanarySearch,
): Promise<void> {
  const base = url.replace(/^ws/, "http");
  const paths = ["/", "/health", "/readyz", "/v1/models", "/v1/nothing", "/hooks", "/tools/invoke"];
  for (const path of paths) {
    for (const authorization of ["Bearer wrong", `Bearer ${token}`]) {
      const response = await fetch(base + path, { headers: { authorization } });
      search.text(`HTTP ${path}`, JSON.stringify([...response.headers]) + await response.text());
    }
  }
}

/** Runs every command: bare, as JSON, and with its help; answers how many were run. */
export async function runEverything(run: RunCommandLine, search: CanarySearch): Promise<number> {
  const lasting = ["gateway", "gateway run", "node run", "logs --follow"];
  const lines = COMMANDS
    .filter(({ load, path }) => load !== undefined && !lasting.includes(path.join(" ")))
    .flatMap(({ path }) => [[...path], [...path, "--json"], [...path, "--help"]]);
  const further = [
    ["config", "get", "models"],
    ["config", "get", "env"],
    ["config", "get", "gateway"],
    ["config", "get", "channels"],
    ["config", "get", "hooks"],
    ["config", "get", "skills", "--json"],
    ["config", "set", "gateway.port", "no-number"],
    ["status", "--all"],
    ["status", "--deep", "--json"],
    ["models", "list", "--all"],
    ["secrets", "audit", "--allow-exec", "--json"],
    ["gateway", "call", "config.get"],
    ["gateway", "call", "no.such.method"],
    ["gateway", "call", "health", "--token", "wrong"],
    ["agent", "--message", "hi"],
    ["sessions", "export", "agent:main:main"],
  ];
  for (const line of [...lines, ...further]) {
    const { stdout, stderr } = await run(...line);
    search.text(`openclaw ${line.join(" ")}`, stdout + stderr);
  }
  return lines.length + further.length;
}

/** Parameters that fit the schema of a method. */
function sampleOf(method: string): unknown {
  const schema = z.toJSONSchema(METHODS[method as MethodName].params(), {
    io: "input",
    unrepresentable: "any",
  });
  return sample(schema as JsonSchema);
}

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  minimum?: number;
}

function sample(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum[0];
  if (schema.anyOf) return sample(schema.anyOf[0]!);
  switch (schema.type) {
    case "object": {
      const { properties = {}, required = [] } = schema;
      return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]));
    }
    case "array":
      return [];
    case "integer":
    case "number":
      return Math.max(1, schema.minimum ?? 1);
    case "boolean":
      return true;
    default:
      return "main";
  }
}
