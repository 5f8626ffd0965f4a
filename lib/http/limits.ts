/**
 * Every limit of the HTTP surface, with its unit in the name.
 *
 * Body limits per endpoint come from the configuration and are asked for at each request.
 *
 * @module
 */

/** Request line and headers together; more is answered with 431. */
export const MAX_HEADER_BYTES = 16 * 1024;

/** Time for a request body to arrive completely; more is answered with 408. */
export const BODY_TIMEOUT_MS = 30_000;

/** Most of a body that nobody reads is taken before the answer; with more the connection is closed. */
export const MAX_UNREAD_BYTES = 64 * 1024;

/** How long is waited for it. */
export const UNREAD_TIMEOUT_MS = 250;

/** Longest silence on an event stream before a comment is sent, below the usual proxy limits. */
export const KEEPALIVE_MS = 15_000;

/**
 * How long a streamed answer is held back for the first event of its run. A run that fails within
 * this time gets a real status; after it the stream opens and a failure becomes a frame.
 */
export const STREAM_HOLD_MS = 10_000;

/** Longest `x-request-id` taken over from a client. */
export const MAX_REQUEST_ID_CHARS = 128;

/** How long a browser may keep the answer to its question before a cross-origin request. */
export const CORS_MAX_AGE_SECONDS = 600;

/** Longest list of headers that such a question may name. */
export const MAX_CORS_HEADERS_CHARS = 4096;

/** Longest path shown in a log line or an error. */
export const MAX_SHOWN_PATH_CHARS = 120;

/** After how long a client that meets an ending gateway may ask again. */
export const STOPPING_RETRY_MS = 2000;

/** Longest session key, `user` and `x-openclaw-model` taken from a client. */
export const MAX_NAME_CHARS = 512;

/** Texts in one request for embeddings. */
export const MAX_EMBED_INPUTS = 128;

/** One text to embed, in UTF-16 units. */
export const MAX_EMBED_INPUT_CHARS = 8192;

/** All texts of a request for embeddings, in UTF-16 units. */
export const MAX_EMBED_TOTAL_CHARS = 65_536;

/** Body of a request for embeddings. */
export const MAX_EMBED_BODY_BYTES = 5 * 1024 * 1024;

/** Fragment size of a tool call's arguments on a stream. */
export const TOOL_ARGUMENT_FRAGMENT_CHARS = 256;

/** Images in the current message. */
export const MAX_IMAGE_PARTS = 8;

/** One image, decoded. */
export const MAX_IMAGE_BYTES = 10 * 1024 * 1024;

/** All images of a request, decoded. */
export const MAX_TOTAL_IMAGE_BYTES = 20 * 1024 * 1024;

/** Time for fetching one image, redirects included. */
export const FETCH_TIMEOUT_MS = 10_000;

/** Redirects followed when an image is fetched. */
export const MAX_FETCH_REDIRECTS = 3;

/** Accepted image types. */
export const IMAGE_MIME_TYPES: readonly string[] = [
  "image/jpeg",
  "image/png",
  "image/gif",
  "image/webp",
  "image/heic",
  "image/heif",
];

/** Body of a call of a tool. */
export const MAX_TOOL_BODY_BYTES = 2 * 1024 * 1024;

/** Messages that a page of a transcript may be asked to have. */
export const MAX_HISTORY_PAGE = 1000;
