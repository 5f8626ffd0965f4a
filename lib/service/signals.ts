/**
 * Names of the signals that end a process, as far as all systems number them alike.
 *
 * @module
 */
const SIGNAL_NAMES: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  5: "SIGTRAP",
  6: "SIGABRT",
  8: "SIGFPE",
  9: "SIGKILL",
  11: "SIGSEGV",
  13: "SIGPIPE",
  15: "SIGTERM",
};

/** The name of a signal, such as `SIGKILL`; `signal 10` where systems differ. */
export function signalName(number: number): string {
  return SIGNAL_NAMES[number] ?? `signal ${number}`;
}
