/**
 * Listeners on Linux, read from `/proc`: needs no program and no privilege, except for the pids of
 * other users' processes.
 *
 * @module
 */
import { userName } from "../os.ts";
import { processCommand, readProcStat } from "../process.ts";
import type { PortListener } from "./types.ts";

const STATE_LISTEN = "0A";

/** A listening socket of `/proc/net/tcp` or `tcp6`. */
export interface ListeningSocket {
  /** Such as `127.0.0.1:18789`. */
  address: string;
  uid: number;
  inode: string;
}

/**
 * All listeners of a port.
 *
 * @returns `undefined` when the system does not offer these files.
 */
export async function procListeners(port: number): Promise<PortListener[] | undefined> {
  const tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(readOrUndefined);
  if (tables.every((table) => table === undefined)) return undefined;
  const sockets = tables.flatMap((table) => parseListening(table ?? "", port));
  if (sockets.length === 0) return [];
  const owners = socketOwners(new Set(sockets.map((socket) => socket.inode)));
  const listeners = sockets.flatMap((socket) => {
    const pids = owners.get(socket.inode) ?? [undefined];
    return pids.map((pid) => describeSocket(socket, pid));
  });
  return await Promise.all(listeners);
}

/** The sockets of a `/proc/net/tcp` or `tcp6` table that listen on `port`. */
export function parseListening(table: string, port: number): ListeningSocket[] {
  const sockets: ListeningSocket[] = [];
  for (const line of table.split("\n").slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [host, hexPort] = (fields[1] ?? "").split(":");
    if (fields[3] !== STATE_LISTEN || !host || parseInt(hexPort ?? "", 16) !== port) continue;
    const name = host.length === 8 ? formatIpv4(host) : `[${formatIpv6(host)}]`;
    sockets.push({ address: `${name}:${port}`, uid: Number(fields[7]), inode: fields[9] ?? "" });
  }
  return sockets;
}

/** Writes an address of `/proc/net/tcp`: four bytes in the byte order of the machine. */
function formatIpv4(hex: string): string {
  return hostBytes(hex).join(".");
}

/** Writes an address of `/proc/net/tcp6`: four words, each in the byte order of the machine. */
function formatIpv6(hex: string): string {
  const bytes = [0, 8, 16, 24].flatMap((at) => hostBytes(hex.slice(at, at + 8)));
  const groups = Array.from(
    { length: 8 },
    (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

function hostBytes(hexWord: string): number[] {
  return [6, 4, 2, 0].map((at) => parseInt(hexWord.slice(at, at + 2), 16));
}

async function describeSocket(
  socket: ListeningSocket,
  pid: number | undefined,
): Promise<PortListener> {
  const user = userName(socket.uid) ?? String(socket.uid);
  if (pid === undefined) return { user, address: socket.address };
  const commandLine = await processCommand(pid);
  const command = readOrUndefined(`/proc/${pid}/comm`)?.trim();
  const ppid = readProcStat(pid)?.ppid;
  return {
    pid,
    user,
    address: socket.address,
    ...(command ? { command } : {}),
    ...(commandLine ? { commandLine } : {}),
    ...(ppid === undefined ? {} : { ppid }),
  };
}

/** The pids that have one of the sockets open; a forking server has several. */
function socketOwners(inodes: ReadonlySet<string>): Map<string, number[]> {
  const owners = new Map<string, number[]>();
  for (const name of folderNames("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    for (const inode of openSockets(name)) {
      if (!inodes.has(inode)) continue;
      const pids = owners.get(inode) ?? [];
      if (!pids.includes(Number(name))) owners.set(inode, [...pids, Number(name)]);
    }
  }
  return owners;
}

function openSockets(pid: string): string[] {
  return folderNames(`/proc/${pid}/fd`).flatMap((descriptor) => {
    try {
      const target = Deno.readLinkSync(`/proc/${pid}/fd/${descriptor}`);
      return /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? [];
    } catch {
      // Closed meanwhile.
      return [];
    }
  });
}

function folderNames(path: string): string[] {
  try {
    return [...Deno.readDirSync(path)].map((entry) => entry.name);
  } catch {
    // A process that has ended or belongs to somebody else.
    return [];
  }
}

function readOrUndefined(path: string): string | undefined {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // Absent or hidden; the caller goes without it.
    return undefined;
  }
}
