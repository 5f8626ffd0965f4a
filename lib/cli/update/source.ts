/**
 * Which release an update is about: flags, environment, config.
 *
 * @module
 */
import { AppError, isObject, VERSION } from "../../base/mod.ts";
import type { Release } from "../../update/mod.ts";
import type { ConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Where releases come from unless a command says so. */
export interface ReleaseSettings {
  /** Address of the index, as configured. */
  readonly index: string | undefined;
  readonly channel: string;
}

/** The settings in force; `OPENCLAW_UPDATE_URL` beats `update.url`. */
export function releaseSettings({ env }: CommandContext, state: ConfigState): ReleaseSettings {
  const update: unknown = state.snapshot.config.update;
  const { url, channel } = isObject(update) ? update : {};
  return {
    index: env.get("OPENCLAW_UPDATE_URL")?.trim() || (typeof url === "string" ? url : undefined),
    channel: typeof channel === "string" ? channel : "stable",
  };
}

/**
 * The release that was asked for.
 *
 * @throws {AppError} `USAGE`, or why there is none.
 */
export async function askedRelease(context: CommandContext, state: ConfigState): Promise<Release> {
  const { options } = context;
  const [{ findRelease, isVersion }, { releaseTarget, systemNetwork }] = await Promise.all([
    import("../../update/mod.ts"),
    import("../../platform/mod.ts"),
  ]);
  const to = options.text("to");
  if (to !== undefined && !isVersion(to)) {
    throw new AppError("USAGE", `Cannot read --to "${to}": it is no version`, {
      hint: `openclaw update --to ${VERSION}`,
    });
  }
  if (options.text("sha256") !== undefined && options.text("from") === undefined) {
    throw new AppError("USAGE", "Cannot use --sha256 without --from: the index has its own", {
      hint: "openclaw update --from <file> --sha256 <hex>",
    });
  }
  return await findRelease({
    network: systemNetwork,
    from: options.text("from"),
    sha256: options.text("sha256"),
    to,
    ...releaseSettings(context, state),
    target: releaseTarget(),
  });
}

/** The address of an index without what may be a key in it. */
export function shownIndex(index: string): string {
  return index.replace(/\?.*$/s, "").replace(/\/\/[^/@]*@/, "//");
}
