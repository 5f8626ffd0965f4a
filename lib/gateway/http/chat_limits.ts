/**
 * What a request of the chat dialect may bring along, by configuration.
 *
 * @module
 */
import type { HttpChatImageLimits } from "../../http/mod.ts";
import type { GatewayState } from "../state.ts";

/** What is configured for images. */
export function chatImageLimits(state: GatewayState): Partial<HttpChatImageLimits> {
  const chat = state.config().config.gateway?.http?.endpoints?.chatCompletions;
  const { allowUrl, allowedMimes, maxBytes, maxRedirects, timeoutMs } = chat?.images ?? {};
  const settings = {
    allowUrl,
    allowedMimes,
    maxBytes,
    maxRedirects,
    timeoutMs,
    maxParts: chat?.maxImageParts,
    maxTotalBytes: chat?.maxTotalImageBytes,
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}
