/**
 * Devices as people read them.
 *
 * @module
 */
import { formatDuration } from "../../base/mod.ts";
import type { DevicePairListResult, PairedDeviceRow, PendingDevice } from "../../protocol/mod.ts";
import type { CommandContext } from "../table.ts";

const REQUEST_CHARS = 8;
const DEVICE_CHARS = 12;
const NONE = "-";

/** What a device calls itself; anything a terminal would act on is taken out. */
interface Described {
  readonly displayName?: string;
  readonly clientId?: string;
  readonly platform?: string;
  readonly remoteIp?: string;
}

/** Writes both tables, and what to type next. */
export function printDevices(context: CommandContext, list: DevicePairListResult): void {
  const { out, say } = context;
  const { pending, paired } = list;
  if (pending.length === 0 && paired.length === 0) {
    out.line("No devices, and none is waiting.");
    out.line(`Let one in: ${say("qr")}`);
    return;
  }
  if (pending.length > 0) {
    out.line(out.paint(`Waiting for approval (${pending.length})`, "strong"));
    printPending(context, list);
    const id = shortRequestId(pending[0]!, pending);
    out.line();
    out.line(`Approve: ${say(`devices approve ${id}`)}`);
    out.line(`Turn down: ${say(`devices reject ${id}`)}`);
    out.line();
  }
  out.line(out.paint(`Approved (${paired.length})`, "strong"));
  if (paired.length === 0) return out.line("None yet.");
  printPaired(context, paired);
}

function printPending({ out, clock }: CommandContext, list: DevicePairListResult): void {
  const header = ["Request", "Device", "Name", "Asks for", "Has now", "From", "Age"];
  out.table(
    header,
    list.pending.map((row) => {
      const known = list.paired.find(({ deviceId }) => deviceId === row.deviceId);
      return [
        shortRequestId(row, list.pending),
        row.deviceId.slice(0, DEVICE_CHARS),
        deviceName(row),
        access(rolesOf(row), row.scopes ?? []),
        known === undefined ? NONE : access(known.roles, known.scopes),
        plain(row.remoteIp),
        formatAge(clock.now() - row.ts),
      ];
    }),
  );
}

function printPaired({ out, clock }: CommandContext, paired: readonly PairedDeviceRow[]): void {
  const header = ["Device", "Name", "May do", "Tokens", "Last seen", "Approved"];
  out.table(
    header,
    paired.map((row) => [
      shortDeviceId(row.deviceId, paired),
      deviceName(row),
      access(row.roles, row.scopes),
      tokens(row),
      row.lastSeenAtMs === undefined ? NONE : `${formatAge(clock.now() - row.lastSeenAtMs)} ago`,
      `${formatAge(clock.now() - row.approvedAtMs)} ago`,
    ]),
  );
}

/** Enough of the id to type; all of it when that fits several. */
export function shortRequestId(
  { requestId }: PendingDevice,
  among: readonly PendingDevice[],
): string {
  const ids = among.flatMap((row) => [row.requestId, row.deviceId]);
  return shorten(requestId, REQUEST_CHARS, ids);
}

/** Enough of the id to type; all of it when that fits several. */
export function shortDeviceId(deviceId: string, among: readonly PairedDeviceRow[]): string {
  return shorten(deviceId, DEVICE_CHARS, among.map((row) => row.deviceId));
}

/** The name of a device, else the program and system it names. */
export function deviceName({ displayName, clientId, platform }: Described): string {
  if (displayName !== undefined) return plain(displayName);
  return plain([clientId, platform].filter((text) => text !== undefined).join(" on "));
}

/** Such as `operator: read, write; node`. */
export function access(roles: readonly string[], scopes: readonly string[]): string {
  const shown = scopes.map((scope) => scope.replace(/^operator\./, "")).sort().join(", ");
  const parts = roles.map((role) =>
    role === "operator" && shown !== "" ? `${role}: ${shown}` : role
  );
  return parts.length === 0 ? NONE : plain(parts.join("; "));
}

/** The roles that a request asks for. */
export function rolesOf({ roles, role }: PendingDevice): readonly string[] {
  return roles ?? (role === undefined ? [] : [role]);
}

function tokens({ tokens }: PairedDeviceRow): string {
  const shown = tokens.map(({ role, revokedAtMs }) =>
    revokedAtMs === undefined ? role : `${role} (revoked)`
  );
  return shown.length === 0 ? NONE : plain(shown.join(", "));
}

/** The first `length` characters of an id; all of it when they fit several. */
export function shorten(id: string, length: number, ids: readonly string[]): string {
  const short = id.slice(0, length);
  return ids.filter((other) => other.startsWith(short)).length > 1 ? id : short;
}

/** A clock of another machine may be ahead. */
export function formatAge(ms: number): string {
  return formatDuration(Math.max(0, ms));
}

/** Text of a stranger without characters that a terminal acts on or that reorder a line. */
export function plain(text: string | undefined): string {
  const safe = (text ?? "").replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "").trim();
  return safe === "" ? NONE : safe;
}
