/**
 * The one table of error codes: what each means for the exit status, HTTP, WebSocket and RPC.
 *
 * Documentation is printed from it. A code that is thrown anywhere and is missing here fails a test.
 *
 * @module
 */
import { AppError, errorMessage, EXIT, redactShapes } from "../base/mod.ts";

/** The closed list of codes a response frame may carry. */
export const WIRE_CODES = [
  "NOT_LINKED",
  "NOT_PAIRED",
  "AGENT_TIMEOUT",
  "INVALID_REQUEST",
  "APPROVAL_NOT_FOUND",
  "UNAVAILABLE",
] as const;

/** One of {@linkcode WIRE_CODES}. */
export type WireCode = typeof WIRE_CODES[number];

/** The `error` of a response frame. */
export interface ErrorShape {
  code: WireCode;
  message: string;
  details?: unknown;
  retryable?: boolean;
  retryAfterMs?: number;
}

/** What a code means to each way out of the process. */
export interface ErrorFacts {
  /** One of {@linkcode EXIT}. */
  readonly exit: Exclude<
    typeof EXIT[keyof typeof EXIT],
    typeof EXIT.DONE | typeof EXIT.INTERRUPTED
  >;
  readonly http: number;
  /** WebSocket close code, where the failure ends the connection. */
  readonly close?: number;
  readonly wire: WireCode;
  /** For the reference page. */
  readonly summary: string;
}

function facts(
  exit: ErrorFacts["exit"],
  http: number,
  wire: WireCode,
  summary: string,
  close?: number,
): ErrorFacts {
  return close === undefined ? { exit, http, wire, summary } : { exit, http, wire, summary, close };
}

/** Every code that can leave the process. */
export const ERRORS = {
  // Command line
  USAGE: facts(64, 400, "INVALID_REQUEST", "The command line does not fit the command"),
  UNKNOWN_COMMAND: facts(64, 404, "INVALID_REQUEST", "No such command"),
  METHOD_UNAVAILABLE: facts(
    1,
    501,
    "UNAVAILABLE",
    "The protocol has the method, this build does not",
  ),
  NOT_SUPPORTED: facts(1, 501, "UNAVAILABLE", "This build cannot do that"),
  PROFILE_INVALID: facts(2, 400, "INVALID_REQUEST", "The profile name is malformed"),
  CONTAINER_UNSUPPORTED: facts(2, 501, "UNAVAILABLE", "Running inside a container is not offered"),
  LOG_LEVEL_INVALID: facts(2, 400, "INVALID_REQUEST", "The log level is unknown"),
  // The gateway as a service of the system
  SERVICE_NAME_INVALID: facts(78, 400, "INVALID_REQUEST", "A service name is malformed"),
  SERVICE_MANAGER_UNAVAILABLE: facts(
    69,
    503,
    "UNAVAILABLE",
    "The service manager of this system cannot be reached",
  ),
  SERVICE_CHECK_FAILED: facts(1, 503, "UNAVAILABLE", "The service manager gave no usable answer"),
  SERVICE_EXTERNAL: facts(78, 409, "INVALID_REQUEST", "Somebody else manages the service"),
  SERVICE_PROGRAM_INVALID: facts(
    78,
    400,
    "INVALID_REQUEST",
    "The program cannot be what a service starts",
  ),
  SERVICE_NOT_HEALTHY: facts(1, 503, "UNAVAILABLE", "The service was started but does not serve"),
  SERVICE_INSTALL_FAILED: facts(1, 500, "UNAVAILABLE", "The service could not be installed"),
  SERVICE_UNINSTALL_FAILED: facts(1, 500, "UNAVAILABLE", "The service could not be removed"),
  SERVICE_START_FAILED: facts(1, 500, "UNAVAILABLE", "The service could not be started"),
  SERVICE_STOP_FAILED: facts(1, 500, "UNAVAILABLE", "The service could not be stopped"),
  SERVICE_RESTART_FAILED: facts(1, 500, "UNAVAILABLE", "The service could not be restarted"),
  // Repairs
  DOCTOR_REPAIR_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such repair"),
  DOCTOR_UNDO_CONFLICT: facts(1, 409, "INVALID_REQUEST", "A repaired file was changed since"),
  DOCTOR_COPY_DAMAGED: facts(1, 500, "UNAVAILABLE", "The copy of a repaired file was altered"),
  // Updates of the program
  UPDATE_SOURCE_MISSING: facts(78, 503, "UNAVAILABLE", "No release index is configured"),
  UPDATE_SOURCE_INVALID: facts(64, 400, "INVALID_REQUEST", "Releases cannot be taken from there"),
  UPDATE_CHECKSUM_MISSING: facts(64, 400, "INVALID_REQUEST", "A file comes without its checksum"),
  UPDATE_UNREACHABLE: facts(69, 502, "UNAVAILABLE", "A release cannot be fetched"),
  UPDATE_INDEX_INVALID: facts(1, 502, "UNAVAILABLE", "The release index is malformed"),
  UPDATE_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such release for this machine"),
  UPDATE_CHECKSUM_MISMATCH: facts(1, 502, "UNAVAILABLE", "A file is not the promised one"),
  UPDATE_PROGRAM_INVALID: facts(1, 500, "UNAVAILABLE", "The new program cannot be used here"),
  UPDATE_PROBE_FAILED: facts(1, 500, "UNAVAILABLE", "The new program did not serve when tried"),
  UPDATE_NOT_WRITABLE: facts(1, 403, "INVALID_REQUEST", "This user may not replace the program"),
  UPDATE_CONFLICT: facts(1, 409, "INVALID_REQUEST", "The program changed during its update"),
  UPDATE_RUNNING: facts(75, 409, "UNAVAILABLE", "Another update is under way"),
  UPDATE_DECLINED: facts(1, 409, "INVALID_REQUEST", "The update was not confirmed"),
  UPDATE_ROLLED_BACK: facts(1, 500, "UNAVAILABLE", "The old version was put back"),
  UPDATE_ROLLBACK_FAILED: facts(1, 500, "UNAVAILABLE", "The old version could not be put back"),
  UPDATE_JOURNAL_INVALID: facts(1, 500, "UNAVAILABLE", "The journal of an update is malformed"),
  UPDATE_PREVIOUS_MISSING: facts(1, 404, "INVALID_REQUEST", "No earlier version is kept"),
  CONFIG_TOO_NEW: facts(78, 409, "INVALID_REQUEST", "A newer version wrote the configuration"),
  // Starting a gateway
  PORT_INVALID: facts(1, 400, "INVALID_REQUEST", "The port is no number from 1 to 65535"),
  BIND_INVALID: facts(1, 400, "INVALID_REQUEST", "The bind mode or address is unknown"),
  BIND_FAILED: facts(1, 503, "UNAVAILABLE", "The address cannot be listened on"),
  PORT_IN_USE: facts(75, 503, "UNAVAILABLE", "Another process listens on the port"),
  PORT_NOT_FREED: facts(1, 503, "UNAVAILABLE", "The process on the port could not be ended"),
  GATEWAY_LOCKED: facts(75, 503, "UNAVAILABLE", "Another gateway runs with this configuration"),
  GATEWAY_STARTING: facts(75, 503, "UNAVAILABLE", "The gateway is still starting", 1013),
  AUTH_REQUIRED_FOR_BIND: facts(78, 401, "INVALID_REQUEST", "Non-loopback bind without credential"),
  AUTH_CONFLICT: facts(78, 401, "INVALID_REQUEST", "Token and password are both configured"),
  AUTH_PLACEHOLDER: facts(78, 401, "INVALID_REQUEST", "The credential is a documentation example"),
  AUTH_MODE_INVALID: facts(1, 400, "INVALID_REQUEST", "The authentication mode is unknown"),
  AUTH_PASSWORD_MISSING: facts(78, 401, "INVALID_REQUEST", "Password mode has no password"),
  TOKEN_FILE_INVALID: facts(78, 401, "INVALID_REQUEST", "The token file has no token"),
  PASSWORD_FILE_EMPTY: facts(78, 401, "INVALID_REQUEST", "The password file has no password"),
  AUTH_PROXY_INCOMPLETE: facts(78, 401, "INVALID_REQUEST", "Trusted-proxy mode lacks settings"),
  HOOKS_TOKEN_REUSED: facts(78, 401, "INVALID_REQUEST", "Webhooks use the gateway token"),
  HOOKS_TOKEN_MISSING: facts(78, 401, "INVALID_REQUEST", "Webhooks have no token"),
  HOOKS_PATH_INVALID: facts(78, 400, "INVALID_REQUEST", "Webhooks have no path of their own"),
  HOOKS_SESSION_RULES_INVALID: facts(
    78,
    400,
    "INVALID_REQUEST",
    "The rules for sessions of webhooks contradict each other",
  ),
  HOOK_MAPPING_FAILED: facts(1, 500, "UNAVAILABLE", "A mapping of a webhook failed"),
  HOOKS_MAPPING_INVALID: facts(78, 400, "INVALID_REQUEST", "A mapping of webhooks is unsafe"),
  // Configuration
  CONFIG_MISSING: facts(78, 503, "UNAVAILABLE", "There is no configuration file"),
  CONFIG_MODE_MISSING: facts(78, 503, "UNAVAILABLE", "gateway.mode is not set"),
  CONFIG_MODE_REMOTE: facts(78, 503, "UNAVAILABLE", "gateway.mode is not local"),
  TLS_INVALID: facts(78, 500, "UNAVAILABLE", "The certificate or its key cannot be used"),
  TLS_FINGERPRINT_INVALID: facts(78, 400, "INVALID_REQUEST", "A fingerprint is no SHA-256"),
  TAILSCALE_MODE_INVALID: facts(1, 400, "INVALID_REQUEST", "The Tailscale mode is unknown"),
  TAILSCALE_BIND_INVALID: facts(
    78,
    400,
    "INVALID_REQUEST",
    "Tailscale is to forward to a gateway that is not on loopback",
  ),
  TAILSCALE_FUNNEL_NEEDS_PASSWORD: facts(
    78,
    401,
    "INVALID_REQUEST",
    "The whole internet is to be let in without a password",
  ),
  TAILSCALE_FAILED: facts(1, 503, "UNAVAILABLE", "Tailscale does not forward to the gateway"),
  CONFIG_UNREADABLE: facts(78, 500, "UNAVAILABLE", "The configuration cannot be read or parsed"),
  CONFIG_INVALID: facts(78, 400, "INVALID_REQUEST", "The configuration has values of wrong type"),
  CONFIG_CHANGED: facts(75, 409, "INVALID_REQUEST", "The configuration changed since it was read"),
  CONFIG_WRITE_DESTRUCTIVE: facts(1, 409, "INVALID_REQUEST", "The write would lose configuration"),
  CONFIG_EDIT_UNSURE: facts(1, 500, "INVALID_REQUEST", "The edit cannot keep the file as it is"),
  CONFIG_READ_ONLY: facts(1, 409, "INVALID_REQUEST", "The configuration is managed elsewhere"),
  CONFIG_PATH_INVALID: facts(64, 400, "INVALID_REQUEST", "The configuration path is malformed"),
  CONFIG_PATH_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "Nothing is configured at the path"),
  CONFIG_VERSION_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such version in the history"),
  CONFIG_VERSION_DAMAGED: facts(1, 500, "UNAVAILABLE", "A version in the history was altered"),
  CONFIG_ENV_MISSING: facts(78, 503, "UNAVAILABLE", "A referenced variable is not set"),
  SECRET_UNRESOLVED: facts(78, 503, "UNAVAILABLE", "A secret reference has no value"),
  SECRETS_RELOAD_FAILED: facts(75, 503, "UNAVAILABLE", "The last good secrets stay in force"),
  SECRETS_PLAN_INVALID: facts(78, 400, "INVALID_REQUEST", "The plan of secrets cannot be applied"),
  // Files and store
  DISK_FULL: facts(75, 507, "UNAVAILABLE", "No space is left"),
  READ_ONLY_FILE_SYSTEM: facts(1, 500, "UNAVAILABLE", "The file system is read-only"),
  PERMISSION_DENIED: facts(1, 500, "UNAVAILABLE", "The file belongs to someone else"),
  IO_ERROR: facts(1, 500, "UNAVAILABLE", "A file operation failed"),
  UNSAFE_FOLDER: facts(1, 500, "UNAVAILABLE", "Others can write to the folder"),
  HOME_NOT_FOUND: facts(78, 500, "UNAVAILABLE", "The home folder is unknown"),
  COMMAND_NOT_FOUND: facts(1, 500, "UNAVAILABLE", "A program is not installed"),
  COMMAND_FAILED: facts(1, 500, "UNAVAILABLE", "A program could not be started"),
  COMMAND_TIMEOUT: facts(1, 504, "UNAVAILABLE", "A program did not end in time"),
  STORE_TOO_NEW: facts(78, 500, "UNAVAILABLE", "A newer build wrote the store"),
  STORE_CORRUPT: facts(78, 500, "UNAVAILABLE", "The store is damaged"),
  STORE_WRITE_FAILED: facts(75, 503, "UNAVAILABLE", "The store did not take the write"),
  // Sessions and runs
  SESSION_KEY_INVALID: facts(64, 400, "INVALID_REQUEST", "The session key is malformed"),
  SESSION_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such session"),
  CHECKPOINT_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such checkpoint"),
  SESSION_LABEL_IN_USE: facts(1, 409, "INVALID_REQUEST", "Another session has this label"),
  AGENT_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such agent"),
  AGENT_SESSION_MISMATCH: facts(1, 400, "INVALID_REQUEST", "The session is of another agent"),
  MESSAGE_EMPTY: facts(1, 400, "INVALID_REQUEST", "There is nothing to send"),
  ATTACHMENT_INVALID: facts(1, 400, "INVALID_REQUEST", "The attachment cannot be used"),
  CHANNEL_NOT_CONFIGURED: facts(1, 400, "INVALID_REQUEST", "The channel is not configured"),
  SESSION_PROTECTED: facts(1, 409, "INVALID_REQUEST", "The session cannot be deleted"),
  SESSION_PATCH_INVALID: facts(1, 400, "INVALID_REQUEST", "A session setting has no such value"),
  CLIENT_NOT_ALLOWED: facts(1, 403, "INVALID_REQUEST", "Clients of this kind may not do that"),
  WIZARD_ANSWER_INVALID: facts(1, 400, "INVALID_REQUEST", "The step cannot take the answer"),
  MESSAGE_INVALID: facts(64, 400, "INVALID_REQUEST", "The message cannot be taken as it is"),
  SKILL_NOT_FOUND: facts(1, 404, "UNAVAILABLE", "No such skill"),
  SKILL_EXISTS: facts(1, 409, "INVALID_REQUEST", "A skill of this name is installed"),
  ARCHIVE_INVALID: facts(1, 400, "INVALID_REQUEST", "The archive of a skill cannot be used"),
  CRON_JOB_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such scheduled job"),
  CRON_JOB_INVALID: facts(1, 400, "INVALID_REQUEST", "The scheduled job contradicts itself"),
  IDENTITY_UNREADABLE: facts(78, 500, "UNAVAILABLE", "The device identity file is damaged"),
  DEVICE_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such device"),
  NODE_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such node"),
  NOT_CONNECTED: facts(75, 503, "UNAVAILABLE", "The node is not connected"),
  NODE_COMMAND_NOT_ALLOWED: facts(1, 403, "INVALID_REQUEST", "The node may not be asked for that"),
  NODE_INVOKE_FAILED: facts(1, 502, "UNAVAILABLE", "The node could not carry out the command"),
  NODE_TIMEOUT: facts(75, 504, "UNAVAILABLE", "The node did not answer in time"),
  QUEUED_UNTIL_FOREGROUND: facts(75, 503, "UNAVAILABLE", "The app on the node is in background"),
  PAIRING_REQUEST_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such pairing request"),
  PAIRING_REQUEST_CHANGED: facts(
    1,
    409,
    "INVALID_REQUEST",
    "The pairing request asks for more now",
  ),
  DEVICE_TOKEN_DENIED: facts(1, 403, "INVALID_REQUEST", "The device may not have that token"),
  SETUP_CODE_INVALID: facts(1, 400, "INVALID_REQUEST", "The setup code is malformed"),
  // Approvals
  EXEC_POLICY_INVALID: facts(1, 500, "UNAVAILABLE", "The policy of exec cannot be read"),
  EXEC_POLICY_CHANGED: facts(
    75,
    409,
    "INVALID_REQUEST",
    "The policy of exec changed since it was read",
  ),
  APPROVAL_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such approval request"),
  APPROVAL_ALREADY_RESOLVED: facts(1, 409, "INVALID_REQUEST", "The request was decided otherwise"),
  APPROVAL_INVALID: facts(1, 400, "INVALID_REQUEST", "The approval cannot be asked for or decided"),
  RUN_INTERRUPTED: facts(1, 503, "UNAVAILABLE", "The gateway stopped while the run was under way"),
  RUN_EXISTS: facts(1, 409, "INVALID_REQUEST", "A run with this key exists"),
  RUN_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such run"),
  TOOL_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "The caller has no tool of that name"),
  TOOL_INPUT_INVALID: facts(1, 400, "INVALID_REQUEST", "The tool cannot take the arguments"),
  TOOL_FORBIDDEN: facts(1, 403, "INVALID_REQUEST", "The tool may not do that for the caller"),
  TOOL_FAILED: facts(1, 500, "UNAVAILABLE", "The tool failed"),
  TOOL_TIMEOUT: facts(75, 504, "UNAVAILABLE", "The tool did not end in time"),
  RUN_TOOL_LOOP: facts(1, 500, "UNAVAILABLE", "The model kept calling tools without an end"),
  RUN_ABORTED: facts(1, 499, "UNAVAILABLE", "The run was aborted"),
  RUN_ABORT_REFUSED: facts(1, 403, "INVALID_REQUEST", "Someone else started the run"),
  RUN_TIMEOUT: facts(1, 504, "AGENT_TIMEOUT", "The run exceeded its time"),
  // Models
  MODEL_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such model"),
  MODEL_AMBIGUOUS: facts(1, 400, "INVALID_REQUEST", "Several providers have a model of this name"),
  MODEL_NOT_ALLOWED: facts(1, 403, "INVALID_REQUEST", "The agent may not use the model"),
  PROVIDER_API_UNSUPPORTED: facts(78, 501, "UNAVAILABLE", "The provider's wire format is unknown"),
  PROVIDER_AUTH_FAILED: facts(1, 502, "UNAVAILABLE", "The provider refused the credential"),
  PROVIDER_BILLING: facts(1, 402, "UNAVAILABLE", "The provider wants payment"),
  PROVIDER_RATE_LIMITED: facts(75, 429, "UNAVAILABLE", "The provider limits the rate"),
  PROVIDER_OVERLOADED: facts(75, 503, "UNAVAILABLE", "The provider is overloaded"),
  PROVIDER_UNREACHABLE: facts(69, 502, "UNAVAILABLE", "The provider cannot be reached"),
  PROVIDER_TIMEOUT: facts(75, 504, "UNAVAILABLE", "The provider did not answer in time"),
  PROVIDER_CUT: facts(75, 502, "UNAVAILABLE", "The provider's stream broke off"),
  PROVIDER_BAD_REQUEST: facts(1, 400, "UNAVAILABLE", "The provider refused the request"),
  PROVIDER_BAD_ANSWER: facts(1, 502, "UNAVAILABLE", "The provider's answer is not understood"),
  PROVIDER_REFUSED: facts(1, 422, "UNAVAILABLE", "The provider declined to answer"),
  CONTEXT_TOO_LONG: facts(1, 400, "UNAVAILABLE", "The conversation exceeds the model's context"),
  // Talking to a gateway
  GATEWAY_UNREACHABLE: facts(69, 502, "UNAVAILABLE", "No gateway answers at the address"),
  GATEWAY_CLOSED: facts(69, 502, "UNAVAILABLE", "The gateway closed the connection"),
  GATEWAY_TIMEOUT: facts(69, 504, "UNAVAILABLE", "The gateway did not answer in time"),
  GATEWAY_AUTH_FAILED: facts(1, 401, "INVALID_REQUEST", "The gateway refused the caller", 1008),
  GATEWAY_PAIRING_REQUIRED: facts(75, 403, "NOT_PAIRED", "The device is not paired", 1008),
  GATEWAY_PROTOCOL_MISMATCH: facts(1, 400, "INVALID_REQUEST", "No common protocol version", 1002),
  GATEWAY_URL_INVALID: facts(64, 400, "INVALID_REQUEST", "The gateway address is malformed"),
  GATEWAY_URL_INSECURE: facts(78, 400, "INVALID_REQUEST", "Plaintext to a non-loopback address"),
  GATEWAY_URL_CREDENTIALS: facts(
    64,
    401,
    "INVALID_REQUEST",
    "An explicit address lacks credentials",
  ),
  GATEWAY_CERTIFICATE: facts(
    78,
    502,
    "UNAVAILABLE",
    "The gateway's certificate is not the expected one, or nobody vouches for it",
  ),
  SSH_TARGET_INVALID: facts(64, 400, "INVALID_REQUEST", "No machine to reach by SSH"),
  SSH_TUNNEL_FAILED: facts(69, 502, "UNAVAILABLE", "The gateway cannot be reached over SSH"),
  GATEWAY_REMOTE_URL_MISSING: facts(78, 503, "INVALID_REQUEST", "gateway.remote.url is not set"),
  RPC_FAILED: facts(1, 502, "UNAVAILABLE", "The gateway answered the call with an error"),
  // HTTP
  NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "Nothing is served at the path"),
  ENDPOINT_DISABLED: facts(1, 404, "INVALID_REQUEST", "The endpoint is switched off"),
  HEADERS_TOO_LARGE: facts(1, 431, "INVALID_REQUEST", "The request headers exceed the limit"),
  PAYLOAD_TOO_LARGE: facts(1, 413, "INVALID_REQUEST", "The request body exceeds the limit"),
  UNSUPPORTED_ENCODING: facts(1, 415, "INVALID_REQUEST", "The body is compressed"),
  BODY_TIMEOUT: facts(75, 408, "INVALID_REQUEST", "The request body came too slowly"),
  BODY_INCOMPLETE: facts(1, 400, "INVALID_REQUEST", "The request body ended early"),
  PDF_BUSY: facts(75, 503, "UNAVAILABLE", "Too many PDF files are being read"),
  INVALID_IMAGE: facts(1, 400, "INVALID_REQUEST", "The image cannot be used"),
  FETCH_FAILED: facts(1, 400, "INVALID_REQUEST", "What a client named cannot be fetched"),
  RESPONSE_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "No such response is kept for the caller"),
  PREVIOUS_RESPONSE_NOT_FOUND: facts(1, 400, "INVALID_REQUEST", "There is nothing to continue"),
  RESPONSE_IN_PROGRESS: facts(75, 409, "INVALID_REQUEST", "The response has not ended"),
  ITEM_NOT_FOUND: facts(1, 404, "INVALID_REQUEST", "A referenced item is not kept"),
  CLIENT_CLOSED: facts(1, 499, "UNAVAILABLE", "The client went away"),
  GATEWAY_STOPPING: facts(75, 503, "UNAVAILABLE", "The gateway is ending, or starting anew"),
  HOST_NOT_ALLOWED: facts(1, 403, "INVALID_REQUEST", "The name in Host is not this gateway's"),
  ORIGIN_NOT_ALLOWED: facts(1, 403, "INVALID_REQUEST", "The page's origin is not allowed"),
  // Anything else
  AUTH_UNAUTHORIZED: facts(1, 401, "INVALID_REQUEST", "The credential is missing or wrong"),
  AUTH_RATE_LIMITED: facts(75, 429, "UNAVAILABLE", "Too many failed authentications"),
  SCOPE_MISSING: facts(1, 403, "INVALID_REQUEST", "The caller lacks a scope"),
  INVALID_REQUEST: facts(1, 400, "INVALID_REQUEST", "The request cannot be served as it is"),
  UNAVAILABLE: facts(75, 503, "UNAVAILABLE", "The gateway cannot do that now"),
  FRAME_TOO_LARGE: facts(1, 413, "INVALID_REQUEST", "The frame exceeds the limit", 1009),
  INTERNAL: facts(1, 500, "UNAVAILABLE", "An unexpected failure", 1011),
} as const satisfies Record<string, ErrorFacts>;

/** A code of the table. */
export type ErrorCode = keyof typeof ERRORS;

/** The facts of `code`; an unknown one reads as `INTERNAL`. */
export function errorFacts(code: string): ErrorFacts {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode] : ERRORS.INTERNAL;
}

/** Failures of files and of the store, whose messages name places on the gateway's machine. */
const INSIDE_CODE =
  /^(?:STORE_[A-Z_]+|DISK_FULL|READ_ONLY_FILE_SYSTEM|PERMISSION_DENIED|IO_ERROR|UNSAFE_FOLDER|HOME_NOT_FOUND|COMMAND_NOT_FOUND|COMMAND_FAILED|INTERNAL)$/;

/** Whether the message of a failure is for the gateway's own log only. */
export function isInsideFailure({ code }: AppError): boolean {
  return INSIDE_CODE.test(code);
}

/**
 * What somebody elsewhere reads of a failure: everything, unless it is one of the inside. Of such one
 * the table says what happened, and the log of the gateway has the rest.
 */
export function publicFailure(error: AppError): Pick<AppError, "message" | "hint"> {
  if (!isInsideFailure(error)) return { message: error.message, hint: error.hint };
  const message = error.code === "INTERNAL" ? "internal error" : errorFacts(error.code).summary;
  return { message, hint: "openclaw logs" };
}

/** The exit status of a command that ended with `thrown`. */
export function exitCodeOf(thrown: unknown): number {
  return thrown instanceof AppError ? errorFacts(thrown.code).exit : ERRORS.INTERNAL.exit;
}

/**
 * `thrown` as the `error` of a response frame.
 *
 * The table's code goes into `details.code` unless the failure brought one of its own, the hint into
 * `details.hint`, and a numeric `details.retryAfterMs` also onto the error itself. Anything shaped
 * like a credential is removed from the text of failures that are not ours.
 */
export function toErrorShape(thrown: unknown): ErrorShape {
  if (!(thrown instanceof AppError)) {
    return { code: "UNAVAILABLE", message: redactShapes(errorMessage(thrown)) };
  }
  const details: Record<string, unknown> = { code: thrown.code, ...thrown.details };
  if (thrown.hint !== undefined && details.hint === undefined) details.hint = thrown.hint;
  const shape: ErrorShape = {
    code: errorFacts(thrown.code).wire,
    message: thrown.message,
    details,
  };
  if (thrown.retryable) shape.retryable = true;
  const { retryAfterMs } = details;
  if (typeof retryAfterMs === "number") shape.retryAfterMs = retryAfterMs;
  return shape;
}
