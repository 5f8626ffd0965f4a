/**
 * Malformed bodies for every endpoint that takes one, in a fixed, seeded order, and what an answer to
 * them may look like.
 *
 * @module
 */
import type { Dice } from "../conformance/fuzz.ts";

/** Which envelope the errors of an endpoint have, see `docs/http-api.md`. */
type Family = "openai" | "anthropic" | "gateway" | "hooks";

/** An endpoint and bodies that it takes. */
export interface Target {
  readonly path: string;
  readonly family: Family;
  readonly bodies: readonly [unknown, ...unknown[]];
}

/** The token of webhooks in the gateways of this test. */
export const HOOK_TOKEN = "hook-token-0123456789";

const TOOL = {
  type: "function",
  function: {
    name: "weather",
    description: "Looks out of the window",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const IMAGE = `data:image/png;base64,${btoa("not really a picture")}`;
const TEXT = [{ role: "user", content: "hello" }];

/** All of them. One that is not served answers 404 in its envelope, which is right as well. */
export const TARGETS: readonly [Target, ...Target[]] = [
  {
    path: "/v1/chat/completions",
    family: "openai",
    bodies: [
      {
        model: "openclaw",
        messages: TEXT,
        user: "u",
        max_tokens: 5,
        temperature: 0.5,
        stop: ["x"],
      },
      { messages: TEXT, stream: true, stream_options: { include_usage: true }, seed: 1, top_p: 1 },
      {
        messages: [
          { role: "system", content: "be brief" },
          { role: "user", content: [{ type: "text", text: "what is it?" }] },
          {
            role: "assistant",
            content: null,
            tool_calls: [{
              id: "call_1",
              type: "function",
              function: { name: "weather", arguments: '{"city":"Ulm"}' },
            }],
          },
          { role: "tool", tool_call_id: "call_1", content: "rain" },
        ],
        tools: [TOOL],
        tool_choice: "auto",
      },
      {
        messages: [{
          role: "user",
          content: [{ type: "text", text: "see" }, {
            type: "image_url",
            image_url: { url: IMAGE },
          }],
        }],
        response_format: { type: "json_schema", json_schema: { name: "a", schema: {} } },
      },
    ],
  },
  {
    path: "/v1/responses",
    family: "openai",
    bodies: [
      { model: "openclaw", input: "hello", instructions: "be brief", metadata: { a: "b" } },
      {
        model: "openclaw",
        stream: true,
        input: [
          { type: "message", role: "user", content: [{ type: "input_text", text: "hello" }] },
          { type: "function_call", call_id: "c", name: "weather", arguments: "{}" },
          { type: "function_call_output", call_id: "c", output: "rain" },
        ],
        tools: [{ type: "function", name: "weather", parameters: {} }],
        tool_choice: "auto",
        reasoning: { effort: "low" },
        previous_response_id: "resp_1",
      },
    ],
  },
  {
    path: "/v1/messages",
    family: "anthropic",
    bodies: [
      { model: "openclaw", max_tokens: 10, messages: TEXT, system: "be brief" },
      {
        model: "openclaw",
        max_tokens: 10,
        stream: true,
        messages: [
          { role: "user", content: [{ type: "text", text: "hello" }] },
          { role: "assistant", content: [{ type: "tool_use", id: "t", name: "a", input: {} }] },
          {
            role: "user",
            content: [{
              type: "tool_result",
              tool_use_id: "t",
              content: [{ type: "text", text: "x" }],
            }],
          },
        ],
        tools: [{ name: "a", input_schema: { type: "object" } }],
        thinking: { type: "disabled" },
      },
    ],
  },
  {
    path: "/v1/messages/count_tokens",
    family: "anthropic",
    bodies: [{ model: "openclaw", messages: TEXT }],
  },
  {
    path: "/v1/embeddings",
    family: "openai",
    bodies: [
      { model: "openclaw", input: "hello", encoding_format: "base64", dimensions: 8 },
      { model: "openclaw", input: ["a", "b"] },
    ],
  },
  {
    path: "/tools/invoke",
    family: "gateway",
    bodies: [
      { tool: "session_status", args: { limit: 1 }, sessionKey: "main", dryRun: true },
      { name: "agents_list", action: "json" },
    ],
  },
  { path: "/sessions/agent%3Amain%3Anone/kill", family: "gateway", bodies: [{ reason: "x" }] },
  { path: "/hooks/wake", family: "hooks", bodies: [{ text: "hello", mode: "next-heartbeat" }] },
  {
    path: "/hooks/agent",
    family: "hooks",
    bodies: [{
      message: "hello",
      name: "Mail",
      agentId: "main",
      deliver: false,
      model: "demo/demo",
      timeoutSeconds: 5,
      idempotencyKey: "k",
    }],
  },
  { path: "/hooks/gmail", family: "hooks", bodies: [{ messages: [{ id: "1", subject: "a" }] }] },
];

const encoder = new TextEncoder();

/** The bytes of a body that is broken in one way, or a few. */
export function malformedBody(dice: Dice, { bodies }: Target): Uint8Array<ArrayBuffer> {
  const valid = bodies[dice.below(bodies.length)] ?? bodies[0];
  if (dice.below(10) < 7) {
    let value: unknown = structuredClone(valid);
    for (let i = 1 + dice.below(3); i > 0; i--) value = mutated(dice, value);
    return encoder.encode(JSON.stringify(value) ?? "null");
  }
  return brokenText(dice, JSON.stringify(valid));
}

/** A value with one place in it replaced, removed, doubled or added to. */
function mutated(dice: Dice, value: unknown): unknown {
  if (typeof value !== "object" || value === null || dice.below(12) === 0) return strange(dice);
  const fields = value as Record<string, unknown>;
  const names = Object.keys(fields);
  const name = names[dice.below(Math.max(1, names.length))];
  if (name === undefined) return strange(dice);
  const what = dice.below(10);
  if (what === 0 && !Array.isArray(value)) delete fields[name];
  else if (what === 1) {
    fields[dice.pick(["__proto__", "constructor", "x", "toString"])] = strange(dice);
  } else if (what < 6) fields[name] = mutated(dice, fields[name]);
  else fields[name] = strange(dice);
  return fields;
}

/** A value that hardly any field is made for. */
function strange(dice: Dice): unknown {
  const make: [() => unknown, ...(() => unknown)[]] = [
    () => null,
    () => true,
    () => false,
    () => 0,
    () => -1,
    () => 1.5,
    () => Number.MAX_SAFE_INTEGER + 2,
    () => 1e308,
    () => -0,
    () => "",
    () => " ",
    () => "\ud800",
    () => "a\u0000b\u202e\ufeff",
    () => "__proto__",
    () => "../../etc/passwd",
    () => "agent:main:main",
    () => "openclaw/nobody",
    () => "data:image/png;base64,%%%",
    () => "http://169.254.169.254/",
    () => "x".repeat(1 + dice.below(20_000)),
    () => [],
    () => {},
    () => ({}),
    () => [[[[]]]],
    () => [null],
    () => Array.from({ length: dice.below(300) }, () => dice.below(9)),
    () => ({ type: dice.pick(["text", "image_url", "function", "tool_result", "x"]) }),
    () => ({
      role: dice.pick(["user", "assistant", "tool", "system", "x"]),
      content: strange(dice),
    }),
    () => ({ type: "function", function: { name: strange(dice), parameters: strange(dice) } }),
    () => JSON.parse(`${"[".repeat(300)}${"]".repeat(300)}`),
  ];
  return dice.pick(make)();
}

/** A JSON text that is none, or one that means something else than it says. */
function brokenText(dice: Dice, text: string): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(text);
  switch (dice.below(12)) {
    case 0:
      return bytes.slice(0, dice.below(bytes.length));
    case 1: {
      for (let i = 1 + dice.below(4); i > 0; i--) bytes[dice.below(bytes.length)] = dice.below(256);
      return bytes;
    }
    case 2:
      return Uint8Array.from([...bytes, ...dice.bytes(1 + dice.below(5))]);
    case 3:
      return encoder.encode(text.replace("{", '{"model":1,"stream":"yes",'));
    case 4:
      return encoder.encode(text.replace(/}$/, ',"messages":[],"input":[],"model":"openclaw"}'));
    case 5: {
      const depth = dice.pick([1000, 20_000, 100_000]);
      return encoder.encode(`${'{"messages":['.repeat(depth)}${"]}".repeat(depth)}`);
    }
    case 6:
      return encoder.encode(text.replace(/:("[^"]*"|true|\d+)/, `:${dice.pick(NUMBERS)}`));
    case 7:
      return Uint8Array.from([0xef, 0xbb, 0xbf, ...bytes]);
    case 8:
      return encoder.encode(text.replace(/"hello"/, '"\\ud800\\udfff\\ud800"'));
    case 9:
      return Uint8Array.from(dice.bytes(dice.below(200)));
    case 10:
      return encoder.encode(dice.pick(["", " ", "null", "[]", '"x"', "1", "true", "NaN", "{}{}"]));
    default:
      return encoder.encode(text.replaceAll('"', dice.pick(["'", '\\"', ""])));
  }
}

const NUMBERS = [
  "1e999",
  "-1e999",
  "0.1e-999",
  "9".repeat(400),
  "-0",
  "01",
  "NaN",
  "0x10",
] as const;

/** What is wrong with an answer; `undefined` when it is one that the page of the interface knows. */
export function faultOf(
  { family }: Target,
  { status, headers }: Response,
  text: string,
): string | undefined {
  if (!headers.has("x-request-id")) return "no request id";
  if (status === 204) return text === "" ? undefined : "204 with a body";
  const type = headers.get("content-type") ?? "";
  if (status < 300) {
    if (!type.startsWith("text/event-stream")) return isJson(text) ? undefined : "200 without JSON";
    const isEnded = /data: \[DONE\]\n\n$|"type":"(?:message_stop|error)"[^\n]*\n\n$/.test(text);
    return isEnded ? undefined : "a stream without an end";
  }
  if (status === 500) return "500";
  if (status < 400 || status > 504) return "a status of no error";
  if (family === "hooks" && type.startsWith("text/plain")) return undefined;
  return isEnvelope(family, text) ? undefined : "not in the envelope";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // The answer is no JSON, which is all that is asked.
    return false;
  }
}

function isEnvelope(family: Family, text: string): boolean {
  if (!isJson(text)) return false;
  const body = JSON.parse(text);
  if (family === "hooks") return body.ok === false && typeof body.error === "string";
  if (family === "gateway" && body.ok !== false) return false;
  if (family === "anthropic" && body.type !== "error" && body.error?.code !== "NOT_FOUND") {
    return false;
  }
  return typeof body.error?.message === "string" && typeof body.error?.type === "string";
}
