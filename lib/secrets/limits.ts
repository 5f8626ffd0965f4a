/**
 * The limits of looking secrets up, with their units.
 *
 * @module
 */

/** Time of a provider that is given none. */
export const DEFAULT_TIMEOUT_MS = 5000;
/** Largest file, and longest output, of a provider that is given no other limit. */
export const DEFAULT_MAX_BYTES = 1024 * 1024;
/** Largest file whatever is configured. */
export const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** Providers that are asked at the same time. */
export const DEFAULT_PROVIDER_CONCURRENCY = 4;
/** Secrets that one provider is asked for. */
export const DEFAULT_REFS_PER_PROVIDER = 512;
/** Largest question to a program. */
export const DEFAULT_BATCH_BYTES = 256 * 1024;
/** Variables of one allowlist. */
export const MAX_ALLOWLIST = 256;
