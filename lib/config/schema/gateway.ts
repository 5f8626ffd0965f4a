/**
 * The `gateway` section: listening, authentication, HTTP surfaces and the way to a remote gateway.
 *
 * @module
 */
import * as z from "zod/mini";
import { choice, describe, flag, group, listOf, secret, text, texts, whole } from "./field.ts";

/** Builds the schema of `gateway`. */
export function gatewaySchema() {
  return z.object({
    mode: choice(["local", "remote"], "Whether this machine runs the gateway or only talks to one"),
    port: whole("The one TCP port of the gateway", { min: 1, max: 65535 }),
    bind: choice(
      ["loopback", "lan", "tailnet", "auto", "custom"],
      "Which addresses are listened on",
      { danger: "Anything but loopback is reachable by other machines" },
    ),
    customBindHost: text("IPv4 address for bind mode custom"),
    auth: authFields(),
    trustedProxies: texts("Addresses or networks whose forwarding headers count", {
      reload: "live",
    }),
    allowRealIpFallback: flag("Accept X-Real-IP from trusted proxies", { reload: "live" }),
    tls: tlsFields(),
    controlUi: controlUiFields(),
    tailscale: tailscaleFields(),
    remote: remoteFields(),
    reload: reloadFields(),
    http: httpFields(),
    tools: group({
      allow: texts("Tools that HTTP callers may invoke although denied by default"),
      deny: texts("Tools that HTTP callers may not invoke"),
    }, "Which tools are open to HTTP callers"),
    webchat: group({
      chatHistoryMaxChars: whole("Longest text of one history entry", {
        min: 1,
        max: 500_000,
        unit: "characters",
      }),
    }, "Limits of the web chat"),
    handshakeTimeoutMs: whole("Time a WebSocket has to authenticate", { min: 1, unit: "ms" }),
    channelHealthCheckMinutes: whole("Interval of channel health checks, 0 for none", {
      unit: "minutes",
      reload: "live",
    }),
    channelStaleEventThresholdMinutes: whole("Silence after which a channel counts as stale", {
      unit: "minutes",
      reload: "live",
    }),
    channelMaxRestartsPerHour: whole("Most restarts of one channel in an hour", { reload: "live" }),
    nodes: nodeFields(),
    push: group({
      apns: group({
        relay: group({
          baseUrl: text("Address of the push relay"),
          timeoutMs: whole("Time the relay has to answer", { min: 1, unit: "ms" }),
        }, "Relay for Apple push messages"),
      }, "Apple push messages"),
    }, "Push messages to phones"),
  });
}

function authFields() {
  return group({
    mode: choice(
      ["none", "token", "password", "trusted-proxy"],
      "How clients prove that they may connect",
      { danger: "none lets every local process in" },
    ),
    token: secret("Shared token of all clients", { reload: "live" }),
    password: secret("Shared password of all clients", { reload: "live" }),
    allowTailscale: flag("Accept the identity given by Tailscale Serve for the Control UI", {
      reload: "live",
    }),
    rateLimit: group(
      {
        maxAttempts: whole("Failures that are free", { min: 1 }),
        windowMs: whole("Span over which failures are counted", { min: 1, unit: "ms" }),
        lockoutMs: whole("How long an address is refused", { min: 1, unit: "ms" }),
        exemptLoopback: flag("Never refuse loopback addresses"),
      },
      "Limit of failed authentications per address",
      { reload: "live" },
    ),
    trustedProxy: group(
      {
        userHeader: describe(
          z.string().check(z.minLength(1)),
          "Header in which the proxy names the user",
        ),
        requiredHeaders: texts("Headers that must be there"),
        allowUsers: texts("Users that may connect; all when empty"),
        allowLoopback: flag("Accept the headers from loopback as well"),
      },
      "Authentication by a proxy in front of the gateway",
      { reload: "live" },
    ),
  }, "Authentication of clients");
}

function tlsFields() {
  return group({
    enabled: flag("Serve TLS"),
    autoGenerate: flag("Make a self-signed certificate when none is given"),
    certPath: text("Certificate file, PEM"),
    keyPath: text("Private key file, PEM"),
    caPath: text("Certificate authority file, PEM"),
  }, "TLS on the gateway's port");
}

function controlUiFields() {
  return group({
    enabled: flag("Serve the Control UI"),
    basePath: text("Path prefix of the Control UI"),
    root: text("Folder to serve instead of the built-in files"),
    allowedOrigins: texts("Origins from which browsers may connect", { reload: "live" }),
    embedSandbox: choice(["strict", "scripts", "trusted"], "Sandbox of embedded content"),
    allowExternalEmbedUrls: flag("Allow embedded content from other hosts"),
    chatMessageMaxWidth: describe(
      z.optional(z.union([z.string(), z.number()])),
      "Widest chat message",
    ),
    allowInsecureAuth: flag("Allow sign-in without a device identity", {
      reload: "live",
      danger: "Any holder of the token is let in, from any browser",
    }),
    dangerouslyDisableDeviceAuth: flag("Do not ask browsers for a device identity", {
      reload: "live",
      danger: "Any holder of the token is let in, from any browser",
    }),
    dangerouslyAllowHostHeaderOriginFallback: flag("Trust the Host header as the allowed origin", {
      reload: "live",
      danger: "Opens the gateway to DNS rebinding",
    }),
  }, "The browser interface");
}

function tailscaleFields() {
  return group({
    mode: choice(["off", "serve", "funnel"], "Exposure through Tailscale", {
      danger: "funnel is reachable from the whole internet",
    }),
    resetOnExit: flag("Take the exposure back when the gateway ends"),
    preserveFunnel: flag("Leave a funnel that is already there"),
  }, "Exposure through Tailscale");
}

function remoteFields() {
  return group(
    {
      url: text("WebSocket address of the remote gateway"),
      transport: choice(["ssh", "direct"], "How the remote gateway is reached"),
      token: secret("Token of the remote gateway"),
      password: secret("Password of the remote gateway"),
      tlsFingerprint: text("SHA-256 fingerprint of the remote certificate"),
      sshTarget: text("user@host for the tunnel"),
      sshIdentity: text("Private key file for the tunnel"),
    },
    "How clients on this machine reach a gateway elsewhere",
    { reload: "live" },
  );
}

function reloadFields() {
  return group(
    {
      mode: choice(["hybrid", "hot", "restart", "off"], "What happens when this file changes"),
      debounceMs: whole("Quiet time before a change is read", { unit: "ms" }),
      deferralTimeoutMs: whole("Longest wait for running work before a restart, 0 for no limit", {
        unit: "ms",
      }),
    },
    "Reaction to changes of this file",
    { reload: "live" },
  );
}

function fetchFields() {
  return {
    allowUrl: flag("Fetch remote addresses"),
    urlAllowlist: texts("Hosts that may be fetched from, *.example.com for subdomains"),
    allowedMimes: texts("Accepted media types"),
    maxBytes: whole("Largest file", { min: 1, unit: "bytes" }),
    maxRedirects: whole("Most redirects to follow"),
    timeoutMs: whole("Time a fetch may take", { min: 1, unit: "ms" }),
  };
}

/** Scheme, host and port, nothing else; or every origin. */
const ORIGIN = /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:[^\s/?#@[\]*]+|\[[0-9a-f:.]+\](?::\d+)?))$/i;
const ORIGIN_WORDS = 'must be an origin such as "https://app.example", without a path, or "*"';

function httpFields() {
  const pdf = group({
    maxPages: whole("Most pages to read", { min: 1 }),
    maxPixels: whole("Largest rendered page; pages are not rendered, so it says nothing", {
      min: 1,
      unit: "pixels",
    }),
    minTextChars: whole("Text below which a file with pictures is refused as a scan", {
      unit: "characters",
    }),
  }, "Reading of PDF files");
  return group(
    {
      endpoints: group({
        chatCompletions: group({
          enabled: flag("Serve /v1/chat/completions"),
          maxBodyBytes: whole("Largest request body", { min: 1, unit: "bytes" }),
          maxImageParts: whole("Most images in a request"),
          maxTotalImageBytes: whole("Most image data in a request", { min: 1, unit: "bytes" }),
          images: group(fetchFields(), "Images in a request"),
        }, "The OpenAI chat endpoint"),
        responses: group({
          enabled: flag("Serve /v1/responses"),
          maxBodyBytes: whole("Largest request body", { min: 1, unit: "bytes" }),
          maxUrlParts: whole("Most remote files in a request"),
          files: group({
            ...fetchFields(),
            maxChars: whole("Longest text of a file", { min: 1, unit: "characters" }),
            pdf,
          }, "Files in a request"),
          images: group(fetchFields(), "Images in a request"),
        }, "The OpenAI responses endpoint"),
        messages: group({
          enabled: flag("Serve /v1/messages and /v1/messages/count_tokens"),
          maxBodyBytes: whole("Largest request body", { min: 1, unit: "bytes" }),
        }, "The Anthropic messages endpoint"),
        metrics: group({
          enabled: flag("Serve /metrics; off unless switched on"),
        }, "Figures for Prometheus"),
      }, "Endpoints that can be switched off"),
      cors: group({
        allowedOrigins: listOf(
          z.string().check(z.regex(ORIGIN, ORIGIN_WORDS)),
          "Origins whose pages may call the HTTP endpoints and read the answers",
          { danger: '"*" opens the endpoints to every page that knows the credential' },
        ),
      }, "Pages of other origins"),
      accessLog: choice(["off", "debug", "info"], "Level of the line that each request gets"),
      securityHeaders: group({
        strictTransportSecurity: describe(
          z.optional(z.union([z.string(), z.literal(false)])),
          "Value of the Strict-Transport-Security header",
        ),
      }, "Headers of every answer"),
    },
    "HTTP surfaces",
    { reload: "live" },
  );
}

function nodeFields() {
  return group({
    browser: group({
      mode: choice(["auto", "manual", "off"], "Which node's browser is used"),
      node: text("Id of the node for mode manual"),
    }, "Browser on a node"),
    pairing: group({
      autoApproveCidrs: texts("Networks from which nodes are paired without asking", {
        danger: "Every machine in these networks can become a node",
      }),
    }, "Pairing of nodes"),
    allowCommands: texts("Commands that nodes may be asked for besides the defaults"),
    denyCommands: texts("Commands that nodes may not be asked for"),
  }, "Devices that lend their abilities");
}
