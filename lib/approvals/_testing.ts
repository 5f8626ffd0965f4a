/**
 * What the tests of this room share: requests in a temporary folder, a clock by hand.
 *
 * @module
 */
import { ManualClock } from "../base/testing.ts";
export { ManualClock };
import { Store } from "../store/mod.ts";
import { Approvals } from "./approvals.ts";
import type { ApprovalQuestion } from "./types.ts";

/** What a test is handed. */
export interface TestApprovals {
  approvals: Approvals;
  readonly store: Store;
  readonly clock: ManualClock;
  readonly stateDir: string;
  /** What listeners were told, in order. */
  readonly told: string[];
  /** Whether somebody can be asked. */
  isReachable: boolean;
  /** Closes everything and opens it again, as a restart does. */
  reopen(): Promise<void>;
}

/** Runs `test` on an empty store in a folder that is removed afterwards. */
export async function withApprovals(
  test: (context: TestApprovals) => Promise<void>,
): Promise<void> {
  const stateDir = await Deno.makeTempDir({ prefix: "openclaw-approvals-" });
  const clock = new ManualClock();
  const told: string[] = [];
  const open = (store: Store) =>
    new Approvals({
      store,
      clock,
      canReach: () => context.isReachable,
      listeners: {
        onRequested: ({ id }) => told.push(`requested ${id}`),
        onResolved: (kind, { id, decision, resolvedBy }) =>
          told.push(`${kind} ${id} ${decision} by ${resolvedBy}`),
      },
    });
  let store = await Store.open(stateDir);
  const context = { isReachable: true, clock, stateDir, told } as TestApprovals;
  Object.defineProperty(context, "store", { get: () => store });
  context.approvals = open(store);
  context.reopen = async () => {
    context.approvals.close();
    store.close();
    store = await Store.open(stateDir);
    context.approvals = open(store);
  };
  try {
    await test(context);
  } finally {
    context.approvals.close();
    store.close();
    await Deno.remove(stateDir, { recursive: true });
  }
}

/** A question about a command. */
export function question(id: string, over: Partial<ApprovalQuestion> = {}): ApprovalQuestion {
  return {
    kind: "exec",
    id,
    request: { command: "rm a" },
    allowedDecisions: ["allow-once", "allow-always", "deny"],
    timeoutMs: 60_000,
    ...over,
  };
}
