/**
 * The sessions of this machine's state folder, for commands that need no gateway.
 *
 * @module
 */
import { join } from "@std/path";
import type { ConfigSnapshot } from "../../config/mod.ts";
import type { SessionStore } from "../../sessions/mod.ts";
import { type ConfigState, readConfigState } from "../remote/config_state.ts";
import type { CommandContext } from "../table.ts";

/** Agents that are meant, and where their sessions are. */
export interface LocalSessions extends ConfigState {
  readonly defaultAgentId: string;
  /** The agents that `--agent` and `--all-agents` name. */
  readonly agentIds: readonly string[];
  /** The database, whether or not it exists. */
  readonly storePath: string;
}

/** Finds out which sessions a command means. @throws {AppError} `AGENT_NOT_FOUND` */
export async function locateSessions(context: CommandContext): Promise<LocalSessions> {
  const state = await readConfigState(context, "warn");
  const { DATABASE_FILE_NAME } = await import("../../store/mod.ts");
  const { defaultAgentId, agentIds } = await chooseAgents(context, state);
  const storePath = join(state.paths.stateDir, DATABASE_FILE_NAME);
  return { ...state, defaultAgentId, agentIds, storePath };
}

async function chooseAgents({ options }: CommandContext, { snapshot, paths }: ConfigState) {
  const { normalizeAgentId, resolveAgents } = await import("../../config/mod.ts");
  const { agents, defaultId } = resolveAgents(snapshot.config, paths);
  const known = agents.map(({ id }) => id);
  if (options.flag("all-agents")) return { defaultAgentId: defaultId, agentIds: known };
  const asked = options.text("agent");
  const agentId = asked === undefined ? defaultId : normalizeAgentId(asked);
  if (!known.includes(agentId)) throw await unknownAgent(asked ?? agentId, snapshot);
  return { defaultAgentId: defaultId, agentIds: [agentId] };
}

async function unknownAgent(name: string, { path }: ConfigSnapshot): Promise<Error> {
  const { AppError } = await import("../../base/mod.ts");
  return new AppError("AGENT_NOT_FOUND", `unknown agent id "${name}"`, {
    hint: "openclaw config get agents.list",
    details: { path },
  });
}

/**
 * Opens the store for the length of `act`; a state folder without one answers with `undefined`, and
 * none is created.
 *
 * @throws {AppError} What opening the store fails with, and what `act` throws.
 */
export async function withLocalStore<T>(
  { clock }: CommandContext,
  { paths, storePath }: LocalSessions,
  act: (store: SessionStore) => T | Promise<T>,
): Promise<T | undefined> {
  const { pathExists } = await import("../../platform/mod.ts");
  if (!await pathExists(storePath)) return undefined;
  const { SessionStore } = await import("../../sessions/mod.ts");
  const store = await SessionStore.open({ stateDir: paths.stateDir, clock });
  try {
    return await act(store);
  } finally {
    store.close();
  }
}
