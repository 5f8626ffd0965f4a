/**
 * What a gateway says of itself in the network. Anyone there can say anything: nothing of it is trusted,
 * a fingerprint least of all.
 *
 * @module
 */
import type { DnsRecord } from "./dns_message.ts";

/** The service that gateways announce. */
export const SERVICE = "_openclaw-gw._tcp.local";

/** One gateway that announced itself. */
export interface Beacon {
  readonly instanceName: string;
  readonly domain: "local.";
  readonly displayName: string | null;
  /** Name or address, from the records of the service. */
  readonly host: string | null;
  readonly port: number | null;
  readonly lanHost: string | null;
  readonly tailnetDns: string | null;
  readonly gatewayPort: number | null;
  readonly sshPort: number | null;
  readonly gatewayTls: boolean;
  readonly gatewayTlsFingerprintSha256: string | null;
  /** Where to connect. */
  readonly wsUrl: string | null;
  /** All that was said. */
  readonly txt: Readonly<Record<string, string>>;
}

/** What a look around the network brought. */
export interface Discovery {
  readonly timeoutMs: number;
  readonly domains: readonly string[];
  readonly count: number;
  readonly beacons: readonly Beacon[];
}

/** The gateways that records tell of. */
export function beaconsOf(records: readonly DnsRecord[]): Beacon[] {
  const names = new Set(
    records.flatMap((record) =>
      record.kind === "PTR" && sameName(record.name, SERVICE) ? [record.target] : []
    ),
  );
  return [...names].map((name) => beaconOf(name, records));
}

function beaconOf(name: string, records: readonly DnsRecord[]): Beacon {
  const srv = records.find((row) => row.kind === "SRV" && sameName(row.name, name));
  const txt = records.find((row) => row.kind === "TXT" && sameName(row.name, name));
  const fields = txt?.kind === "TXT" ? shownFields(txt.fields) : {};
  const target = srv?.kind === "SRV" ? srv : undefined;
  const address = records.find((row) =>
    row.kind === "A" && target !== undefined && sameName(row.name, target.target)
  );
  const host = address?.kind === "A" ? address.address : target?.target ?? null;
  const port = target?.port ?? null;
  const gatewayTls = ["1", "true"].includes(fields.gatewayTls ?? "");
  return {
    instanceName: clean(instanceOf(name)),
    domain: "local.",
    displayName: fields.displayName ?? null,
    host: host === null ? null : clean(host),
    port,
    lanHost: fields.lanHost ?? null,
    tailnetDns: fields.tailnetDns ?? null,
    gatewayPort: portOf(fields.gatewayPort),
    sshPort: portOf(fields.sshPort),
    gatewayTls,
    gatewayTlsFingerprintSha256: fields.gatewayTlsSha256 ?? null,
    wsUrl: host === null || port === null
      ? null
      : `${gatewayTls ? "wss" : "ws"}://${clean(host)}:${port}`,
    txt: fields,
  };
}

function instanceOf(name: string): string {
  const label = name.toLowerCase().endsWith(`.${SERVICE}`)
    ? name.slice(0, -SERVICE.length - 1)
    : name;
  return label.replaceAll("\\.", ".").replaceAll("\\\\", "\\");
}

function shownFields(fields: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [clean(name), clean(value)]),
  );
}

/** Text of strangers must not steer a terminal. */
function clean(text: string): string {
  return text.replace(/\p{C}/gu, "").slice(0, 255);
}

function portOf(text: string | undefined): number | null {
  const port = Number(text);
  return Number.isInteger(port) && port >= 1 && port <= 65535 ? port : null;
}

/** Whether two names are the same one; they differ in nothing but case. */
export function sameName(a: string, b: string): boolean {
  const bare = (name: string) => name.toLowerCase().replace(/\.$/, "");
  return bare(a) === bare(b);
}

/** One gateway on one line. */
export function beaconLine({ instanceName, displayName, wsUrl, tailnetDns }: Beacon): string {
  const facts = [displayName ?? instanceName, wsUrl ?? "no address", tailnetDns];
  return facts.filter((fact) => fact !== null).join(" · ");
}
