/**
 * Methods about speech. This build brings no speech provider: what needs one says so.
 *
 * @module
 */
import { AppError, isObject } from "../../../base/mod.ts";
import { redactConfig } from "../../../config/mod.ts";
import { hasScope } from "../../../protocol/mod.ts";
import {
  type MethodParams,
  TALK_BRAINS,
  TALK_MODES,
  TALK_TRANSPORTS,
} from "../../../protocol/methods/mod.ts";
import type { Call, Handlers } from "../../rpc.ts";
import type { GatewayState } from "../../state.ts";
import type { Settings } from "../settings.ts";

const NO_PROVIDERS = { active: null, configured: false, providers: [] };

/** `voicewake.*`, `tts.*` and `talk.*` as far as they need no speech provider. */
export function voiceMethods(state: GatewayState, settings: Settings): Handlers {
  const wakeWords = () => import("./wake_words.ts");
  return {
    "voicewake.get": async () => (await wakeWords()).getTriggers(settings),
    "voicewake.set": async ({ params }) => (await wakeWords()).setTriggers(state, settings, params),
    "voicewake.routing.get": async () => (await wakeWords()).getRouting(settings),
    "voicewake.routing.set": async ({ params }) =>
      (await wakeWords()).setRouting(state, settings, params),
    "tts.status": () => ttsStatus(state),
    "tts.providers": () => ({ providers: [], active: null }),
    "tts.personas": () => ({ active: null, personas: [] }),
    "tts.enable": () => {
      throw new AppError(
        "UNAVAILABLE",
        "Cannot enable speech: no speech provider is configured",
        { hint: "openclaw gateway call tts.providers" },
      );
    },
    "tts.disable": () => ({ enabled: false }),
    "tts.setProvider": ({ params }) => {
      throw unknownName("provider", params.provider);
    },
    "tts.setPersona": ({ params }) => {
      throw unknownName("persona", params.persona);
    },
    "talk.config": (call) => talkConfig(state, call),
    "talk.catalog": () => ({
      modes: TALK_MODES,
      transports: TALK_TRANSPORTS,
      brains: TALK_BRAINS,
      speech: NO_PROVIDERS,
      transcription: NO_PROVIDERS,
      realtime: NO_PROVIDERS,
    }),
    "talk.mode": (call) => talkMode(state, call),
  };
}

function ttsStatus({ paths }: GatewayState) {
  return {
    enabled: false,
    auto: "off",
    provider: null,
    persona: null,
    personas: [],
    fallbackProvider: null,
    fallbackProviders: [],
    prefsPath: paths.configPath,
    providerStates: [],
  };
}

function unknownName(kind: string, name: string): AppError {
  return new AppError("INVALID_REQUEST", `unknown speech ${kind} "${name}": none is configured`, {
    hint: `openclaw gateway call tts.${kind}s`,
  });
}

function talkConfig(state: GatewayState, { params, client }: Call<MethodParams<"talk.config">>) {
  const { scopes } = client.identity;
  if (params.includeSecrets && !hasScope(scopes, "operator.talk.secrets")) {
    throw new AppError("SCOPE_MISSING", "missing scope: operator.talk.secrets", {
      hint: "Leave includeSecrets out, or connect with operator.talk.secrets",
    });
  }
  const { talk, ui } = state.config().config;
  const seamColor = isObject(ui) && typeof ui.seamColor === "string" ? ui.seamColor : undefined;
  return {
    config: {
      ...(talk === undefined ? {} : { talk: params.includeSecrets ? talk : redactConfig(talk) }),
      session: { mainKey: "main" },
      ...(seamColor === undefined ? {} : { ui: { seamColor } }),
    },
  };
}

/** Tells everybody that talk was switched; a page cannot do so unless a device can talk. */
function talkMode(state: GatewayState, { params, client }: Call<MethodParams<"talk.mode">>) {
  const canTalk = [...state.broadcaster.clients()].some(({ identity }) =>
    identity.role === "node" && identity.caps.includes("talk")
  );
  if (client.identity.clientMode === "webchat" && !canTalk) {
    throw new AppError("UNAVAILABLE", "talk disabled: no connected Talk-capable nodes", {
      hint: "Connect a device that can talk, then: openclaw gateway call node.list",
    });
  }
  const result = {
    enabled: params.enabled,
    phase: params.phase ?? null,
    ts: state.clock.now(),
  };
  state.broadcaster.broadcast("talk.mode", result);
  return result;
}
