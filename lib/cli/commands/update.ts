/**
 * `openclaw update`: another version of this program, verified and tried before it takes over.
 *
 * @module
 */
import { AppError, VERSION } from "../../base/mod.ts";
import { readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";
import { confirm, settleEarlier, showOutcome } from "../update/answer.ts";
import { readAsked, tellingWhoAsked } from "../update/asked.ts";
import { type CliUpdate, openUpdate } from "../update/host.ts";
import { askedRelease } from "../update/source.ts";

const DEFAULT_TIMEOUT_S = 1200;

/** Updates, or with `--check` says whether there is something newer. */
export async function run(context: CommandContext): Promise<number> {
  if (context.options.flag("check")) return await check(context);
  const update = await openUpdate(context);
  const { withUpdateLock } = await import("../../update/mod.ts");
  return await withUpdateLock(
    update.host.stateDir,
    () => tellingWhoAsked(context, update, () => install(context, update)),
  );
}

async function install(context: CommandContext, update: CliUpdate): Promise<number> {
  const { options, out } = context;
  const { host, state } = update;
  if (await settleEarlier(context, update)) return 0;
  const { compareVersions, runUpdate } = await import("../../update/mod.ts");
  const release = await askedRelease(context, state);
  const order = release.version === undefined ? 1 : compareVersions(release.version, VERSION);
  const isChosen = options.text("to") !== undefined || options.text("from") !== undefined;
  if (order === 0 || order < 0 && !isChosen) {
    return await upToDate(context, update, release.version);
  }
  if (order < 0) confirm(context, `Replace ${VERSION} by the older ${release.version}?`);
  out.note(`Updating ${VERSION} to ${release.version ?? release.from}`);
  const interruption = new AbortController();
  const stop = context.host.onInterrupt(() => {
    interruption.abort(new AppError("UPDATE_DECLINED", "Interrupted: nothing was changed"));
  });
  const seconds = options.number("timeout") ?? DEFAULT_TIMEOUT_S;
  const asked = await readAsked(context);
  try {
    const outcome = await runUpdate(host, {
      release,
      signal: AbortSignal.any([interruption.signal, AbortSignal.timeout(seconds * 1000)]),
      ...(asked === undefined ? {} : { asked }),
    });
    return await showOutcome(context, update, outcome);
  } finally {
    stop();
  }
}

async function upToDate(
  context: CommandContext,
  { host }: CliUpdate,
  offered: string | undefined,
): Promise<number> {
  const { out, options } = context;
  const reason = `there is nothing newer than ${VERSION}`;
  const asked = await readAsked(context);
  if (asked !== undefined) {
    const { recordOutcome } = await import("../../update/mod.ts");
    await recordOutcome(host, { status: "skipped", reason, asked });
  }
  if (options.flag("json")) {
    out.json({ ok: true, result: "skipped", from: VERSION, to: offered ?? null, reason });
  } else out.line(`Nothing to do: ${reason}.`);
  return 0;
}

async function check(context: CommandContext): Promise<number> {
  const { out, options, say } = context;
  const state = await readConfigState(context, "ignore");
  const { compareVersions } = await import("../../update/mod.ts");
  const { version, from } = await askedRelease(context, state);
  const isNewer = version === undefined ? null : compareVersions(version, VERSION) > 0;
  if (options.flag("json")) {
    out.json({ ok: true, current: VERSION, available: version ?? null, isNewer, from });
    return 0;
  }
  if (isNewer) {
    out.line(`OpenClaw ${version} is available, this is ${VERSION}.`);
    out.line(`Install it: ${say("update")}`);
  } else if (version === undefined) {
    out.line(`The version of ${from} is known when it is installed; this is ${VERSION}.`);
  } else out.line(`OpenClaw ${VERSION} is the newest; offered is ${version}.`);
  return 0;
}
