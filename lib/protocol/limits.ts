/**
 * Every limit of the wire, with its unit in the name and its reason.
 *
 * Limits of one HTTP endpoint's body are in `lib/http`; what a user may configure is the default here.
 *
 * @module
 */

/** The only protocol version spoken. */
export const PROTOCOL_VERSION = 4;
/** The oldest version a probe may offer. */
export const MIN_PROBE_PROTOCOL_VERSION = 4;

/** From socket open to hello; `gateway.handshakeTimeoutMs` overrides it. */
export const HANDSHAKE_TIMEOUT_MS = 15_000;
/** Largest inbound frame before hello; a stranger gets no more memory than this. */
export const MAX_PREAUTH_FRAME_BYTES = 64 * 1024;
/** Largest inbound frame after hello; announced as `policy.maxPayload`. */
export const MAX_FRAME_BYTES = 25 * 1024 * 1024;
/** Outbound bytes waiting on one socket before it counts as slow; `policy.maxBufferedBytes`. */
export const MAX_BUFFERED_BYTES = 50 * 1024 * 1024;
/** Of those, what the runtime is handed at a time: it cannot give back what it has. */
export const OUTBOX_WINDOW_BYTES = 1024 * 1024;
/** Time between two `tick` events; `policy.tickIntervalMs`. */
export const TICK_INTERVAL_MS = 30_000;
/** Time between two WebSocket pings from the server. */
export const PING_INTERVAL_MS = 25_000;
/** Sockets of one address that have not said hello yet; the next one gets HTTP 503. */
export const MAX_PREAUTH_SOCKETS_PER_ADDRESS = 32;
/** Sockets altogether, so that a flood ends before the memory does. */
export const MAX_SOCKETS = 512;
/** A close reason is cut to this many bytes of UTF-8; the frame format has room for 123. */
export const MAX_CLOSE_REASON_BYTES = 120;
/** Consecutive role violations that are answered; the next one closes the socket. */
export const MAX_UNAUTHORIZED_CALLS = 10;

/** Failed authentications of one address within the window before it is locked out. */
export const MAX_AUTH_FAILURES_PER_WINDOW = 10;
/** Window of the failure count. */
export const AUTH_FAILURE_WINDOW_MS = 60_000;
/** First lock-out; each further one doubles. */
export const AUTH_LOCKOUT_MIN_MS = 60_000;
/** Longest lock-out. */
export const AUTH_LOCKOUT_MAX_MS = 15 * 60_000;
/** Allowed distance between a device signature's time and now. */
export const DEVICE_SIGNATURE_SKEW_MS = 120_000;
/** How long a pairing request waits for a decision. */
export const PAIRING_REQUEST_TTL_MS = 5 * 60_000;

/** Time between two refreshes of the health snapshot. */
export const HEALTH_REFRESH_MS = 60_000;
/** A presence entry that is not renewed disappears after this. */
export const PRESENCE_TTL_MS = 5 * 60_000;
/** Presence entries kept, newest first. */
export const MAX_PRESENCE_ENTRIES = 200;

/** Least time between two `chat` deltas of one run. */
export const CHAT_DELTA_INTERVAL_MS = 150;
/** How long a result answers repeats of its idempotency key. */
export const IDEMPOTENCY_TTL_MS = 5 * 60_000;
/** Idempotency results kept. */
export const MAX_IDEMPOTENCY_ENTRIES = 1_000;
/** How long `agent.wait` waits unless told otherwise. */
export const AGENT_WAIT_DEFAULT_MS = 30_000;

/** Longest session key that a client may send, in UTF-16 units. */
export const MAX_SESSION_KEY_CHARS = 512;
/** Messages of one `chat.history` answer. */
export const MAX_HISTORY_MESSAGES = 1_000;
/** Messages of one `chat.history` answer unless told otherwise. */
export const DEFAULT_HISTORY_MESSAGES = 200;
/** Upper bound of `chat.history` `maxChars`, per text. */
export const MAX_HISTORY_TEXT_CHARS = 500_000;
/** Characters kept of each text of `chat.history` unless told otherwise. */
export const DEFAULT_HISTORY_TEXT_CHARS = 8_000;
/** Whole answer of `chat.history`. */
export const MAX_HISTORY_BYTES = 6 * 1024 * 1024;
/** A larger message of `chat.history` is replaced by a placeholder. */
export const MAX_HISTORY_MESSAGE_BYTES = 128 * 1024;
/** One attachment, decoded. */
export const MAX_ATTACHMENT_BYTES = 20 * 1024 * 1024;
/** Rows of `sessions.list` unless told otherwise. */
export const DEFAULT_SESSION_ROWS = 100;

/** Longest label of an injected message. */
export const MAX_INJECT_LABEL_CHARS = 100;
/** Sessions of one `sessions.preview`. */
export const MAX_PREVIEW_KEYS = 64;
/** Items per session of `sessions.preview` unless told otherwise. */
export const DEFAULT_PREVIEW_ITEMS = 12;
/** Characters per item of `sessions.preview` unless told otherwise. */
export const DEFAULT_PREVIEW_CHARS = 240;
/** Sessions of one `sessions.usage` answer unless told otherwise. */
export const DEFAULT_USAGE_SESSIONS = 50;
/** Rows of one `sessions.usage.logs` answer. */
export const MAX_USAGE_LOG_ROWS = 1_000;
/** Fewest answers of a poll. */
export const MIN_POLL_OPTIONS = 2;
/** Most answers of a poll. */
export const MAX_POLL_OPTIONS = 12;

/** Rows of one `cron.list` or `cron.runs` answer. */
export const MAX_CRON_ROWS = 200;
/** Rows of one `tasks.list` answer. */
export const MAX_TASK_ROWS = 500;
/** Rows of one `tasks.list` answer unless told otherwise. */
export const DEFAULT_TASK_ROWS = 100;
/** Stability events that are remembered, and most rows of one `diagnostics.stability` answer. */
export const MAX_STABILITY_EVENTS = 1_000;
/** Longest reason of a restart. */
export const MAX_RESTART_REASON_CHARS = 200;

/** Time that a node has to answer `node.invoke` unless the caller says otherwise. */
export const NODE_INVOKE_TIMEOUT_MS = 30_000;
/** Longest time that a caller of `node.invoke` may give; timers cannot wait for ever. */
export const MAX_NODE_INVOKE_TIMEOUT_MS = 24 * 60 * 60_000;
/** Commands that one node is asked for at the same time. */
export const MAX_NODE_INVOKES = 256;
/** A larger answer of a node is not kept for repeats of its idempotency key. */
export const MAX_KEPT_INVOKE_CHARS = 1024 * 1024;
/** How long a command waits for an app that is in the background. */
export const NODE_ACTION_TTL_MS = 10 * 60_000;
/** Commands that wait for one node. */
export const MAX_NODE_ACTIONS = 64;
/** Items of one `node.pending.drain` answer. */
export const MAX_NODE_DRAIN_ITEMS = 10;
/** Items of one `node.pending.drain` answer unless told otherwise. */
export const DEFAULT_NODE_DRAIN_ITEMS = 4;
/** Length of the id under which a node is to be paired; those of devices have 64. */
export const MAX_NODE_ID_CHARS = 200;
/** Sessions that one node follows by `chat.subscribe`. */
export const MAX_NODE_CHATS = 64;

/** How long a command waits for its approval unless the request says otherwise. */
export const EXEC_APPROVAL_TIMEOUT_MS = 30 * 60_000;
/** How long a plugin waits for an approval unless the request says otherwise. */
export const PLUGIN_APPROVAL_TIMEOUT_MS = 2 * 60_000;
/** How long a decision answers those who ask for it again. */
export const APPROVAL_GRACE_MS = 15_000;
/** Length of the id that an asker may give its request. */
export const MAX_APPROVAL_ID_CHARS = 128;
/** Longest that a request may wait; what an approval stands for gets old. */
export const MAX_EXEC_APPROVAL_TIMEOUT_MS = 24 * 60 * 60_000;
/** One request for approval as JSON: it is stored, and shown to every approver. */
export const MAX_APPROVAL_REQUEST_CHARS = 256 * 1024;
/** Requests for approval that may wait at once. */
export const MAX_PENDING_APPROVALS = 500;
/** Requests of one client among them, so that nobody takes the places of all others. */
export const MAX_PENDING_APPROVALS_PER_ASKER = 100;
/** How long it can be looked up who decided what. */
export const APPROVAL_RECORD_TTL_MS = 30 * 24 * 60 * 60_000;
/** Longest wait that a plugin approval may ask for. */
export const MAX_PLUGIN_APPROVAL_TIMEOUT_MS = 10 * 60_000;
/** Longest title of a plugin approval: it has to fit a notification. */
export const MAX_APPROVAL_TITLE_CHARS = 80;
/** Longest description of a plugin approval. */
export const MAX_APPROVAL_DESCRIPTION_CHARS = 256;

/** One uploaded skill archive. */
export const MAX_SKILL_ARCHIVE_BYTES = 256 * 1024 * 1024;
/** One chunk of an uploaded skill archive, decoded. */
export const MAX_SKILL_CHUNK_BYTES = 4 * 1024 * 1024;

/** Lines of one `logs.tail` answer. */
export const MAX_LOG_LINES = 5_000;
/** Lines of one `logs.tail` answer unless told otherwise. */
export const DEFAULT_LOG_LINES = 500;
/** Bytes of one `logs.tail` answer. */
export const MAX_LOG_BYTES = 1_000_000;
/** Bytes of one `logs.tail` answer unless told otherwise. */
export const DEFAULT_LOG_BYTES = 250_000;

/** Writes of the limited methods within {@linkcode WRITE_LIMIT_WINDOW_MS}, per device and address. */
export const MAX_WRITES_PER_WINDOW = 3;
/** Window of the write limit. */
export const WRITE_LIMIT_WINDOW_MS = 60_000;

/** Answer time of one RPC unless the caller says otherwise. */
export const CLIENT_REQUEST_TIMEOUT_MS = 10_000;
/** First wait of a client before it connects again; doubles up to the maximum. */
export const CLIENT_RETRY_MIN_MS = 1_000;
/** Longest wait of a client before it connects again. */
export const CLIENT_RETRY_MAX_MS = 30_000;
/** Bounds of the wait that a starting gateway may ask for. */
export const CLIENT_STARTUP_RETRY_MIN_MS = 100;
/** Upper one of the bounds of the wait that a starting gateway may ask for. */
export const CLIENT_STARTUP_RETRY_MAX_MS = 2_000;
