/**
 * Small writes that leave at once, for the sockets of a listener that `Deno.serve` owns.
 *
 * Before Deno 2.9 it leaves Nagle's algorithm on: a token that is streamed may wait 40 ms for the
 * acknowledgement of the one before. Its API does not reach these sockets, but on Linux and macOS they
 * take the option over from their listener.
 *
 * @module
 */
import { type OsName, osName } from "./os.ts";

const FIRST_WITHOUT_DELAY = [2, 9] as const;
const SOCKET_ADDRESS_BYTES = 128;
/** `AF_INET`, and `AF_INET6` of Linux and of macOS. */
const FAMILIES = [2, 10, 30];
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;

const LIBRARIES: Readonly<Partial<Record<OsName, string>>> = {
  linux: "libc.so.6",
  darwin: "libSystem.dylib",
};

const SYMBOLS = {
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
} as const;

/** Whether this runtime holds small writes back. */
export function delaysSmallWrites(version: string = Deno.version.deno): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [firstMajor, firstMinor] = FIRST_WITHOUT_DELAY;
  return major < firstMajor || major === firstMajor && minor < firstMinor;
}

/**
 * Lets the connections that are accepted on a port from now on send small writes at once.
 *
 * @returns Whether a listener of this process was found and told. Where the system does not offer
 * that, answers come as they did before, only in larger steps.
 */
export function acceptWithoutDelay(port: number): boolean {
  const library = LIBRARIES[osName()];
  if (library === undefined) return false;
  try {
    const libc = Deno.dlopen(library, SYMBOLS);
    try {
      const sockets = openFiles().filter((file) => localPort(libc.symbols, file) === port);
      return sockets.map((socket) => setNoDelay(libc.symbols, socket)).includes(true);
    } finally {
      libc.close();
    }
  } catch {
    // Another C library, or a sandbox that forbids it.
    return false;
  }
}

type Calls = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

function openFiles(): number[] {
  return [...Deno.readDirSync("/dev/fd")].map(({ name }) => Number(name));
}

/** The port that a file is bound to, if it is a socket of the Internet. */
function localPort({ getsockname }: Calls, file: number): number | undefined {
  const address = new Uint8Array(SOCKET_ADDRESS_BYTES);
  const length = new Uint32Array([SOCKET_ADDRESS_BYTES]);
  if (getsockname(file, address, length) !== 0) return undefined;
  // macOS has a length in front of the family, Linux a family of two bytes.
  const family = osName() === "linux" ? address[0] : address[1];
  if (!FAMILIES.includes(family!)) return undefined;
  return new DataView(address.buffer).getUint16(2);
}

function setNoDelay({ setsockopt }: Calls, socket: number): boolean {
  return setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, new Uint32Array([1]), 4) === 0;
}
