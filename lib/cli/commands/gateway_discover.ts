/**
 * `openclaw gateway discover`: gateways that announce themselves in the network.
 *
 * @module
 */
import { beaconLine } from "../discovery/beacon.ts";
import { browse } from "../discovery/browse.ts";
import type { CommandContext } from "../table.ts";

const DEFAULT_TIMEOUT_MS = 2000;

/** Looks around and lists; exit code 0 with or without a find. */
export async function run({ options, out, host }: CommandContext): Promise<number> {
  const timeoutMs = options.number("timeout") ?? DEFAULT_TIMEOUT_MS;
  const discovery = await browse({ timeoutMs, group: host.discoveryGroup });
  if (options.flag("json")) {
    out.json(discovery);
    return 0;
  }
  const { count, beacons } = discovery;
  out.line(`Found ${count} gateway${count === 1 ? "" : "s"} via Bonjour (local.)`);
  for (const beacon of beacons) {
    out.line(`- ${beaconLine(beacon)}`);
    if (beacon.gatewayTls) {
      out.line(`  TLS: ${beacon.gatewayTlsFingerprintSha256 ?? "yes"} (as announced, not proven)`);
    }
  }
  if (count === 0) {
    out.line("This gateway does not announce itself; others do unless discovery.mdns.mode is off.");
  }
  return 0;
}
