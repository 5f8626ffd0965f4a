/**
 * `agents.create`, `agents.update` and `agents.delete`.
 *
 * @module
 */
import { isAbsolute, join } from "@std/path";
import { findAgent, WorkspaceReader } from "../../../agents/mod.ts";
import { AppError, isObject, type JsonObject } from "../../../base/mod.ts";
import {
  expandHome,
  MAIN_AGENT_ID,
  normalizeAgentId,
  type ResolvedAgent,
} from "../../../config/mod.ts";
import { readTextFileIfExists, writeFileAtomic } from "../../../platform/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { GatewayState } from "../../state.ts";
import type { ConfigEditor } from "../config/mod.ts";
import { type Identity, updateIdentity } from "./identity_file.ts";
import { moveToTrash } from "./trash.ts";
import { safeFile } from "./workspace_file.ts";

const IDENTITY_FILE = "IDENTITY.md";
const LIST_HINT = "openclaw gateway call agents.list";

/** Adds an agent with a workspace of its own. */
export async function createAgent(
  state: GatewayState,
  editor: ConfigEditor,
  params: MethodParams<"agents.create">,
) {
  const name = params.name.trim();
  const agentId = normalizeAgentId(name);
  assertFree(state, agentId, name);
  const workspace = absoluteFolder(params.workspace, state);
  await new WorkspaceReader().ensure(workspace);
  await writeIdentity(workspace, { name, ...identityOf(params) });
  const identity = withoutEmpty({ ...identityOf(params) });
  await editor.change((parsed) =>
    withAgents(parsed, (list) => {
      if (list.some((entry) => isAgent(entry, agentId))) throw alreadyThere(agentId);
      // Without a list there is an agent "main"; with one it has to be in it.
      const before = list.length === 0 ? [{ id: MAIN_AGENT_ID }] : list;
      return [...before, {
        id: agentId,
        name,
        workspace: params.workspace.trim(),
        ...(params.model ? { model: params.model } : {}),
        ...(Object.keys(identity).length > 0 ? { identity } : {}),
      }];
    }), { by: "gateway", action: "agents.create" });
  state.log.info(`agent ${agentId} was created`);
  return {
    ok: true,
    agentId,
    name,
    workspace,
    ...(params.model ? { model: params.model } : {}),
  };
}

/** Changes an agent; what is not named stays. */
export async function updateAgent(
  state: GatewayState,
  editor: ConfigEditor,
  params: MethodParams<"agents.update">,
) {
  const agent = findAgent(state.agents(), normalizeAgentId(params.agentId));
  const workspace = params.workspace === undefined
    ? agent.workspace
    : absoluteFolder(params.workspace, state);
  await new WorkspaceReader().ensure(workspace);
  const identity = identityOf(params);
  const changes: Identity = {
    ...(params.name === undefined ? {} : { name: params.name }),
    ...identity,
  };
  if (Object.keys(changes).length > 0) await writeIdentity(workspace, changes);
  await editor.change((parsed) =>
    withAgents(parsed, (list) => {
      const index = list.findIndex((entry) => isAgent(entry, agent.id));
      const entry = list[index] ?? { id: agent.id };
      const changed = changedEntry(entry, params, identity);
      return index < 0 ? [...list, changed] : list.with(index, changed);
    }), { by: "gateway", action: "agents.update" });
  return { ok: true, agentId: agent.id };
}

/** Removes an agent and what routes to it; its folders go to the trash. */
export async function deleteAgent(
  state: GatewayState,
  editor: ConfigEditor,
  { agentId, deleteFiles = true }: MethodParams<"agents.delete">,
) {
  const id = normalizeAgentId(agentId);
  if (id === MAIN_AGENT_ID) throw refused(`"${MAIN_AGENT_ID}" cannot be deleted`);
  const agent = findAgent(state.agents(), id);
  let removedBindings = 0;
  await editor.change((parsed) => {
    const bindings = listOf(parsed.bindings);
    const kept = bindings.filter((binding) =>
      typeof binding.agentId !== "string" || normalizeAgentId(binding.agentId) !== id
    );
    removedBindings = bindings.length - kept.length;
    const without = withAgents(parsed, (list) => list.filter((entry) => !isAgent(entry, id)));
    return removedBindings === 0 ? without : { ...without, bindings: kept };
  }, { by: "gateway", action: "agents.delete" });
  await endSessions(state, id);
  if (deleteFiles) await setFoldersAside(state, agent);
  state.log.info(`agent ${id} was deleted`);
  return { ok: true, agentId: id, removedBindings };
}

function assertFree(state: GatewayState, agentId: string, name: string): void {
  if (agentId === MAIN_AGENT_ID || name === "") throw refused(`"${MAIN_AGENT_ID}" is reserved`);
  if (state.agents().agents.some(({ id }) => id === agentId)) throw alreadyThere(agentId);
}

function alreadyThere(agentId: string): AppError {
  return refused(`agent "${agentId}" already exists`);
}

function refused(message: string): AppError {
  return new AppError("INVALID_REQUEST", message, { hint: LIST_HINT });
}

/** The folder that is meant; where the gateway was started must not decide it. */
function absoluteFolder(text: string, { paths }: GatewayState): string {
  const folder = expandHome(text.trim(), paths.home);
  if (isAbsolute(folder)) return folder;
  throw new AppError("INVALID_REQUEST", `Cannot use workspace "${text}": it is a relative path`, {
    hint: "Name it from the root or from the home folder, like ~/agents/work",
  });
}

function identityOf({ emoji, avatar }: { emoji?: string; avatar?: string }): Identity {
  return {
    ...(emoji === undefined ? {} : { emoji: emoji.trim() }),
    ...(avatar === undefined ? {} : { avatar: avatar.trim() }),
  };
}

function withoutEmpty(identity: Identity): Identity {
  return Object.fromEntries(Object.entries(identity).filter(([, value]) => value !== ""));
}

async function writeIdentity(workspace: string, changes: Identity): Promise<void> {
  const file = await safeFile(workspace, IDENTITY_FILE);
  const before = await readTextFileIfExists(file.path) ?? "";
  const after = updateIdentity(before, changes);
  if (after !== before) await writeFileAtomic(join(workspace, IDENTITY_FILE), after);
}

type Entry = JsonObject;

function listOf(value: unknown): Entry[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isAgent(entry: Entry, id: string): boolean {
  return typeof entry.id === "string" && normalizeAgentId(entry.id) === id;
}

function withAgents(parsed: JsonObject, change: (list: Entry[]) => Entry[]): JsonObject {
  const agents = isObject(parsed.agents) ? parsed.agents : {};
  return { ...parsed, agents: { ...agents, list: change(listOf(agents.list)) } };
}

function changedEntry(
  entry: Entry,
  { name, workspace, model }: MethodParams<"agents.update">,
  identity: Identity,
): Entry {
  const before = isObject(entry.identity) ? entry.identity : {};
  const named = name !== undefined && before.name !== undefined ? { name } : {};
  const after = withoutEmpty({ ...before, ...named, ...identity });
  const { identity: _replaced, ...rest } = entry;
  return {
    ...rest,
    ...(name === undefined ? {} : { name: name.trim() }),
    ...(workspace === undefined ? {} : { workspace: workspace.trim() }),
    ...(model === undefined ? {} : { model: changedModel(entry.model, model) }),
    ...(Object.keys(after).length === 0 ? {} : { identity: after }),
  };
}

/** Fallbacks that were configured stay. */
function changedModel(before: unknown, primary: string): unknown {
  return isObject(before) ? { ...before, primary } : primary;
}

/** Ends the agent's runs and closes its sessions; what was said stays readable in the store. */
async function endSessions({ store, runs }: GatewayState, agentId: string): Promise<void> {
  const { sessions } = store.listSessions({ agentId, limit: Number.MAX_SAFE_INTEGER });
  for (const { key } of sessions) {
    const ending = runs.activeOf(key).map((run) => {
      run.abort("rpc");
      return run.done;
    });
    await Promise.all(ending);
    await store.deleteSession(key, { keepTranscripts: true });
  }
}

async function setFoldersAside(state: GatewayState, agent: ResolvedAgent): Promise<void> {
  const others = state.agents().agents.filter(({ id }) => id !== agent.id);
  const own = join(state.paths.stateDir, "agents", agent.id);
  const isOwn = agent.agentDir === join(own, "agent");
  await moveToTrash(state, {
    agentId: agent.id,
    folders: { workspace: agent.workspace, state: isOwn ? own : agent.agentDir },
    inUse: others.flatMap(({ workspace, agentDir }) => [workspace, agentDir]),
  });
}
