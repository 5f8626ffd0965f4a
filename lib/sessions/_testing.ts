/**
 * What the tests of this room share: stores in temporary folders, a clock by hand, sample messages.
 *
 * @module
 */
import { ManualClock, START } from "../base/testing.ts";
export { ManualClock, START };
import { SessionStore } from "./store.ts";
import type { AssistantMessage, ToolResultMessage, UserMessage } from "./types.ts";

/** What a test is handed. */
export interface TestStore {
  store: SessionStore;
  clock: ManualClock;
  stateDir: string;
  /** Closes the store and opens it again. */
  reopen(): Promise<SessionStore>;
}

/** Runs `test` on an empty store in a folder that is removed afterwards. */
export async function withStore(test: (context: TestStore) => Promise<void>): Promise<void> {
  await withFolder(async (stateDir) => {
    const clock = new ManualClock();
    const context: TestStore = {
      store: await SessionStore.open({ stateDir, clock }),
      clock,
      stateDir,
      reopen: async () => {
        context.store.close();
        context.store = await SessionStore.open({ stateDir, clock });
        return context.store;
      },
    };
    try {
      await test(context);
    } finally {
      context.store.close();
    }
  });
}

/** Runs `test` with a temporary folder that is removed afterwards. */
export async function withFolder(test: (path: string) => Promise<void> | void): Promise<void> {
  const path = await Deno.makeTempDir({ prefix: "sessions-test-" });
  try {
    await test(path);
  } finally {
    await Deno.remove(path, { recursive: true });
  }
}

/** A message of the user. */
export function user(text: string, timestamp = START): UserMessage {
  return { role: "user", content: [{ type: "text", text }], timestamp };
}

/** A message of the model with 10 tokens in and 5 out. */
export function assistant(
  text: string,
  changes: Partial<AssistantMessage> = {},
): AssistantMessage {
  return {
    role: "assistant",
    content: [{ type: "text", text }],
    timestamp: START,
    api: "demo",
    provider: "demo",
    model: "small",
    usage: {
      input: 10,
      output: 5,
      cacheRead: 0,
      cacheWrite: 0,
      totalTokens: 15,
      cost: { input: 0.1, output: 0.2, cacheRead: 0, cacheWrite: 0, total: 0.25 },
    },
    stopReason: "stop",
    ...changes,
  };
}

/** What a tool answered to the call `toolCallId`. */
export function toolResult(toolCallId: string, text: string): ToolResultMessage {
  return {
    role: "toolResult",
    toolCallId,
    toolName: "read",
    content: [{ type: "text", text }],
    isError: false,
    timestamp: START,
  };
}
