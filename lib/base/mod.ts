/**
 * What every room may use: errors, ids, text, guards, waiting, redaction, and the `Clock`, `Env` and
 * `Logger` types. Imports nothing of ours and touches nothing outside.
 *
 * @module
 */
export { PDF_CHILD_ARGUMENT } from "./child_argument.ts";
export { delay, KeyedQueue, nextTask, withTimeout } from "./async.ts";
export { fromBase64, toBase64Url } from "./base64.ts";
export type { Clock } from "./clock.ts";
export { type Env, envOf, layerEnv } from "./env.ts";
export { AppError, type AppErrorOptions, errorMessage } from "./errors.ts";
export { EXIT } from "./exit_status.ts";
export { randomHex, randomId, sha256Hex } from "./ids.ts";
export { canonicalAddress, parseIpv4, parseIpv6 } from "./ip_address.ts";
export { isObject, type JsonObject, parseJsonOrUndefined, parseObjectOrUndefined } from "./json.ts";
export { LOG_LEVELS, type LogFields, type Logger, type LogLevel, silentLogger } from "./logger.ts";
export { isPublicAddress, isPublicHost } from "./public_host.ts";
export { sniffMediaType } from "./media_type.ts";
export { REDACTED, RedactionSet, redactShapes } from "./redact.ts";
export { BUILD_COMMIT, VERSION } from "./version.ts";
export {
  editDistance,
  ellipsize,
  formatBytes,
  formatDuration,
  headerText,
  nearest,
  splitText,
  truncateUtf8,
} from "./text.ts";
export { untrustedBlock } from "./untrusted.ts";
