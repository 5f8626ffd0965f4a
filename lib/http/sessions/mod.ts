/**
 * `/sessions/{key}/…`: a transcript, and the end of what runs in a session.
 *
 * @module
 */
export { answerHistory } from "./history.ts";
export { answerKill } from "./kill.ts";
export type {
  HttpAddedMessage,
  HttpHistoryPage,
  HttpHistoryQuery,
  HttpMessage,
  HttpSessions,
  TranscriptEnd,
} from "./types.ts";
