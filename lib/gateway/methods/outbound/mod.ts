/**
 * Methods that act on channels, plugins and memory of a gateway that has none: each says so in the
 * words that clients know.
 *
 * @module
 */
import { defaultAgent } from "../../../agents/mod.ts";
import { AppError } from "../../../base/mod.ts";
import type { MemoryStatusResult } from "../../../protocol/mod.ts";
import type { MethodParams } from "../../../protocol/methods/mod.ts";
import type { Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";

/** What people are shown next: the channels there are. */
const SEE_CHANNELS = "openclaw gateway call channels.status";
/** The channel of the gateway's own conversations: nothing can be delivered to it. */
const INTERNAL_CHANNEL = "webchat";

/** `send`, `poll`, `message.action`, `channels.{start,stop,logout}`, `web.login.*` and more. */
export function outboundMethods(state: GatewayState): Handlers {
  return {
    "send": ({ params }) => send(params),
    "poll": ({ params }) => refuseChannel(params.channel, "poll channel"),
    "message.action": ({ params }) => refuseChannel(params.channel, "channel"),
    "channels.start": ({ params }) => refuseAccount("channels.start", params.channel),
    "channels.stop": ({ params }) => refuseAccount("channels.stop", params.channel),
    "channels.logout": ({ params }) => refuseAccount("channels.logout", params.channel),
    "web.login.start": refuseWebLogin,
    "web.login.wait": refuseWebLogin,
    "plugins.uiDescriptors": () => ({ ok: true, descriptors: [] }),
    "plugins.sessionAction": ({ params }) => refuseAction(params),
    "doctor.memory.status": () => memoryStatus(state),
  };
}

function send(params: MethodParams<"send">): never {
  const media = [params.mediaUrl, ...params.mediaUrls ?? []].filter((url) => url?.trim());
  if (!params.message?.trim() && media.length === 0) {
    throw new AppError("MESSAGE_EMPTY", "invalid send params: text or media is required", {
      hint: "Send message, mediaUrl or mediaUrls",
    });
  }
  refuseChannel(params.channel, "channel");
}

function refuseChannel(channel: string | undefined, kind: string): never {
  const id = channel?.trim().toLowerCase();
  if (!id) {
    throw new AppError(
      "CHANNEL_NOT_CONFIGURED",
      "Channel is required (no configured channels detected)",
      { hint: SEE_CHANNELS },
    );
  }
  const message = id === INTERNAL_CHANNEL
    ? `unsupported ${kind}: webchat (internal-only). Use \`chat.send\` for WebChat UI messages or ` +
      "choose a deliverable channel."
    : `unsupported ${kind}: ${id}`;
  throw new AppError("CHANNEL_NOT_CONFIGURED", message, { hint: SEE_CHANNELS });
}

function refuseAccount(method: string, channel: string): never {
  throw new AppError(
    "CHANNEL_NOT_CONFIGURED",
    `invalid ${method} channel: no channel "${channel}" is configured`,
    { hint: SEE_CHANNELS },
  );
}

function refuseWebLogin(): never {
  throw new AppError("CHANNEL_NOT_CONFIGURED", "web login provider is not available", {
    hint: SEE_CHANNELS,
  });
}

function refuseAction({ pluginId, actionId }: MethodParams<"plugins.sessionAction">): never {
  throw new AppError("UNAVAILABLE", `unknown plugin session action: ${pluginId}/${actionId}`, {
    hint: "openclaw gateway call plugins.uiDescriptors",
  });
}

/** There is no index of memories, so there is nothing to be ready. */
function memoryStatus(state: GatewayState): MemoryStatusResult {
  return {
    agentId: defaultAgent(state.agents()).id,
    provider: "none",
    embedding: {
      ok: false,
      checked: false,
      error: "this build has no memory index; files below the workspace are read as they are",
    },
    dreaming: { enabled: false },
  };
}
