/**
 * Who may call what: roles, scopes, and the table of methods.
 *
 * What is not in the table needs `operator.admin`. Checks that depend on parameters are made by the
 * handlers.
 *
 * @module
 */
import type { ErrorShape } from "./errors.ts";
import { missingScope, unauthorizedRole } from "./refusals.ts";

/** Every scope an operator can hold. */
export const OPERATOR_SCOPES = [
  "operator.admin",
  "operator.read",
  "operator.write",
  "operator.approvals",
  "operator.pairing",
  "operator.talk.secrets",
] as const;

/** One of {@linkcode OPERATOR_SCOPES}. */
export type OperatorScope = typeof OPERATOR_SCOPES[number];

/** Which side of the protocol a connection is on. */
export type Role = "operator" | "node";

/** What a method asks of its caller. */
export type MethodAccess =
  | { kind: "open" }
  | { kind: "node" }
  | { kind: "operator"; scope: OperatorScope };

/**
 * Methods by what they need; `open` is for every client of either role, `node` for role node.
 *
 * `plugins.sessionAction` is listed with its default; a plugin may ask for more.
 */
export const METHOD_ACCESS: Readonly<Record<"open" | "node" | OperatorScope, readonly string[]>> = {
  open: ["health"],
  node: [
    ...group("node", "invoke.result event pluginSurface.refresh"),
    ...group("node.pending", "drain pull ack"),
    "skills.bins",
  ],
  "operator.approvals": [
    ...group("exec.approval", "get list request waitDecision resolve"),
    ...group("plugin.approval", "list request waitDecision resolve"),
  ],
  "operator.pairing": [
    ...group("node.pair", "request list approve reject remove verify"),
    ...group("device.pair", "list approve reject remove"),
    ...group("device.token", "rotate revoke"),
    "node.rename",
  ],
  "operator.read": [
    ...words("status logs.tail channels.status commands.list plugins.uiDescriptors"),
    ...words("system-presence last-heartbeat chat.history diagnostics.stability"),
    ...words("agent.identity.get assistant.media.get"),
    ...group("doctor.memory", "status dreamDiary remHarness"),
    ...group("usage", "status cost"),
    ...group("tts", "status providers personas"),
    ...group("models", "list authStatus"),
    ...group("tools", "catalog effective"),
    ...group("tasks", "list get"),
    ...group("agents", "list files.list files.get"),
    ...group("skills", "status search detail"),
    ...group("voicewake", "get routing.get"),
    ...group("sessions", "list get preview describe resolve subscribe unsubscribe"),
    ...group("sessions", "messages.subscribe messages.unsubscribe"),
    ...group("sessions", "compaction.list compaction.get usage usage.timeseries usage.logs"),
    ...group("cron", "get list status runs"),
    ...group("gateway", "identity.get restart.preflight"),
    ...group("node", "list describe"),
    ...group("environments", "list status"),
    ...group("config", "get schema.lookup"),
    ...group("talk", "catalog config"),
    ...group("artifacts", "list get download"),
  ],
  "operator.write": [
    ...words("message.action send poll agent agent.wait wake tasks.cancel tools.invoke push.test"),
    ...words("plugins.sessionAction"),
    ...group("chat", "send abort"),
    ...group("sessions", "create send steer abort compaction.branch"),
    ...group("node", "invoke pending.enqueue"),
    ...group("talk", "mode speak client.create client.toolCall"),
    ...group("talk.session", "create join appendAudio startTurn endTurn cancelTurn"),
    ...group("talk.session", "cancelOutput submitToolResult close"),
    ...group("tts", "enable disable convert setProvider setPersona"),
    ...group("voicewake", "set routing.set"),
    ...group("doctor.memory", "backfillDreamDiary resetDreamDiary resetGroundedShortTerm"),
    ...group("doctor.memory", "repairDreamingArtifacts dedupeDreamDiary"),
    ...group("push.web", "vapidPublicKey subscribe unsubscribe test"),
  ],
  "operator.admin": [
    ...words("chat.inject nativeHook.invoke set-heartbeats system-event connect"),
    ...words("gateway.restart.request browser.request"),
    ...group("channels", "start stop logout"),
    ...group("agents", "create update delete files.set"),
    ...group("skills", "upload.begin upload.chunk upload.commit install update"),
    ...group("secrets", "reload resolve"),
    ...group("cron", "add update remove run"),
    ...group("sessions", "patch pluginPatch cleanup reset delete compact compaction.restore"),
    ...group("web.login", "start wait"),
    ...group("config", "set patch apply schema openFile"),
    ...group("exec.approvals", "get set node.get node.set"),
    ...group("wizard", "start next cancel status"),
    ...group("update", "status run"),
  ],
  "operator.talk.secrets": [],
};

let accessByMethod: Map<string, MethodAccess> | undefined;

/** What `method` asks of its caller; an unknown method asks for `operator.admin`. */
export function methodAccess(method: string): MethodAccess {
  accessByMethod ??= indexMethods();
  return accessByMethod.get(method) ?? { kind: "operator", scope: "operator.admin" };
}

/**
 * The least scope with which an operator may call `method`.
 *
 * @returns `undefined` when no scope is needed; `operator.admin` for what operators cannot call.
 */
export function requiredScope(method: string): OperatorScope | undefined {
  const access = methodAccess(method);
  if (access.kind === "open") return undefined;
  return access.kind === "operator" ? access.scope : "operator.admin";
}

/** Whether `scopes` cover `needed`: admin covers all, write covers read, else the very same one. */
export function hasScope(scopes: readonly string[], needed: string): boolean {
  if (scopes.includes("operator.admin")) return needed.startsWith("operator.");
  if (scopes.includes(needed)) return true;
  return needed === "operator.read" && scopes.includes("operator.write");
}

/**
 * Whether a connection may call a method.
 *
 * @returns The refusal to send and whether it is a role violation, which counts towards closing the
 * connection; `undefined` when the call may go on.
 */
export function checkAccess(
  caller: { role: Role; scopes: readonly string[] },
  method: string,
): { error: ErrorShape; isRoleViolation: boolean } | undefined {
  const access = methodAccess(method);
  if (access.kind === "open") return undefined;
  if (access.kind !== caller.role) {
    return { error: unauthorizedRole(caller.role), isRoleViolation: true };
  }
  if (access.kind === "node" || hasScope(caller.scopes, access.scope)) return undefined;
  return { error: missingScope(access.scope), isRoleViolation: false };
}

function indexMethods(): Map<string, MethodAccess> {
  const index = new Map<string, MethodAccess>();
  for (const [need, methods] of Object.entries(METHOD_ACCESS)) {
    const access: MethodAccess = need === "open" || need === "node"
      ? { kind: need }
      : { kind: "operator", scope: need as OperatorScope };
    for (const method of methods) index.set(method, access);
  }
  return index;
}

function words(text: string): string[] {
  return text.split(" ");
}

function group(prefix: string, names: string): string[] {
  return words(names).map((name) => `${prefix}.${name}`);
}
