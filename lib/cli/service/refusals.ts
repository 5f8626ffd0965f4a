/**
 * What keeps a verb from touching a service at all.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import { issueLines } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";
import type { ProfileService } from "./installed.ts";

/** A gateway that would end at once is better not ended first. */
export function refuseInvalidConfig({ state: { snapshot } }: ProfileService): void {
  if (snapshot.valid) return;
  throw new AppError(
    "CONFIG_INVALID",
    ["Gateway aborted: config is invalid.", ...issueLines(snapshot.issues)].join("\n"),
    { hint: "openclaw config validate" },
  );
}

/** An older program next to a newer one would put its own service in the other's place. */
export async function refuseNewerConfig(
  { env }: CommandContext,
  { state: { snapshot } }: ProfileService,
  action: string,
): Promise<void> {
  const { assertNotOlder } = await import("../../config/mod.ts");
  assertNotOlder(snapshot.config, env, action, { exitCode: 1 });
}
