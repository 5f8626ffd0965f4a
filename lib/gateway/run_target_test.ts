import { assertEquals, assertThrows } from "@std/assert";
import { AppError } from "../base/mod.ts";
import { resolveRunTarget, type TargetQuery } from "./run_target.ts";
import type { GatewayState } from "./state.ts";

const SESSION_ID = "0b0e4b5e-0000-4000-8000-000000000001";

function stateOf(extra: Record<string, unknown> = {}): GatewayState {
  const session = { key: "agent:writer:notes", agentId: "writer", extra };
  const state = {
    agents: () => ({ defaultId: "main", agents: [{ id: "main" }, { id: "writer" }] }),
    store: {
      getSession: (key: string) => key === session.key ? session : undefined,
      getSessionById: (id: string) => id === SESSION_ID ? session : undefined,
    },
  };
  // Targets are looked up in these and nothing else.
  return state as unknown as GatewayState;
}

const FOUND: [query: TargetQuery, agentId: string, sessionKey: string][] = [
  [{}, "main", "agent:main:main"],
  [{ agentId: " Writer " }, "writer", "agent:writer:main"],
  [{ agentId: "", sessionKey: " ", sessionId: " " }, "main", "agent:main:main"],
  [{ sessionKey: "Notes" }, "main", "agent:main:notes"],
  [{ sessionKey: "notes", agentId: "writer" }, "writer", "agent:writer:notes"],
  [{ sessionKey: "agent:Writer:notes" }, "writer", "agent:writer:notes"],
  [{ sessionKey: "agent:writer:notes", agentId: "WRITER" }, "writer", "agent:writer:notes"],
  [{ sessionKey: "agent:main:x", sessionId: SESSION_ID }, "main", "agent:main:x"],
  [{ sessionId: ` ${SESSION_ID} ` }, "writer", "agent:writer:notes"],
];

for (const [query, agentId, sessionKey] of FOUND) {
  Deno.test(`resolveRunTarget() finds "${sessionKey}" for ${JSON.stringify(query)}`, () => {
    const target = resolveRunTarget(stateOf(), query);
    assertEquals([target.agentId, target.sessionKey], [agentId, sessionKey]);
  });
}

const REFUSED: [query: TargetQuery, code: string][] = [
  [{ agentId: "nobody" }, "AGENT_NOT_FOUND"],
  [{ sessionKey: "agent:nobody:main" }, "AGENT_NOT_FOUND"],
  [{ agentId: "main", sessionKey: "agent:writer:notes" }, "AGENT_SESSION_MISMATCH"],
  [{ agentId: "main", sessionId: SESSION_ID }, "AGENT_SESSION_MISMATCH"],
  [{ sessionId: "unknown" }, "SESSION_NOT_FOUND"],
  [{ sessionKey: "agent::main" }, "SESSION_KEY_INVALID"],
  [{ sessionKey: "x".repeat(600) }, "SESSION_KEY_INVALID"],
];

for (const [query, code] of REFUSED) {
  Deno.test(`resolveRunTarget() refuses ${JSON.stringify(query).slice(0, 60)} with ${code}`, () => {
    const error = assertThrows(() => resolveRunTarget(stateOf(), query), AppError);
    assertEquals([error.code, error.hint !== undefined], [code, true]);
  });
}
