/**
 * A stand-in for the program `tailscale`: a script that answers `whois --json` for a few addresses.
 *
 * @module
 */
import { type RunCommand, runCommand } from "../../lib/platform/mod.ts";

/** What Tailscale Serve adds to a request of `owner@example.com` at an address. */
export function serveHeaders(address: string, login = "owner@example.com") {
  return {
    "origin": ORIGIN,
    "tailscale-user-login": login,
    "tailscale-user-name": "Owner",
    "x-forwarded-for": address,
    "x-forwarded-proto": "https",
    "x-forwarded-host": "box.tailnet.example",
  };
}

/** The page that Tailscale Serve shows. */
export const ORIGIN = "https://box.tailnet.example";

/** `gateway` of a configuration that believes Tailscale. */
export const TAILSCALE_CONFIG = {
  gateway: {
    mode: "local",
    auth: { allowTailscale: true },
    controlUi: { allowedOrigins: [ORIGIN] },
  },
};

/** Addresses by what the program answers for them. */
export const ADDRESS = {
  owner: "100.64.0.5",
  garbage: "100.64.0.6",
  slow: "100.64.0.7",
  unknown: "100.64.0.8",
} as const;

/** Time that the answer that never comes is waited for. */
const SLOW_TIMEOUT_MS = 300;
/** Time for the others: enough for a shell to start on a busy machine. */
const TIMEOUT_MS = 60_000;

const SCRIPT = `#!/bin/sh
echo "$*" >> "$(/usr/bin/dirname "$0")/calls"
if [ "$1" != whois ] || [ "$2" != --json ]; then exit 64; fi
case "$3" in
  ${ADDRESS.owner})
    echo '{"Node":{"ID":1,"Name":"laptop.tailnet.example."},'
    echo '"UserProfile":{"ID":7,"LoginName":"Owner@example.com","DisplayName":"Owner"}}' ;;
  ${ADDRESS.garbage}) echo '<html>not json' ;;
  ${ADDRESS.slow}) exec /bin/sleep 60 ;;
  *) echo 'peer not found' >&2; exit 1 ;;
esac
`;

/** The program in a folder of its own. */
export class FakeTailscale implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async install(): Promise<FakeTailscale> {
    const folder = await Deno.makeTempDir({ prefix: "openclaw-test-" });
    await Deno.writeTextFile(`${folder}/tailscale`, SCRIPT, { mode: 0o755 });
    return new FakeTailscale(folder);
  }

  /** Runs programs with that folder as the whole PATH. */
  readonly run: RunCommand = (command, args, options = {}) => {
    const timeoutMs = args.includes(ADDRESS.slow) ? SLOW_TIMEOUT_MS : TIMEOUT_MS;
    return runCommand(command, args, { ...options, timeoutMs, env: { PATH: this.#folder } });
  };

  /** Takes the program away. */
  async remove(): Promise<void> {
    await Deno.remove(`${this.#folder}/tailscale`);
  }

  /** The command lines so far. */
  async calls(): Promise<string[]> {
    const text = await Deno.readTextFile(`${this.#folder}/calls`);
    return text.trim().split("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.#folder, { recursive: true });
  }
}
