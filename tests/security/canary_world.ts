/**
 * A world with twenty secrets in it, through every source that a configuration has.
 *
 * @module
 */
import { join } from "@std/path";

/** One planted secret. */
export interface Canary {
  readonly name: string;
  readonly value: string;
  /** Whether the user wrote it into the configuration itself, where it may stay. */
  readonly isWritten: boolean;
}

/** The secrets, and what leads to them. */
export interface Planted {
  readonly canaries: readonly Canary[];
  readonly config: Record<string, unknown>;
  readonly env: Record<string, string>;
}

let planted = 0;

function canary(name: string, isWritten = false, tail = ""): Canary {
  const number = String(++planted).padStart(2, "0");
  return { name, isWritten, value: `canary-${number}-${crypto.randomUUID()}${tail}` };
}

/**
 * Plants the secrets below a folder of their own.
 *
 * @param dir Private folder for the file and the program that keep some of them.
 * @param echoUrl A provider of models that refuses every call with all it was sent.
 */
export async function plantCanaries(dir: string, echoUrl: string): Promise<Planted> {
  const inEnv = {
    gateway: canary("variable OPENCLAW_GATEWAY_TOKEN"),
    reference: canary("reference to a variable"),
    shorthand: canary("${NAME} in a secret field"),
    header: canary("${NAME} in a header"),
    allowed: canary("variable of a provider with an allowlist"),
  };
  const inFile = {
    key: canary("JSON file: key of a model provider"),
    skill: canary("JSON file: key of a skill"),
    cron: canary("JSON file: token of cron", false, '"quoted\\slash'),
    list: canary("JSON file: entry of a list"),
  };
  const whole = canary("file as one secret: header");
  const inProgram = {
    "speech/key": canary("program: key of speech"),
    "search/key": canary("program: key of web search"),
    "talk/key": canary("program: key of talk"),
  };
  const plain = {
    key: canary("plain key of a model provider", true),
    header: canary("plain header", true),
    url: canary("password in an address", true),
    remote: canary("plain token of a remote gateway", true),
    hooks: canary("plain token of webhooks", true),
    channel: canary("plain token of a channel", true),
    skill: canary("plain variable of a skill", true),
    section: canary("variable of the env section", true),
  };
  const json = { key: inFile.key.value, skill: inFile.skill.value, cron: inFile.cron.value };
  const file = { ...json, list: [inFile.list.value] };
  await Deno.writeTextFile(join(dir, "vault.json"), JSON.stringify(file), { mode: 0o600 });
  await Deno.writeTextFile(join(dir, "whole"), `${whole.value}\n`, { mode: 0o600 });
  const values = Object.fromEntries(
    Object.entries(inProgram).map(([id, { value }]) => [id, value]),
  );
  const answer = JSON.stringify({ protocolVersion: 1, values });
  const program = join(dir, "helper");
  await Deno.writeTextFile(
    program,
    `#!/bin/sh\nread question\necho '${answer}' >&2\necho '${answer}'\n`,
  );
  await Deno.chmod(program, 0o700);
  const all = [inEnv, inFile, inProgram, plain].flatMap((group) => Object.values(group));
  return {
    canaries: [...all, whole],
    env: {
      OPENCLAW_GATEWAY_TOKEN: inEnv.gateway.value,
      CANARY_REFERENCE: inEnv.reference.value,
      CANARY_SHORTHAND: inEnv.shorthand.value,
      CANARY_HEADER: inEnv.header.value,
      CANARY_ALLOWED: inEnv.allowed.value,
    },
    config: configOf(dir, echoUrl, plain),
  };
}

function configOf(
  dir: string,
  echoUrl: string,
  plain: Record<
    "key" | "header" | "url" | "remote" | "hooks" | "channel" | "skill" | "section",
    Canary
  >,
): Record<string, unknown> {
  const fromFile = (id: string) => ({ source: "file", provider: "vault", id });
  const fromProgram = (id: string) => ({ source: "exec", provider: "helper", id });
  const provider = (over: Record<string, unknown>) => ({
    baseUrl: echoUrl,
    api: "openai-completions",
    models: [{ id: "echo", contextWindow: 32_000 }],
    ...over,
  });
  return {
    env: { vars: { CANARY_SECTION: plain.section.value } },
    gateway: { mode: "local", remote: { token: plain.remote.value } },
    agents: { defaults: { model: "byreference/echo", skipBootstrap: true } },
    models: {
      mode: "replace",
      providers: {
        byreference: provider({
          apiKey: { source: "env", id: "CANARY_REFERENCE" },
          headers: {
            "x-team": "${CANARY_HEADER}",
            "x-plain": plain.header.value,
            "x-whole": { source: "file", provider: "whole", id: "value" },
          },
        }),
        byshorthand: provider({ apiKey: "${CANARY_SHORTHAND}" }),
        byfile: provider({ apiKey: fromFile("/key"), headers: { "x-list": fromFile("/list/0") } }),
        byallowlist: provider({
          apiKey: { source: "env", provider: "shell", id: "CANARY_ALLOWED" },
        }),
        bysection: provider({ apiKey: "${CANARY_SECTION}" }),
        byplain: provider({ apiKey: plain.key.value }),
        byurl: provider({ baseUrl: echoUrl.replace("//", `//user:${plain.url.value}@`) }),
      },
    },
    skills: {
      entries: {
        search: { apiKey: fromFile("/skill"), env: { SEARCH_API_KEY: plain.skill.value } },
      },
    },
    cron: { webhookToken: fromFile("/cron") },
    hooks: { token: plain.hooks.value },
    channels: { discord: { enabled: false, token: plain.channel.value } },
    messages: { tts: { providers: { speech: { apiKey: fromProgram("speech/key") } } } },
    tools: { web: { search: { apiKey: fromProgram("search/key") } } },
    talk: { apiKey: fromProgram("talk/key") },
    secrets: {
      providers: {
        vault: { source: "file", path: join(dir, "vault.json") },
        whole: { source: "file", path: join(dir, "whole"), mode: "singleValue" },
        helper: { source: "exec", command: join(dir, "helper") },
        shell: { source: "env", allowlist: ["CANARY_ALLOWED"] },
      },
    },
  };
}

/** A provider of models that answers every call with a refusal that quotes the whole call. */
export class EchoProvider implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  /** The headers of all calls so far. */
  heard = "";
  #count = 0;

  constructor() {
    this.#server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      const quoted = JSON.stringify([...request.headers]);
      this.heard += quoted;
      const error = { message: `Incorrect API key provided: ${quoted}`, type: "invalid_request" };
      return Response.json({ error }, { status: this.#count++ % 2 === 0 ? 400 : 401 });
    });
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}
