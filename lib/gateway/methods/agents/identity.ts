/**
 * `agent.identity.get`: who answers, for the head of a conversation.
 *
 * @module
 */
import { extname, join } from "@std/path";
import { findAgent } from "../../../agents/mod.ts";
import { AppError } from "../../../base/mod.ts";
import { normalizeAgentId, type ResolvedAgent } from "../../../config/mod.ts";
import { readFileIfExists, readTextFileIfExists } from "../../../platform/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import { canonicalSessionKey } from "../../../sessions/mod.ts";
import type { GatewayState } from "../../state.ts";
import { type Identity, parseIdentity } from "./identity_file.ts";
import { contains } from "./trash.ts";
import { safeFile } from "./workspace_file.ts";

const MAX_AVATAR_BYTES = 2 * 1024 * 1024;
const IMAGE_TYPES: Readonly<Record<string, string>> = {
  ".png": "image/png",
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".gif": "image/gif",
  ".webp": "image/webp",
};

/** The configuration's identity of an agent, filled up from its `IDENTITY.md`. */
export async function identityGet(
  state: GatewayState,
  params: MethodParams<"agent.identity.get">,
) {
  const agent = agentOf(state, params);
  const written = await readIdentity(agent);
  const configured = agent.identity ?? {};
  const name = configured.name ?? written.name ?? agent.name ?? "Assistant";
  const emoji = configured.emoji ?? written.emoji;
  return {
    agentId: agent.id,
    name,
    ...await avatarOf(agent, name, configured.avatar ?? written.avatar),
    ...(emoji === undefined ? {} : { emoji }),
  };
}

function agentOf(
  state: GatewayState,
  { agentId, sessionKey }: MethodParams<"agent.identity.get">,
): ResolvedAgent {
  const snapshot = state.agents();
  const ofSession = sessionKey?.trim()
    ? canonicalSessionKey(sessionKey, { defaultAgentId: snapshot.defaultId }).agentId
    : undefined;
  const asked = agentId === undefined ? undefined : normalizeAgentId(agentId);
  if (asked !== undefined && ofSession !== undefined && asked !== ofSession) {
    const message = `agent "${asked}" does not match the agent "${ofSession}" of the session`;
    throw new AppError("AGENT_SESSION_MISMATCH", message, { hint: "Name one of the two" });
  }
  return findAgent(snapshot, asked ?? ofSession ?? snapshot.defaultId);
}

async function readIdentity({ workspace }: ResolvedAgent): Promise<Identity> {
  try {
    const { path, info } = await safeFile(workspace, "IDENTITY.md");
    return info ? parseIdentity(await readTextFileIfExists(path) ?? "") : {};
  } catch (error) {
    // A link counts as missing, as it does for turns.
    if (error instanceof AppError && error.code === "INVALID_REQUEST") return {};
    throw error;
  }
}

/** The picture as something a page can show: an address, the file itself as a data URI, or a letter. */
async function avatarOf(agent: ResolvedAgent, name: string, source: string | undefined) {
  const letter = [...name.trim().toUpperCase()][0] ?? "A";
  if (source === undefined || source === "") {
    return { avatar: letter, avatarStatus: "none", avatarReason: "missing" };
  }
  if (/^data:image\//i.test(source)) return { avatar: source, avatarStatus: "data" };
  if (/^https?:\/\//i.test(source)) {
    return { avatar: source, avatarSource: source, avatarStatus: "remote" };
  }
  const unusable = (avatarReason: string) => ({
    avatar: letter,
    avatarSource: source,
    avatarStatus: "none",
    avatarReason,
  });
  const path = join(agent.workspace, source);
  const type = IMAGE_TYPES[extname(path).toLowerCase()];
  if (type === undefined) return unusable("unsupported_type");
  const file = await readWithin(agent.workspace, path);
  if (typeof file === "string") return unusable(file);
  return {
    avatar: `data:${type};base64,${file.toBase64()}`,
    avatarSource: source,
    avatarStatus: "local",
  };
}

/** The bytes of a file that really lies in the workspace, or why there are none. */
async function readWithin(workspace: string, path: string): Promise<Uint8Array | string> {
  try {
    const real = await Deno.realPath(path);
    if (!contains(await Deno.realPath(workspace), real)) return "outside_workspace";
    if ((await Deno.stat(real)).size > MAX_AVATAR_BYTES) return "too_large";
    return await readFileIfExists(real) ?? "missing";
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "missing";
    throw error;
  }
}
