/**
 * The shapes of results and event payloads about speech, as types only.
 *
 * @module
 */
import type { TALK_BRAINS, TALK_MODES, TALK_TRANSPORTS } from "../methods/voice.ts";

/** How a talk session works. */
export type TalkMode = typeof TALK_MODES[number];
/** How the audio of a talk session travels. */
export type TalkTransport = typeof TALK_TRANSPORTS[number];
/** Who answers in a talk session. */
export type TalkBrain = typeof TALK_BRAINS[number];

/** The result of `voicewake.get` and `set`, and the payload of `voicewake.changed`. */
export interface VoicewakeResult {
  triggers: string[];
}

/** Where a spoken request goes, by wake word. */
export interface VoicewakeRouting {
  version: 1;
  defaultTarget: Record<string, unknown> & { mode: string };
  routes: Record<string, unknown>[];
  updatedAtMs: number;
}

/** The result of `voicewake.routing.get` and `set`, and the payload of their event. */
export interface VoicewakeRoutingResult {
  config: VoicewakeRouting;
}

/** The result of `tts.status`. */
export interface TtsStatusResult {
  enabled: boolean;
  auto: string;
  provider: string | null;
  persona: string | null;
  personas: unknown[];
  fallbackProvider: string | null;
  fallbackProviders: string[];
  prefsPath: string;
  providerStates: { id: string; label: string; configured: boolean }[];
}

/** The result of `tts.providers`. */
export interface TtsProvidersResult {
  providers: {
    id: string;
    name: string;
    configured: boolean;
    models: unknown[];
    voices?: unknown[];
  }[];
  active: string | null;
}

/** The result of `tts.personas`. */
export interface TtsPersonasResult {
  active: string | null;
  personas: unknown[];
}

/** The result of `tts.enable` and `tts.disable`. */
export interface TtsEnabledResult {
  enabled: boolean;
}

/** The result of `tts.setProvider`. */
export interface TtsProviderSet {
  provider: string;
}

/** The result of `tts.setPersona`. */
export interface TtsPersonaSet {
  persona: string | null;
}

/** The result of `tts.convert`. */
export interface TtsConvertResult {
  audioPath: string;
  provider: string;
  outputFormat: string;
  voiceCompatible: boolean;
}

/** The result of `talk.config`. */
export interface TalkConfigResult {
  config: {
    talk?: Record<string, unknown>;
    session?: { mainKey?: string };
    ui?: { seamColor?: string };
  };
}

/** The result of `talk.catalog`. */
export interface TalkCatalogResult {
  modes: TalkMode[];
  transports: TalkTransport[];
  brains: TalkBrain[];
  speech: unknown;
  transcription: unknown;
  realtime: unknown;
}

/** The result of `talk.mode` and the payload of its event. */
export interface TalkModeResult {
  enabled: boolean;
  phase: string | null;
  ts: number;
}

/** The result of `talk.speak`. */
export interface TalkSpeakResult {
  audioBase64: string;
  provider: string;
  outputFormat?: string;
  mimeType?: string;
  fileExtension?: string;
  voiceCompatible?: boolean;
}

/** The result of `talk.client.toolCall`. */
export interface TalkToolCallResult {
  runId: string;
  idempotencyKey: string;
}

/** The result of `talk.session.create`. */
export interface TalkSessionCreated {
  sessionId: string;
  mode: TalkMode;
  transport: TalkTransport;
  brain: TalkBrain;
  relaySessionId?: string;
  roomUrl?: string;
  token?: string;
  audio?: unknown;
  expiresAt?: number;
}

/** The result of the other `talk.session` methods. */
export interface TalkSessionResult extends Record<string, unknown> {
  ok: boolean;
  turnId?: string;
  events?: TalkEventPayload[];
}

/** The payload of `talk.event`. */
export interface TalkEventPayload {
  id: string;
  /** Such as `turn.started` or `output.text.delta`. */
  type: string;
  sessionId: string;
  turnId?: string;
  captureId?: string;
  /** From 1. */
  seq: number;
  timestamp: string | number;
  mode: TalkMode;
  transport: TalkTransport;
  brain: TalkBrain;
  provider?: string;
  final?: boolean;
  callId?: string;
  itemId?: string;
  parentId?: string;
  payload: unknown;
}
