/**
 * Which requests are answered in Anthropic's dialect.
 *
 * @module
 */
import { MODELS_PATH } from "../models.ts";

/** Where messages are asked for. */
export const MESSAGES_PATH = "/v1/messages";

/** Where the tokens of a request are counted. */
export const COUNT_TOKENS_PATH = `${MESSAGES_PATH}/count_tokens`;

/** Whether the caller reads Anthropic's answers: by the path, or by its header where both may ask. */
export function isAnthropicCaller(headers: Headers, path: string): boolean {
  if (isAt(path, MESSAGES_PATH)) return true;
  return isAt(path, MODELS_PATH) && headers.has("anthropic-version");
}

function isAt(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
