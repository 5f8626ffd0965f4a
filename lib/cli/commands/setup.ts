/**
 * `openclaw setup`: what a gateway on this machine needs, made where it is missing.
 *
 * @module
 */
import { AppError, isObject, type JsonObject, randomHex, VERSION } from "../../base/mod.ts";
import { changeConfig } from "../remote/config_change.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import { shownPath } from "../reports/shown_path.ts";
import type { CommandContext } from "../table.ts";

const TOKEN_BYTES = 24;

/** A value to put into the config. */
export type Setting = readonly [path: string, value: unknown];

/** Writes what is missing, creates the folders, and names the next command. */
export async function run(context: CommandContext): Promise<number> {
  const before = await readConfigState(context, "stop");
  const settings = missingSettings(context, before);
  const { isChanged } = await applySettings(context, settings);
  const state = await readConfigState(context, "stop");
  const { paths, snapshot } = state;
  const { resolveAgents } = await import("../../config/mod.ts");
  const { ensureDir } = await import("../../platform/mod.ts");
  const { agents, defaultId } = resolveAgents(snapshot.config, paths);
  const workspace = agents.find(({ id }) => id === defaultId)?.workspace ?? paths.workspaceDir;
  await ensureDir(workspace);
  await ensureDir(paths.stateDir);
  const isTokenNew = settings.some(([path]) => path === "gateway.auth.token");
  report(context, state, { workspace, isChanged, isTokenNew });
  return 0;
}

/**
 * Writes what a gateway of this machine needs to start and the config lacks.
 *
 * @param given Values that replace configured ones, and those that would be made.
 * @returns What was done, for people; nothing when nothing was missing.
 * @throws {AppError} `CONFIG_MODE_REMOTE` when the config says that the gateway is elsewhere.
 */
export async function prepareConfig(
  context: CommandContext,
  given: readonly Setting[] = [],
): Promise<string[]> {
  const state = await readConfigState(context, "stop");
  if (state.snapshot.config.gateway?.mode === "remote") {
    throw new AppError(
      "CONFIG_MODE_REMOTE",
      'Cannot install a gateway: gateway.mode is "remote", this machine uses one elsewhere',
      { hint: "openclaw config set gateway.mode local" },
    );
  }
  const settings = [
    ...missingSettings(context, state).filter(([path]) => !given.some(([name]) => name === path)),
    ...given,
  ];
  if (settings.length === 0) return [];
  const { isChanged } = await applySettings(context, settings);
  if (!isChanged) return [];
  const file = shownPath(state.paths.configPath, state.paths.home);
  const isMade = settings.some(([path]) => path === "gateway.auth.token") &&
    !given.some(([path]) => path === "gateway.auth.token");
  return isMade
    ? [`No gateway token found. Auto-generated one and saving to config: ${file}`]
    : [`Wrote ${file}`];
}

/** Nothing that is there already is among them. */
export function missingSettings(
  { options, clock }: CommandContext,
  { snapshot }: ConfigState,
): Setting[] {
  const gateway: JsonObject = isObject(snapshot.parsed.gateway) ? snapshot.parsed.gateway : {};
  const auth: JsonObject = isObject(gateway.auth) ? gateway.auth : {};
  const workspace = options.text("workspace");
  const settings: Setting[] = [];
  if (gateway.mode === undefined) settings.push(["gateway.mode", "local"]);
  if (needsToken(auth)) settings.push(["gateway.auth.token", randomHex(TOKEN_BYTES)]);
  if (workspace !== undefined) settings.push(["agents.defaults.workspace", workspace]);
  if (settings.length > 0) {
    settings.push(["meta.lastTouchedVersion", VERSION]);
    settings.push(["meta.lastTouchedAt", new Date(clock.now()).toISOString()]);
  }
  return settings;
}

function needsToken(auth: JsonObject): boolean {
  if (auth.token !== undefined || auth.password !== undefined) return false;
  return auth.mode === undefined || auth.mode === "token";
}

async function applySettings(context: CommandContext, settings: readonly Setting[]) {
  return await changeConfig(context, async (raw) => {
    const { setConfigValue } = await import("../../config/mod.ts");
    let text = raw;
    for (const [path, value] of settings) text = await setConfigValue(text, path, value);
    return text;
  });
}

interface Outcome {
  readonly workspace: string;
  readonly isChanged: boolean;
  readonly isTokenNew: boolean;
}

function report(
  { options, out, say }: CommandContext,
  { paths, snapshot }: ConfigState,
  { workspace, isChanged, isTokenNew }: Outcome,
): void {
  const next = say("gateway run");
  const mode = snapshot.config.gateway?.mode;
  if (options.flag("json")) {
    out.json({
      ok: true,
      path: paths.configPath,
      changed: isChanged,
      workspace,
      stateDir: paths.stateDir,
      mode,
      tokenCreated: isTokenNew,
      next,
    });
    return;
  }
  const file = shownPath(paths.configPath, paths.home);
  out.line(isChanged ? `Wrote ${file}` : `Config OK: ${file}`);
  out.line(`Workspace OK: ${shownPath(workspace, paths.home)}`);
  out.line(`Sessions OK: ${shownPath(paths.stateDir, paths.home)}`);
  if (isTokenNew) {
    out.line(`Token created: read it in ${file} under gateway.auth.token`);
    out.line("Commands on this machine find it there by themselves.");
  }
  if (mode === "remote") {
    out.line(`gateway.mode stays "remote": this machine talks to a gateway elsewhere.`);
    out.line(`Next: ${say("gateway probe")}`);
    return;
  }
  out.line(`Next: ${next}`);
}
