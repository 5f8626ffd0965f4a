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

/** No phrase is longer, its punctuation included; a whole letter need not be looked through. */
const MAX_PHRASE_CHARS = 40;

/** Whether a whole message is a stop phrase, in any case and with closing punctuation. */
export function isStopPhrase(message: string): boolean {
  const text = message.trim();
  if (text.length > MAX_PHRASE_CHARS) return false;
  return STOP_PHRASES.has(text.normalize().toLowerCase().replace(/[\s.!?。！？]+$/u, ""));
}
