/**
 * Parameters of the methods about speech: wake words, text to speech, talk.
 *
 * Clients of talk bring settings of their provider along, so most of these objects are open.
 *
 * @module
 */
import * as z from "zod/mini";
import { anyObject, count, flag, name, none, text, word } from "./fields.ts";

/** How a talk session works. */
export const TALK_MODES = ["realtime", "stt-tts", "transcription"] as const;
/** How the audio of a talk session travels. */
export const TALK_TRANSPORTS = [
  "webrtc",
  "provider-websocket",
  "gateway-relay",
  "managed-room",
] as const;
/** Who answers in a talk session. */
export const TALK_BRAINS = ["agent-consult", "direct-tools", "none"] as const;

/** Schemas by method. */
export const VOICE_PARAMS = {
  "voicewake.get": none,
  "voicewake.set": () => z.strictObject({ triggers: z.array(z.string()) }),
  "voicewake.routing.get": none,
  "voicewake.routing.set": () => z.strictObject({ config: anyObject() }),
  "tts.status": none,
  "tts.providers": none,
  "tts.personas": none,
  "tts.enable": none,
  "tts.disable": none,
  "tts.setProvider": () => z.strictObject({ provider: text() }),
  "tts.setPersona": () => z.strictObject({ persona: text() }),
  "tts.convert": () =>
    z.strictObject({
      text: text(),
      channel: name(),
      provider: name(),
      modelId: name(),
      voiceId: name(),
    }),
  "talk.config": () => z.strictObject({ includeSecrets: flag() }),
  "talk.catalog": none,
  "talk.mode": () => z.strictObject({ enabled: z.boolean(), phase: word() }),
  "talk.speak": () =>
    z.looseObject({
      text: text(),
      voiceId: word(),
      modelId: word(),
      outputFormat: word(),
      speed: z.optional(z.number()),
    }),
  "talk.client.create": () =>
    z.looseObject({ sessionKey: word(), ...talkFields(), model: word(), voice: word() }),
  "talk.client.toolCall": () =>
    z.strictObject({
      sessionKey: text(),
      callId: text(),
      name: text(),
      args: z.optional(z.unknown()),
    }),
  "talk.session.create": () =>
    z.looseObject({ sessionKey: word(), ...talkFields(), ttlMs: count(1) }),
  "talk.session.join": bySession,
  "talk.session.appendAudio": bySession,
  "talk.session.startTurn": bySession,
  "talk.session.endTurn": bySession,
  "talk.session.cancelTurn": bySession,
  "talk.session.cancelOutput": bySession,
  "talk.session.submitToolResult": bySession,
  "talk.session.close": bySession,
};

function talkFields() {
  return {
    provider: word(),
    mode: z.optional(z.enum(TALK_MODES)),
    transport: z.optional(z.enum(TALK_TRANSPORTS)),
    brain: z.optional(z.enum(TALK_BRAINS)),
  };
}

function bySession() {
  return z.looseObject({ sessionId: text() });
}
