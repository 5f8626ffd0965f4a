/**
 * Messages that mean "stop what you are doing".
 *
 * @module
 */

const STOP_PHRASES: ReadonlySet<string> = new Set([
  "stop",
  "/stop",
  "abort",
  "/abort",
  "esc",
  "halt",
  "interrupt",
  "stopp",
  "abbrechen",
  "arrête",
  "arrete",
  "detente",
  "para",
  "ferma",
  "fermati",
  "pare",
  "parar",
  "стоп",
  "停止",
  "停下",
  "やめて",
  "止めて",
  "중지",
  "멈춰",
  "توقف",
  "रुको",
]);

/** Whether a whole message is a stop phrase, in any case and with any closing punctuation. */
export function isStopPhrase(message: string): boolean {
  return STOP_PHRASES.has(message.trim().toLowerCase().replace(/[.!?。！？]+$/u, ""));
}
