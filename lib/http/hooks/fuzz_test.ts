import { assert } from "@std/assert";
import { FakeGateway, helloRun } from "../testing.ts";
import type { HookAction, HttpHooks } from "./types.ts";

const BODIES = 2000;
const FIELDS = [
  ...["message", "text", "mode", "name", "agentId", "sessionKey", "wakeMode", "deliver", "channel"],
  ...["to", "model", "thinking", "timeoutSeconds", "idempotencyKey", "__proto__", "constructor"],
];
const TYPES: Readonly<Record<string, string>> = {
  message: "string",
  name: "string",
  wakeMode: "string",
  deliver: "boolean",
  channel: "string",
  agentId: "string",
  to: "string",
  model: "string",
  thinking: "string",
  timeoutSeconds: "number",
  text: "string",
  mode: "string",
  kind: "string",
  sessionKey: "object",
};

function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Values of every kind, and texts that are broken on purpose. */
function randomValue(random: () => number, depth = 0): unknown {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)]!;
  const roll = random();
  if (roll < 0.02) return pick(["\ud800", "\u0000"]);
  if (roll < 0.45) {
    return pick([
      "",
      " ",
      "now",
      "hook:x",
      "last",
      "x".repeat(50),
      "{{a}}",
      "é",
    ]);
  }
  if (roll < 0.6) return pick([0, -1, 1.5, 1e308, NaN, 7]);
  if (roll < 0.75) return pick([true, false, null]);
  if (depth > 3) return null;
  if (roll < 0.85) return [randomValue(random, depth + 1), randomValue(random, depth + 1)];
  return { [pick(FIELDS)]: randomValue(random, depth + 1) };
}

function randomBody(random: () => number): string {
  // A body with `__proto__` in it is refused whole.
  const isIn = (name: string) => random() < (name === "__proto__" ? 0.05 : 0.4);
  const entries = FIELDS.filter(isIn).map((name) => [name, randomValue(random)]);
  // Written by hand, or `__proto__` would set the prototype instead of a field.
  const json = `{${entries.map(([name, value]) => `"${name}":${JSON.stringify(value)}`).join()}}`;
  if (random() < 0.7) return json;
  const at = Math.floor(random() * json.length);
  return json.slice(0, at) + (random() < 0.5 ? "" : '\u0007}]"') + json.slice(at + 1);
}

Deno.test("webhooks answer thousands of random bodies, and hand on only what is typed", async () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 31));
  console.log(`FUZZ_SEED=${seed}`);
  const random = mulberry32(seed);
  const actions: HookAction[] = [];
  const hooks: HttpHooks = {
    path: "/hooks",
    maxBodyBytes: 100_000,
    authorize: () => ({ ok: true }),
    map: ({ payload }) => Promise.resolve({ fields: payload, isSessionKeyRequested: true }),
    dispatch: (action) => {
      actions.push(action);
      return Promise.resolve({ runId: "the-run" });
    },
  };
  const gateway = new FakeGateway(helloRun, { hooks: () => hooks });
  for (let index = 0; index < BODIES; index++) {
    const path = ["/hooks/agent", "/hooks/wake", "/hooks/mapped"][index % 3]!;
    const body = randomBody(random);
    const response = await gateway.send(path, { method: "POST", body });
    const answer = await response.json();
    assert([200, 400].includes(response.status), `${response.status} ${body}`);
    assert(answer.ok === (response.status === 200), body);
    if (!answer.ok) assert(typeof answer.error === "string" && answer.error !== "", body);
  }
  assert(actions.length > 100, `${actions.length} actions`);
  for (const action of actions) {
    for (const [name, value] of Object.entries(action)) {
      const type: string = typeof value;
      assert(type === TYPES[name], `${name}: ${JSON.stringify(action)}`);
    }
    if (action.kind === "agent") {
      assert(action.message.trim() !== "" && (action.timeoutSeconds ?? 1) > 0);
    } else assert(action.text.trim() !== "");
  }
});
