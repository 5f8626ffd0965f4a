/**
 * What the tests of services on a real systemd have in common.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { freePort } from "../../scripts/harness/ports.ts";
import { type Outcome, SystemdBox, whyNoBox } from "./systemd_box.ts";

/** The unit of the default profile. */
export const UNIT = "openclaw-gateway.service";

const reason = whyNoBox();
if (reason !== undefined) console.warn(`tests of a real systemd are left out: ${reason}`);

/** A test with a user's manager of its own and a free port. */
export function onSystemd(
  name: string,
  fn: (box: SystemdBox, port: number) => Promise<void>,
): void {
  Deno.test({
    name,
    ignore: reason !== undefined,
    async fn() {
      await using box = await SystemdBox.start();
      await fn(box, freePort());
    },
  });
}

/** Fails with all that a command has printed. */
export function assertDone(outcome: Outcome): void {
  assertEquals(outcome.code, 0, outcome.stdout + outcome.stderr);
}

/** Whether a gateway answers on a port. */
export async function isServing(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/healthz`);
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
