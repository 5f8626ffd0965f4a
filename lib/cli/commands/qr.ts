/**
 * `openclaw qr`: a setup code for one new device, as text and as a QR code.
 *
 * @module
 */
import { formatDuration } from "../../base/mod.ts";
import type { IssuedSetupCode } from "../../devices/mod.ts";
import { gatewayAddress } from "../pairing/gateway_address.ts";
import { readConfigState } from "../remote/config_state.ts";
import { isLoopbackUrl, ownFingerprint } from "../remote/target.ts";
import type { CommandContext } from "../table.ts";

/** Black on white, whatever the colours of the terminal are. */
const QR_COLORS = ["\u001b[97;40m", "\u001b[0m"] as const;

/** Makes a code in the store of this machine, which a running gateway reads too. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const state = await readConfigState(context, "warn");
  const address = await gatewayAddress(state, options.text("url"));
  const issued = await issueCode(context, state.paths.stateDir, address.url);
  const { setupCode, url, expiresAtMs } = issued;
  const tlsFingerprint = url.startsWith("wss:")
    ? await ownFingerprint(state.snapshot.config, state)
    : undefined;
  if (options.flag("json")) {
    const pin = tlsFingerprint === undefined ? {} : { tlsFingerprint };
    out.json({ setupCode, gatewayUrl: url, urlSource: address.source, expiresAtMs, ...pin });
    return 0;
  }
  await printCode(context, issued, tlsFingerprint);
  const { isLoopbackHost } = await import("../../config/mod.ts");
  if (url.startsWith("ws:") && !isLoopbackUrl(url, isLoopbackHost)) {
    out.note("Warning: ws:// is not encrypted; use it in a network that you trust only.");
  }
  return 0;
}

async function issueCode(
  { clock }: CommandContext,
  stateDir: string,
  url: string,
): Promise<IssuedSetupCode> {
  const [{ Store }, { SetupCodes }] = await Promise.all([
    import("../../store/mod.ts"),
    import("../../devices/mod.ts"),
  ]);
  const store = await Store.open(stateDir);
  try {
    return await new SetupCodes(store, clock).issue([url]);
  } finally {
    store.close();
  }
}

async function printCode(
  { out, clock, say }: CommandContext,
  { setupCode, url, expiresAtMs }: IssuedSetupCode,
  tlsFingerprint: string | undefined,
): Promise<void> {
  const { renderUnicodeCompact } = await import("uqr");
  const [on, off] = out.hasColor ? QR_COLORS : ["", ""];
  for (const row of renderUnicodeCompact(setupCode, { border: 2 }).split("\n")) {
    out.line(`${on}${row}${off}`);
  }
  out.line();
  out.pairs([
    ["Setup code", setupCode],
    ["Gateway", url],
    ...(tlsFingerprint === undefined
      ? []
      : [["Certificate", `SHA-256 ${tlsFingerprint}`] as [string, string]]),
    ["Ends", `in ${formatDuration(expiresAtMs - clock.now())}, or with the first device`],
  ]);
  out.line();
  out.line("Scan it, or paste the code into the app. Keep it to yourself: it lets a device in.");
  out.line(`Then: ${say("devices list")}`);
}
