/**
 * `openclaw devices approve`: lets a waiting device in.
 *
 * @module
 */
import { AppError } from "../../base/mod.ts";
import type { DeviceApproved, PairedDeviceRow, PendingDevice } from "../../protocol/mod.ts";
import { askGateway, deviceTarget, listDevices } from "../pairing/ask.ts";
import { findRequest, latestRequest } from "../pairing/find.ts";
import { access, deviceName, rolesOf, shortRequestId } from "../pairing/view.ts";
import type { CommandContext } from "../table.ts";

/** Approves one request and shows what the device could do before and what it can do now. */
export async function run(context: CommandContext): Promise<number> {
  const { out, options } = context;
  const wanted = wantedRequest(context);
  const target = await deviceTarget(context);
  const list = await askGateway(context, target, [], listDevices);
  const request = wanted === undefined ? latestRequest(list) : findRequest(list, wanted);
  const before = list.paired.find(({ deviceId }) => deviceId === request.deviceId);
  // Who approves must hold what it hands out; the connection asks for no more than that.
  const approved = await askGateway(
    context,
    target,
    request.scopes ?? [],
    (call) => call<DeviceApproved>("device.pair.approve", seen(request)),
  );
  if (options.flag("json")) {
    const { roles, scopes } = before ?? {};
    out.json({ ...approved, before: before === undefined ? null : { roles, scopes } });
    return 0;
  }
  out.line(`Approved request ${shortRequestId(request, list.pending)}`);
  printChange(context, request, before, approved.device);
  return 0;
}

/** The request as it was shown: one that has grown since is not approved unseen. */
function seen({ requestId, updatedAtMs }: PendingDevice) {
  return updatedAtMs === undefined ? { requestId } : { requestId, seenUpdatedAtMs: updatedAtMs };
}

function wantedRequest({ args, options }: CommandContext): string | undefined {
  const [wanted] = args;
  if ((wanted !== undefined) !== options.flag("latest")) return wanted;
  throw new AppError(
    "USAGE",
    wanted === undefined
      ? "Missing <request>: name the request to approve, or give --latest"
      : `Cannot use --latest together with the request "${wanted}"`,
    { hint: "openclaw devices list" },
  );
}

function printChange(
  { out }: CommandContext,
  request: PendingDevice,
  before: PairedDeviceRow | undefined,
  after: PairedDeviceRow,
): void {
  out.pairs([
    ["Device", `${deviceName(request)} (${after.deviceId})`],
    ["Asked for", access(rolesOf(request), request.scopes ?? [])],
    ["Before", before === undefined ? "nothing" : access(before.roles, before.scopes)],
    ["Now", access(after.roles, after.scopes)],
  ]);
  out.line("The device comes in with its next attempt.");
}
