/**
 * Looks for gateways that announce themselves in the network of this machine, by multicast DNS.
 *
 * @module
 */
import { type Beacon, beaconsOf, type Discovery, sameName, SERVICE } from "./beacon.ts";
import {
  type DnsQuestion,
  type DnsRecord,
  encodeQuery,
  parseAnswer,
  RECORD,
} from "./dns_message.ts";

const MAX_RECORDS = 2000;

/** How to look. */
export interface BrowseOptions {
  /** Longest time, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends when nothing has come for so long; the whole time unless given. */
  readonly quietMs?: number;
  /** Where questions go; without it there is no network to look at. */
  readonly group: { readonly hostname: string; readonly port: number } | undefined;
}

/** Asks, and collects answers until the time is over; a network that cannot be asked has no gateways. */
export async function browse({ timeoutMs, quietMs, group }: BrowseOptions): Promise<Discovery> {
  const found = (beacons: readonly Beacon[]): Discovery => ({
    timeoutMs,
    domains: ["local."],
    count: beacons.length,
    beacons,
  });
  if (group === undefined) return found([]);
  const records: DnsRecord[] = [];
  let socket: Deno.DatagramConn;
  try {
    socket = Deno.listenDatagram({ transport: "udp", hostname: "0.0.0.0", port: 0 });
  } catch {
    // No network at all.
    return found([]);
  }
  let isOver = false;
  const end = () => {
    if (!isOver) socket.close();
    isOver = true;
  };
  const deadline = setTimeout(end, timeoutMs);
  let quiet = setTimeout(end, quietMs ?? timeoutMs);
  const asked = new Set<string>();
  const ask = async (questions: readonly DnsQuestion[]) => {
    const fresh = questions.filter(({ name, type }) => !asked.has(`${type} ${name}`));
    for (const { name, type } of fresh) asked.add(`${type} ${name}`);
    if (fresh.length === 0) return;
    await socket.send(encodeQuery(fresh), { transport: "udp", ...group });
  };
  try {
    await ask([{ name: SERVICE, type: RECORD.PTR }]);
    while (records.length < MAX_RECORDS) {
      const [bytes] = await socket.receive();
      records.push(...parseAnswer(bytes));
      clearTimeout(quiet);
      quiet = setTimeout(end, quietMs ?? timeoutMs);
      await ask(missing(records));
    }
  } catch {
    // The time is over and the socket closed, or there is no way to the group.
  } finally {
    clearTimeout(deadline);
    clearTimeout(quiet);
    end();
  }
  return found(beaconsOf(records));
}

/** What has to be asked for to know where each gateway is. */
function missing(records: readonly DnsRecord[]): DnsQuestion[] {
  const has = (kind: DnsRecord["kind"], name: string) =>
    records.some((record) => record.kind === kind && sameName(record.name, name));
  return records.flatMap((record): DnsQuestion[] => {
    if (record.kind === "PTR" && sameName(record.name, SERVICE)) {
      const { target: name } = record;
      return [
        ...(has("SRV", name) ? [] : [{ name, type: RECORD.SRV }]),
        ...(has("TXT", name) ? [] : [{ name, type: RECORD.TXT }]),
      ];
    }
    return record.kind === "SRV" && !has("A", record.target)
      ? [{ name: record.target, type: RECORD.A }]
      : [];
  });
}
