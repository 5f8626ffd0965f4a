/**
 * The refusal of images and files.
 *
 * @module
 */
import { type HttpError, invalidRequest } from "../errors.ts";

/** Refuses an image or a file; the message is the wire's, the hint says what is wrong. */
export function invalidMedia(reason: string): HttpError {
  return invalidRequest("invalid request", reason);
}
