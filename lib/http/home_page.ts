/**
 * The page at `/` of a build without the Control UI: says that the gateway runs and what to do next.
 *
 * Self-contained, without scripts and without anything secret.
 *
 * @module
 */
import { VERSION } from "../base/mod.ts";
import type { RequestContext } from "./context.ts";

/** Answers `GET /`. */
export async function answerHome({ request, deps }: RequestContext): Promise<Response> {
  // Behind the certificate, and behind a proxy that has one, requests come in the clear.
  const isTls = deps.isTls() || request.headers.get("x-forwarded-proto") === "https";
  return new Response(render(baseUrlOf(request.url, isTls)), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": await contentPolicy(),
      "x-frame-options": "DENY",
    },
  });
}

/** The address the browser used, when it is safe to show; the usual one otherwise. */
function baseUrlOf(url: string, isTls: boolean): string {
  const host = /^https?:\/\/([A-Za-z0-9.:[\]-]{1,255})(?=\/|$)/.exec(url)?.[1];
  return `${isTls ? "https" : "http"}://${host ?? "127.0.0.1:18789"}/v1`;
}

/** Nothing may be loaded but the page's own style, named by its hash. */
function contentPolicy(): Promise<string> {
  policy ??= styleHash().then((hash) =>
    `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; ` +
    "frame-ancestors 'none'"
  );
  return policy;
}

let policy: Promise<string> | undefined;

async function styleHash(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  return new Uint8Array(digest).toBase64();
}

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 12vh auto; padding: 0 1.25rem; }
h1 { font-size: 1.4rem; }
h1::before { content: ""; display: inline-block; width: .6em; height: .6em; margin-right: .5em;
  border-radius: 50%; background: #2e9e5b; }
pre { padding: .75rem 1rem; border: 1px solid #8886; border-radius: .5rem; overflow-x: auto; }
p.small { font-size: .85rem; opacity: .7; }
`;

function render(baseUrl: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OpenClaw gateway</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>The OpenClaw gateway is running</h1>
<p>The Control UI is not part of this build yet. Talk to your agent from a terminal:</p>
<pre>openclaw agent --message "hello"</pre>
<p>Clients of the OpenAI API use this base URL, the model <code>openclaw</code>, and the gateway's
token or password as API key:</p>
<pre>${baseUrl}</pre>
<p>Is everything well?</p>
<pre>openclaw health</pre>
<p class="small">OpenClaw ${VERSION}</p>
</main>
</body>
</html>
`;
}
