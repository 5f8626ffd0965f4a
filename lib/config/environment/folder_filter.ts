/**
 * Which variables a `.env` of the current folder may set.
 *
 * Somebody else may have written it, in a repository for example, so it must not redirect a credential
 * to another host, change what programs are run, or configure the gateway.
 *
 * @module
 */

const REFUSED_NAMES: ReadonlySet<string> = new Set([
  "ALL_PROXY",
  "BASH_ENV",
  "ENV",
  "FTP_PROXY",
  "HOME",
  "HTTPS_PROXY",
  "HTTP_PROXY",
  "IRC_HOST",
  "NO_PROXY",
  "PATH",
  "SHELL",
  "SSL_CERT_DIR",
  "SSL_CERT_FILE",
  "USERPROFILE",
]);
const REFUSED_PREFIXES = [
  "ANTHROPIC_API_KEY",
  "CLAWHUB_",
  "DENO_",
  "DYLD_",
  "GIT_",
  "LD_",
  "NODE_",
  "NPM_CONFIG_",
  "OPENAI_API_KEY",
  "OPENCLAW_",
  "XDG_",
];
const REFUSED_SUFFIXES = ["_BASE_URL", "_API_HOST", "_HOMESERVER"];

/** Whether the `.env` of a folder may set a variable. */
export function mayFolderSet(name: string): boolean {
  const upper = name.toUpperCase();
  return !REFUSED_NAMES.has(upper) &&
    !REFUSED_PREFIXES.some((prefix) => upper.startsWith(prefix)) &&
    !REFUSED_SUFFIXES.some((suffix) => upper.endsWith(suffix));
}
