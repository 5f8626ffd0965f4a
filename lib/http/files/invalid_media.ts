/**
 * The refusal of images and files.
 *
 * @module
 */
import { HttpError, invalidRequest } from "../errors.ts";

/** Refuses an image or a file; the message is the wire's, the hint says what is wrong. */
export function invalidMedia(reason: string): HttpError {
  return invalidRequest("invalid request", reason);
}

/** The same refusal as another dialect words it; anything else stays what it is. */
export function rewordInvalidMedia(
  thrown: unknown,
  word: (reason: string) => string,
): unknown {
  if (!(thrown instanceof HttpError) || thrown.code !== "INVALID_REQUEST") return thrown;
  return invalidRequest(word(thrown.hint ?? thrown.message));
}
