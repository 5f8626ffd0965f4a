/**
 * Who gets in: origins, hosts and credentials, and what each combination comes to. The test walks
 * through all of it, and the reference page is printed from it.
 *
 * @module
 */

/** Names that the gateways of the test, and the examples of the page, have in their configuration. */
export const LISTED = { cors: "https://app.example", ui: "https://ui.example" } as const;

/** A name that somebody else has made to point at this machine. */
export const REBOUND = "rebound.example";

/** Where a page comes from. */
export interface OriginRow {
  readonly name: string;
  /** What the browser sends; absent for programs. `host` is what `Host` says. */
  readonly origin: ((host: string, port: number) => string) | undefined;
  /** Whether HTTP requests are heard where the place alone decides. */
  readonly byPlace: boolean;
  /** Whether a page may read HTTP answers. */
  readonly readsAnswers: boolean;
  /** Whether a WebSocket is heard, where a credential is asked for. */
  readonly socket: boolean;
  /** The same, where the place alone decides. */
  readonly socketByPlace: boolean;
}

/** All origins. */
export const ORIGINS: readonly OriginRow[] = [
  {
    name: "none: a program",
    origin: undefined,
    byPlace: true,
    readsAnswers: false,
    socket: true,
    socketByPlace: true,
  },
  {
    name: "the gateway's own page",
    origin: (host) => host === new URL(LISTED.ui).host ? LISTED.ui : `http://${host}`,
    byPlace: true,
    readsAnswers: false,
    socket: true,
    socketByPlace: true,
  },
  page("the gateway by another local name", (_, port) => `http://[::1]:${port}`, { socket: true }),
  page("another page of this machine", () => "http://localhost:5173", { socket: true }),
  {
    ...page(`in \`gateway.http.cors.allowedOrigins\``, () => LISTED.cors, {}),
    byPlace: true,
    readsAnswers: true,
  },
  {
    ...page(`in \`gateway.controlUi.allowedOrigins\``, () => LISTED.ui, { socket: true }),
    byPlace: true,
    socketByPlace: true,
  },
  page("any other page", () => "https://elsewhere.example"),
  page("a listed name as part of another", () => `${LISTED.cors}.elsewhere.example`),
  page("a listed name by another scheme", () => LISTED.cors.replace("https", "http")),
  page("`null`: a sandboxed frame", () => "null"),
  page("`file://`", () => "file://"),
  page("an extension", () => "chrome-extension://abcdefghijklmnop"),
];

function page(
  name: string,
  origin: (host: string, port: number) => string,
  { socket = false }: { socket?: boolean } = {},
): OriginRow {
  return { name, origin, byPlace: false, readsAnswers: false, socket, socketByPlace: false };
}

/** The name a request is sent to. */
export interface HostRow {
  readonly name: string;
  readonly host: (port: number) => string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether requests under it are answered where a credential is asked for. */
  readonly withSecret: boolean;
  /** The same, where the place alone decides. */
  readonly byPlace: boolean;
  /** Whether local pages count as local. */
  readonly isLocal: boolean;
}

/** All names. */
export const HOSTS: readonly HostRow[] = [
  {
    name: "an address of this machine",
    host: (port) => `127.0.0.1:${port}`,
    headers: {},
    withSecret: true,
    byPlace: true,
    isLocal: true,
  },
  {
    name: "a listed name",
    host: () => new URL(LISTED.ui).host,
    headers: {},
    withSecret: true,
    byPlace: true,
    isLocal: false,
  },
  {
    name: "a foreign name that points here",
    host: (port) => `${REBOUND}:${port}`,
    headers: {},
    withSecret: false,
    byPlace: false,
    isLocal: false,
  },
  {
    name: "the same, with a proxy's headers",
    host: (port) => `${REBOUND}:${port}`,
    headers: { "x-forwarded-for": "192.0.2.9" },
    withSecret: true,
    byPlace: false,
    isLocal: false,
  },
];

/** What a caller shows, to a gateway of some mode. */
export interface CredentialRow {
  readonly name: string;
  readonly mode: "token" | "password" | "none" | "trusted-proxy";
  readonly shows: "right" | "wrong" | "nothing";
}

/** All credentials. */
export const CREDENTIALS: readonly CredentialRow[] = [
  { name: "the right token", mode: "token", shows: "right" },
  { name: "a wrong token", mode: "token", shows: "wrong" },
  { name: "no token", mode: "token", shows: "nothing" },
  { name: "the right password", mode: "password", shows: "right" },
  { name: "a wrong password", mode: "password", shows: "wrong" },
  { name: "nothing, in mode `none`", mode: "none", shows: "nothing" },
  { name: "a user's name, in mode `trusted-proxy`", mode: "trusted-proxy", shows: "right" },
  { name: "no user's name, in mode `trusted-proxy`", mode: "trusted-proxy", shows: "nothing" },
];

/** What an HTTP request comes to. */
export interface HttpVerdict {
  readonly status: 200 | 401 | 403;
  /** Of the refusal. */
  readonly code?: string;
  /** `Access-Control-Allow-Origin`, if any. */
  readonly isReadable: boolean;
}

/** The verdict on an HTTP request, whole or as a stream. */
export function httpVerdict(
  origin: OriginRow,
  host: HostRow,
  { mode, shows }: CredentialRow,
): HttpVerdict {
  const isReadable = origin.readsAnswers;
  const isOpen = mode === "none" || mode === "trusted-proxy";
  if (!(isOpen ? host.byPlace : host.withSecret)) {
    return { status: 403, code: "HOST_NOT_ALLOWED", isReadable };
  }
  const isRight = shows === "right" || mode === "none";
  if (!isRight) return { status: 401, code: "AUTH_UNAUTHORIZED", isReadable };
  if (!isOpen || isHeard(origin, host, origin.byPlace)) return { status: 200, isReadable };
  return mode === "none"
    ? { status: 403, code: "ORIGIN_NOT_ALLOWED", isReadable }
    : { status: 401, code: "AUTH_UNAUTHORIZED", isReadable };
}

/** The verdict on a WebSocket: `heard`, the status of a refused upgrade, or `error.details.code`. */
export function socketVerdict(
  origin: OriginRow,
  host: HostRow,
  { mode, shows }: CredentialRow,
): string {
  const isOpen = mode === "none" || mode === "trusted-proxy";
  if (!(isOpen ? host.byPlace : host.withSecret)) return "403";
  const heard = isOpen ? origin.socketByPlace : origin.socket;
  if (!isHeard(origin, host, heard)) return "CONTROL_UI_ORIGIN_NOT_ALLOWED";
  if (mode === "none") return "heard";
  if (mode === "trusted-proxy") return shows === "right" ? "heard" : "refused";
  return shows === "right" ? "heard" : "refused";
}

/** Pages of this machine are local only under a name of this machine. */
function isHeard({ origin }: OriginRow, host: HostRow, isRight: boolean): boolean {
  if (!isRight || origin === undefined) return isRight;
  const page = origin(host.host(1), 1);
  if (/^http:\/\/(?:localhost|127\.|\[::1\])/.test(page)) return host.isLocal;
  return page === LISTED.cors || page === LISTED.ui;
}
