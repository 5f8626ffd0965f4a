/**
 * Keeps an older program from changing what a newer one has set up.
 *
 * @module
 */
import { AppError, VERSION } from "../../base/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";

/**
 * Refuses an action when a newer version was the last to write the config.
 *
 * @param action What is refused, such as `install the gateway service`.
 * @throws {AppError} `CONFIG_TOO_NEW`
 */
export async function refuseNewerConfig(
  { snapshot }: ConfigState,
  action: string,
): Promise<void> {
  const written = snapshot.config.meta?.lastTouchedVersion;
  if (typeof written !== "string" || written === VERSION) return;
  const { compareVersions, isVersion } = await import("../../update/mod.ts");
  if (!isVersion(written) || compareVersions(written, VERSION) <= 0) return;
  throw new AppError(
    "CONFIG_TOO_NEW",
    `Refusing to ${action} because this OpenClaw binary (${VERSION}) is older than the config ` +
      `last written by OpenClaw ${written}`,
    {
      hint: `Use the newer program, or install it: openclaw update --to ${written}\n` +
        "To go on with this one: openclaw config unset meta.lastTouchedVersion",
      details: { exitCode: 1 },
    },
  );
}
