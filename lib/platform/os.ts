/**
 * Facts about the machine and the user this process runs as.
 *
 * @module
 */
import { resolve } from "@std/path";
import { AppError, type Env } from "../base/mod.ts";

/** The systems the gateway knows apart; every other Unix counts as Linux. */
export type OsName = "linux" | "darwin" | "windows";

/** The operating system. */
export function osName(): OsName {
  const name = Deno.build.os;
  return name === "darwin" || name === "windows" ? name : "linux";
}

/** The name of this machine in its network, or `localhost` where the system does not tell. */
export function hostName(): string {
  return Deno.hostname() || "localhost";
}

/** The first IPv4 address that other machines may reach, if there is one. */
export function primaryAddress(): string | undefined {
  return Deno.networkInterfaces().find(isExternal)?.address;
}

/** The addresses by which other machines may reach this one, of both families. */
export function ownAddresses(): string[] {
  return Deno.networkInterfaces().filter((row) => isExternal(row) || isExternalIpv6(row))
    .map(({ address }) => address);
}

/** The IPv4 address of this machine in its tailnet, if it is in one. */
export function tailnetAddress(): string | undefined {
  return Deno.networkInterfaces().find(isOfTailnet)?.address;
}

/** Tailscale gives machines addresses of 100.64.0.0/10. */
function isOfTailnet({ family, address }: Deno.NetworkInterfaceInfo): boolean {
  const [first, second] = address.split(".").map(Number);
  return family === "IPv4" && first === 100 && second !== undefined && second >= 64 && second < 128;
}

/**
 * Whether two listeners of one process may have a port, one of them for a more special address, with
 * connections to that address going to it alone.
 */
export function canSharePorts(): boolean {
  return osName() === "linux";
}

/** Name and release of the system, such as `linux 6.8.0`; the name as OpenClaw clients write it. */
export function platformLabel(): string {
  const name = osName() === "windows" ? "windows" : osName() === "darwin" ? "macos" : "linux";
  return `${name} ${Deno.osRelease()}`;
}

/** What kind of machine this is, for people. */
export function deviceFamily(): "Linux" | "macOS" | "Windows" {
  const families = { linux: "Linux", darwin: "macOS", windows: "Windows" } as const;
  return families[osName()];
}

/** The processor architecture, in the names OpenClaw uses. */
export function machineArch(): "x64" | "arm64" {
  return Deno.build.arch === "aarch64" ? "arm64" : "x64";
}

/** What releases for this machine are called, such as `linux-x64` or `macos-arm64`. */
export function releaseTarget(): string {
  const names = { linux: "linux", darwin: "macos", windows: "windows" } as const;
  return `${names[osName()]}-${machineArch()}`;
}

/**
 * The user's home folder: `OPENCLAW_HOME` (a leading `~` stands for the home below it), `HOME`,
 * `USERPROFILE`, or what the system's user database says.
 *
 * @returns An absolute path.
 * @throws {AppError} `HOME_NOT_FOUND` when none of them is known.
 */
export function homeDir(env: Env): string {
  const chosen = nonEmpty(env.get("OPENCLAW_HOME"));
  if (chosen === undefined) return systemHome(env);
  const rest = /^~(?=$|[/\\])/.test(chosen) ? chosen.slice(1) : undefined;
  return rest === undefined ? resolve(chosen) : resolve(systemHome(env) + rest);
}

/** The folder for temporary files, without a slash at its end. */
export function tempDir(env: Env): string {
  const names = osName() === "windows" ? ["TEMP", "TMP"] : ["TMPDIR", "TMP", "TEMP"];
  for (const name of names) {
    const value = nonEmpty(env.get(name));
    if (value !== undefined) return resolve(value);
  }
  if (osName() !== "windows") return "/tmp";
  return resolve((env.get("SystemRoot") ?? env.get("windir") ?? "C:\\Windows") + "\\temp");
}

/** The release of the kernel, such as `6.1.0-28-amd64`. */
export function kernelRelease(): string {
  return Deno.osRelease();
}

/** The numeric id of the user, or `undefined` on Windows. */
export function userId(): number | undefined {
  return Deno.uid() ?? undefined;
}

/** The name of a user id in the system's user database, on systems that keep `/etc/passwd`. */
export function userName(uid: number): string | undefined {
  return passwdFields(uid)?.[0];
}

/** Whether this process runs in a container, where loopback is of no use to anyone outside. */
export function isContainer(env: Env): boolean {
  if (nonEmpty(env.get("FLY_MACHINE_ID")) && nonEmpty(env.get("FLY_APP_NAME"))) return true;
  if (osName() !== "linux") return false;
  if (exists("/.dockerenv") || exists("/run/.containerenv")) return true;
  return isContainerCgroup(readOrEmpty("/proc/1/cgroup"));
}

/** Whether the text of `/proc/1/cgroup` is that of a container. */
export function isContainerCgroup(text: string): boolean {
  return /docker|containerd|kubepods|\blxc\b/.test(text);
}

/** Whether stdout is a terminal. */
export function isStdoutTty(): boolean {
  return Deno.stdout.isTerminal();
}

/** Whether both stdin and stdout are terminals, so that questions can be asked. */
export function isInteractive(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal();
}

/** The number of columns of the terminal, or 80 where there is none. */
export function terminalWidth(): number {
  try {
    return Deno.consoleSize().columns || DEFAULT_COLUMNS;
  } catch {
    // Neither stdin, stdout nor stderr is a terminal.
    return DEFAULT_COLUMNS;
  }
}

const DEFAULT_COLUMNS = 80;

function isExternal(address: Deno.NetworkInterfaceInfo): boolean {
  return address.family === "IPv4" && !address.address.startsWith("127.");
}

/** Addresses that hold on one link only are left out: they are written with the name of the link. */
function isExternalIpv6({ family, address }: Deno.NetworkInterfaceInfo): boolean {
  return family === "IPv6" && address !== "::1" && !/^fe[89ab]/i.test(address);
}

function systemHome(env: Env): string {
  const home = nonEmpty(env.get("HOME")) ?? nonEmpty(env.get("USERPROFILE")) ?? passwdHome();
  if (home !== undefined) return resolve(home);
  throw new AppError(
    "HOME_NOT_FOUND",
    "Cannot find the home folder: HOME is not set and the user database has no entry for this user",
    { hint: "Set OPENCLAW_HOME to a folder this user may write to" },
  );
}

function passwdHome(): string | undefined {
  const uid = userId();
  return uid === undefined ? undefined : nonEmpty(passwdFields(uid)?.[5]);
}

function passwdFields(uid: number): string[] | undefined {
  if (osName() === "windows") return undefined;
  const lines = readOrEmpty("/etc/passwd").split("\n");
  return lines.map((line) => line.split(":")).find((fields) => fields[2] === String(uid));
}

function readOrEmpty(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    // The file only sharpens an answer; without it the general one holds.
    return "";
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch {
    // Absent or hidden: either way there is no marker to see.
    return false;
  }
}

function nonEmpty(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  return trimmed ? trimmed : undefined;
}
