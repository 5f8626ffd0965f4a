/**
 * The only room that touches the machine: environment, clock, files, processes, ports, signals and
 * the sinks behind the logger. All branches by operating system live here.
 *
 * @module
 */
export {
  formatLocalDate,
  formatLocalIso,
  formatLocalTime,
  isoNow,
  nextLocalMidnight,
  systemClock,
} from "./clock.ts";
export {
  type BoundedEnd,
  type BoundedOptions,
  type RunBounded,
  runBounded,
} from "./bounded_program.ts";
export {
  type CommandResult,
  type RunCommand,
  runCommand,
  type RunCommandOptions,
  runInteractive,
} from "./command.ts";
export { freeDiskBytes } from "./disk.ts";
export { onCrash } from "./crash.ts";
export { environmentRecord, systemEnv } from "./env.ts";
export {
  ensureDir,
  fileExistsSync,
  leftoverNames,
  pathExists,
  readFileIfExists,
  readTextFileIfExists,
  removeIfThere,
  removeLeftovers,
  syncFolder,
  writeFileAtomic,
  type WriteFileOptions,
} from "./fs.ts";
export { type FolderGuard, guardFolder } from "./folder_guard.ts";
export { type DetachedSpec, spawnDetached } from "./detached.ts";
export { ioError } from "./io_error.ts";
export { type HeldFileLock, tryFileLock, withFileLock } from "./file_lock.ts";
export {
  type DuplexStream,
  type LoopbackDoor,
  type LoopbackDoorOptions,
  openLoopbackDoor,
} from "./loopback_door.ts";
export {
  canSharePorts,
  deviceFamily,
  homeDir,
  hostName,
  isContainer,
  isInteractive,
  isStdoutTty,
  kernelRelease,
  machineArch,
  type OsName,
  osName,
  ownAddresses,
  platformLabel,
  primaryAddress,
  releaseTarget,
  tailnetAddress,
  tempDir,
  terminalWidth,
  userId,
  userName,
} from "./os.ts";
export {
  type CpuUsage,
  cpuUsage,
  currentFolder,
  currentPid,
  executablePath,
  isProcessAlive,
  type MemoryUsage,
  memoryUsage,
  processCommand,
  processStartTime,
} from "./process.ts";
export { type GroupExit, type GroupSpec, type ProcessGroup, spawnGroup } from "./process_group.ts";
export { acquireGatewayLock, type GatewayLock, type GatewayLockOptions } from "./gateway_lock.ts";
export { type LockLook, lookAtGatewayLock } from "./gateway_lock_look.ts";
export {
  type ConsoleOutput,
  consolePrefix,
  type ConsoleStyle,
  createLogging,
  type Logging,
  type LoggingOptions,
  type LogTail,
  type LogTailQuery,
  type LogThresholds,
  readLogTail,
  stabilityFolder,
} from "./log/mod.ts";
export { type Network, systemNetwork } from "./network.ts";
export { acceptWithoutDelay, delaysSmallWrites } from "./no_delay.ts";
export { isPortAccepting, testBind } from "./port_probe.ts";
export { freePort, type FreePortOptions } from "./ports/free.ts";
export { describePort, inspectPort, type InspectPortOptions } from "./ports/inspect.ts";
export type { PortListener, PortUsage } from "./ports/types.ts";
export {
  type AddressPolicy,
  type FetchedFile,
  type FetchFailure,
  safeFetch,
  type SafeFetchOptions,
} from "./safe_fetch.ts";
export { type ProgramFiles, replaceProgram, returnProgram } from "./replace_program.ts";
export { gatewayPids, isGatewayProgram } from "./ports/gateway_process.ts";
export {
  type HandoffSource,
  readHandoff,
  type SupervisorHandoff,
  writeHandoff,
} from "./restart/handoff.ts";
export { type RestartIntent, takeRestartIntent, writeRestartIntent } from "./restart/intent.ts";
export { onTermination, onUserSignal, type TerminationSignal } from "./signals.ts";
export { type StartedProgram, type StartProgram, startProgram } from "./started_program.ts";
export { readStdin, writeStdout } from "./stdio.ts";
export { detectSupervisor, type Supervisor } from "./supervisor.ts";
export { SystemdNotifier } from "./systemd_notify.ts";
export {
  isCompiled,
  ownCommand,
  programMark,
  sourceArguments,
  stableExecutablePath,
  temporaryFolderOf,
} from "./own_program.ts";
